// A module's tensors, moved to another device.
#ifndef LOADSTONE_PLUGINS_CUDA_MOVE_TENSORS_H_
#define LOADSTONE_PLUGINS_CUDA_MOVE_TENSORS_H_

#include <c10/core/Device.h>

#include "engine/module.h"

namespace loadstone {

// Each storage is copied once and whole, as torch.load(map_location=...) does, so that tensors which share one go on to
// share it. Errors are c10::Error, as ATen's; `module` is then unusable.
void MoveTensors(Module& module, c10::Device device);

}  // namespace loadstone

#endif  // LOADSTONE_PLUGINS_CUDA_MOVE_TENSORS_H_
