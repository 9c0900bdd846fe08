#include "plugins/cuda/cuda_device.h"

#include <cstdint>
#include <memory>
#include <utility>

#include <ATen/DeviceAccelerator.h>
#include <c10/core/TensorImpl.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <c10/util/Exception.h>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace loadstone {

CudaDevice::CudaDevice(c10::DeviceIndex index) : device_(c10::kCUDA, index), name_(device_.str()) {}

absl::StatusOr<DeviceMemory> CudaDevice::Memory() const {
  try {
    const auto [free, total] = at::getDeviceAllocator(c10::kCUDA)->getMemoryInfo(device_.index());
    return DeviceMemory{.total_bytes = static_cast<int64_t>(total), .used_bytes = static_cast<int64_t>(total - free)};
  } catch (const c10::Error& error) {
    return absl::UnavailableError(absl::StrCat(name_, ": ", error.what_without_backtrace()));
  }
}

absl::Status CudaDevice::Place(Module& module) const {
  absl::flat_hash_map<const c10::TensorImpl*, at::Tensor> moved;  // keeps what two names share shared
  try {
    module.ForEachTensor([this, &moved](at::Tensor& tensor) {
      if (tensor.device() == device_) return;
      const auto [entry, inserted] = moved.try_emplace(tensor.unsafeGetTensorImpl());
      if (inserted) entry->second = tensor.to(device_);
      tensor = entry->second;
    });
  } catch (const c10::OutOfMemoryError& error) {
    return absl::ResourceExhaustedError(absl::StrCat(name_, ": ", error.what_without_backtrace()));
  } catch (const c10::Error& error) {
    return absl::InternalError(absl::StrCat(name_, ": ", error.what_without_backtrace()));
  }
  return Synchronize();
}

absl::Status CudaDevice::Synchronize() const {
  try {
    c10::impl::VirtualGuardImpl(c10::kCUDA).synchronizeDevice(device_.index());
  } catch (const c10::Error& error) {
    return absl::InternalError(absl::StrCat(name_, ": ", error.what_without_backtrace()));
  }
  return absl::OkStatus();
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
