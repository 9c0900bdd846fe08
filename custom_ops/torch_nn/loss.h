// torch/nn/modules/loss.py without its margin losses.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_LOSS_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_LOSS_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterLoss(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_LOSS_H_
