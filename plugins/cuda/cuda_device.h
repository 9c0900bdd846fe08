// NVIDIA GPUs.
#ifndef LOADSTONE_PLUGINS_CUDA_CUDA_DEVICE_H_
#define LOADSTONE_PLUGINS_CUDA_CUDA_DEVICE_H_

#include <atomic>
#include <string>

#include <c10/core/Device.h>
#include <c10/core/Stream.h>
#include <c10/util/Exception.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/device.h"
#include "engine/plugin_registry.h"

namespace loadstone {

// One GPU, through LibTorch's own interfaces for accelerators: the same code is built against every LibTorch, and one
// without CUDA finds no GPUs. Thread-safe.
class CudaDevice : public Device {
 public:
  // REQUIRES: index < CudaDeviceCount()
  explicit CudaDevice(c10::DeviceIndex index);

  absl::string_view name() const override { return name_; }
  c10::Device torch_device() const override { return device_; }
  absl::StatusOr<DeviceMemory> Memory() const override;
  absl::Status Place(Module& module) const override;
  c10::Stream NewStream() const override;
  absl::Status Synchronize() const override;
  absl::Status Health() const override;

 private:
  // What a CUDA call threw: of an error that CUDA does not recover from, the device is lost.
  absl::Status ErrorOf(const c10::Error& error) const;

  const c10::Device device_;
  const std::string name_;  // "cuda:0"
  mutable std::atomic<bool> lost_ = false;
};

// How many GPUs this program can use: 0 without a driver, or with a LibTorch that has no CUDA.
c10::DeviceIndex CudaDeviceCount();

// Adds "cuda:0", "cuda:1", ... of the GPUs that are there; none is fine.
absl::Status RegisterCudaDevices(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_PLUGINS_CUDA_CUDA_DEVICE_H_
