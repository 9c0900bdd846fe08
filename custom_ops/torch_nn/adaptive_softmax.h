// torch/nn/modules/adaptive.py: AdaptiveLogSoftmaxWithLoss.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_ADAPTIVE_SOFTMAX_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_ADAPTIVE_SOFTMAX_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterAdaptiveSoftmax(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_ADAPTIVE_SOFTMAX_H_
