// torch/nn/modules/conv.py: Conv1d to Conv3d and ConvTranspose1d to ConvTranspose3d.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_CONV_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_CONV_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterConv(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_CONV_H_
