// torch/nn/modules/loss.py: the losses that keep scores or embeddings a margin apart.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_MARGIN_LOSS_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_MARGIN_LOSS_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterMarginLoss(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_MARGIN_LOSS_H_
