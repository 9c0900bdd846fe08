// torch/nn/modules/distance.py: CosineSimilarity and PairwiseDistance.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_DISTANCE_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_DISTANCE_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterDistance(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_DISTANCE_H_
