// torch/nn/modules/flatten.py, pixelshuffle.py, channelshuffle.py and fold.py: layers that only move elements.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_RESHAPING_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_RESHAPING_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterReshaping(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_RESHAPING_H_
