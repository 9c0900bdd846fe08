// torch/nn/modules/transformer.py: TransformerEncoder, TransformerDecoder and Transformer.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_TRANSFORMER_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_TRANSFORMER_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterTransformer(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_TRANSFORMER_H_
