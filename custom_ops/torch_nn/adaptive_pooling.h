// torch/nn/modules/pooling.py: AdaptiveAvgPool and AdaptiveMaxPool.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_ADAPTIVE_POOLING_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_ADAPTIVE_POOLING_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterAdaptivePooling(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_ADAPTIVE_POOLING_H_
