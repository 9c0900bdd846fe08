// torch/nn/modules/normalization.py: LayerNorm, GroupNorm, RMSNorm, LocalResponseNorm, CrossMapLRN2d.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_NORMALIZATION_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_NORMALIZATION_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterNormalization(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_NORMALIZATION_H_
