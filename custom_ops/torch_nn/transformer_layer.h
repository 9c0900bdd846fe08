// torch/nn/modules/transformer.py: TransformerEncoderLayer and TransformerDecoderLayer.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_TRANSFORMER_LAYER_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_TRANSFORMER_LAYER_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterTransformerLayers(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_TRANSFORMER_LAYER_H_
