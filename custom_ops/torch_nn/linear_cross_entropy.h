// torch/nn/modules/loss.py: LinearCrossEntropyLoss.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_LINEAR_CROSS_ENTROPY_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_LINEAR_CROSS_ENTROPY_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterLinearCrossEntropy(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_LINEAR_CROSS_ENTROPY_H_
