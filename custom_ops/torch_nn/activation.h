// torch/nn/modules/activation.py without its softmaxes and MultiheadAttention.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_ACTIVATION_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_ACTIVATION_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterActivation(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_ACTIVATION_H_
