// torch/nn/modules/upsampling.py.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_UPSAMPLING_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_UPSAMPLING_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterUpsampling(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_UPSAMPLING_H_
