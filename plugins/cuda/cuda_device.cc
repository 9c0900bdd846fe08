#include "plugins/cuda/cuda_device.h"

#include <cstdint>
#include <memory>
#include <utility>

#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "engine/base/logging.h"
#include "engine/base/status_macros.h"
#include "plugins/cuda/move_tensors.h"

namespace loadstone {

CudaDevice::CudaDevice(c10::DeviceIndex index) : device_(c10::kCUDA, index), name_(device_.str()) {}

absl::StatusOr<DeviceMemory> CudaDevice::Memory() const {
  try {
    // The allocator knows no device before the first tensor or this.
    at::globalContext().lazyInitDevice(c10::kCUDA);
    c10::DeviceAllocator* allocator = at::getDeviceAllocator(c10::kCUDA);
    const auto [free, total] = allocator->getMemoryInfo(device_.index());
    const auto aggregate = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
    return DeviceMemory{.total_bytes = static_cast<int64_t>(total),
                        .used_bytes = static_cast<int64_t>(total - free),
                        .reserved_bytes = allocator->getDeviceStats(device_.index()).reserved_bytes[aggregate].current};
  } catch (const c10::Error& error) {
    return absl::UnavailableError(absl::StrCat(name_, ": ", error.what_without_backtrace()));
  }
}

absl::Status CudaDevice::Place(Module& module) const {
  RETURN_IF_ERROR(Health());
  try {
    MoveTensors(module, device_);
  } catch (const c10::OutOfMemoryError& error) {
    return absl::ResourceExhaustedError(absl::StrCat(name_, ": ", error.what_without_backtrace()));
  } catch (const c10::Error& error) {
    return ErrorOf(error);
  }
  return absl::OkStatus();
}

c10::Stream CudaDevice::NewStream() const { return c10::impl::VirtualGuardImpl(c10::kCUDA).getNewStream(device_); }

absl::Status CudaDevice::Synchronize() const {
  RETURN_IF_ERROR(Health());
  try {
    const c10::impl::VirtualGuardImpl cuda(c10::kCUDA);
    cuda.synchronizeStream(cuda.getStream(device_));
  } catch (const c10::Error& error) {
    return ErrorOf(error);
  }
  return absl::OkStatus();
}

absl::Status CudaDevice::Health() const {
  if (!lost_.load(std::memory_order_relaxed)) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat(name_, " is lost to this process after an error (the log has it); restart the process"));
}

absl::Status CudaDevice::ErrorOf(const c10::Error& error) const {
  try {
    // After an illegal address or a failed assertion every call fails, this one too (CUDA Runtime API, cudaError).
    c10::impl::VirtualGuardImpl(c10::kCUDA).synchronizeDevice(device_.index());
  } catch (const c10::Error& again) {
    if (!lost_.exchange(true)) LOG(ERROR) << name_ << " is lost: " << error.what_without_backtrace();
    return Health();
  }
  return absl::InternalError(absl::StrCat(name_, ": ", error.what_without_backtrace()));
}

c10::DeviceIndex CudaDeviceCount() {
  if (!c10::impl::hasDeviceGuardImpl(c10::kCUDA)) return 0;
  return c10::impl::VirtualGuardImpl(c10::kCUDA).deviceCount();
}

absl::Status RegisterCudaDevices(PluginRegistry& registry) {
  for (c10::DeviceIndex index = 0; index < CudaDeviceCount(); ++index) {
    RETURN_IF_ERROR(registry.AddDevice(std::make_unique<CudaDevice>(index)));
  }
  return absl::OkStatus();
}

}  // namespace loadstone
