// torch/nn/modules/pooling.py: MaxPool, AvgPool, LPPool.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_POOLING_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_POOLING_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterPooling(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_POOLING_H_
