// Where models live and run.
#ifndef LOADSTONE_ENGINE_DEVICE_H_
#define LOADSTONE_ENGINE_DEVICE_H_

#include <cstdint>

#include <c10/core/Device.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/module.h"

namespace loadstone {

struct DeviceMemory {
  int64_t total_bytes = 0;
  int64_t used_bytes = 0;  // by every process, as the device reports it
};

// Thread-safe.
class Device {
 public:
  virtual ~Device() = default;
  // "cpu", "cuda:0".
  virtual absl::string_view name() const = 0;
  // Where ATen sees it; inputs are moved there.
  virtual c10::Device torch_device() const = 0;
  // Unavailable: the device does not answer.
  virtual absl::StatusOr<DeviceMemory> Memory() const = 0;
  // Moves every tensor of `module` to this device; tensors already there stay as they are, views of a mapped file
  // included. Sharing between tensors is kept. ResourceExhausted: no room; `module` is then unusable.
  virtual absl::Status Place(Module& module) const = 0;
  // Returns when the work given to the device by this thread is done. Internal: it failed.
  virtual absl::Status Synchronize() const = 0;
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_DEVICE_H_
