// Where models live and run.
#ifndef LOADSTONE_ENGINE_DEVICE_H_
#define LOADSTONE_ENGINE_DEVICE_H_

#include <cstdint>

#include <c10/core/Device.h>
#include <c10/core/Stream.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/module.h"

namespace loadstone {

struct DeviceMemory {
  int64_t total_bytes = 0;
  int64_t used_bytes = 0;      // by every process, as the device reports it
  int64_t reserved_bytes = 0;  // of them, by this process's allocator: tensors, and what it keeps for the next ones
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
  // A queue for the work of one servable: work in it runs in order, beside that of other queues. The host has one.
  virtual c10::Stream NewStream() const { return c10::Stream(c10::Stream::DEFAULT, torch_device()); }
  // Returns when the work in the calling thread's current stream is done. Internal: it failed. Unavailable: see Health.
  virtual absl::Status Synchronize() const = 0;
  // Unavailable, from then on: an error that the device does not recover from in this process; no model on it runs.
  // Takes nanoseconds.
  virtual absl::Status Health() const { return absl::OkStatus(); }
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_DEVICE_H_
