// torch/nn/modules/linear.py: Linear, Bilinear, Identity.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_LINEAR_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_LINEAR_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterLinear(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_LINEAR_H_
