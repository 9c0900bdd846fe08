// torch/nn/modules/padding.py.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_PADDING_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_PADDING_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterPadding(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_PADDING_H_
