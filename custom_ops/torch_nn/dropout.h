// torch/nn/modules/dropout.py.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_DROPOUT_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_DROPOUT_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterDropout(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_DROPOUT_H_
