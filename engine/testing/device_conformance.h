// What engine/device.h promises, checked of any device: for the tests of those who write one.
#ifndef LOADSTONE_ENGINE_TESTING_DEVICE_CONFORMANCE_H_
#define LOADSTONE_ENGINE_TESTING_DEVICE_CONFORMANCE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "engine/device.h"

namespace loadstone::testing {

enum class MemoryOwner {
  kShared,      // other programs use the memory too, or models need none: numbers are only plausible
  kThisDevice,  // what models take and give back is seen to the byte
};

struct DeviceExample {
  MemoryOwner memory_owner = MemoryOwner::kShared;
  // A tensor of so many bytes does not fit; it takes no memory where it comes from. 0: everything fits.
  int64_t too_many_bytes = 0;
};

// OK, or FailedPrecondition: the first promise that is broken.
//   Place moves every tensor, keeps values, sharing and None, and leaves alone what is there already; the module then
//   computes the same. Memory is plausible, and exact where it is the device's own. What does not fit is
//   ResourceExhausted, takes nothing, and what fits is placed afterwards. Many threads may place and synchronise.
absl::Status CheckDevice(const Device& device, const DeviceExample& example);

}  // namespace loadstone::testing

#endif  // LOADSTONE_ENGINE_TESTING_DEVICE_CONFORMANCE_H_
