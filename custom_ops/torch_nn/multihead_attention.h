// torch/nn/modules/activation.py: MultiheadAttention.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_MULTIHEAD_ATTENTION_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_MULTIHEAD_ATTENTION_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterMultiheadAttention(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_MULTIHEAD_ATTENTION_H_
