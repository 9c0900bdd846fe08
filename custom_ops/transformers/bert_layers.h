// The layers of transformers/models/bert/modeling_bert.py, below BertModel.
#ifndef LOADSTONE_CUSTOM_OPS_TRANSFORMERS_BERT_LAYERS_H_
#define LOADSTONE_CUSTOM_OPS_TRANSFORMERS_BERT_LAYERS_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone::transformers {

// Adds BertSelfAttention (also under the name that it had with scaled dot product attention in 4.40 to 4.55),
// BertSelfOutput, BertAttention, BertIntermediate, BertOutput, BertLayer, BertEncoder and BertPooler. The attention
// masks they are given are what BertModel makes of the user's: true, or 0, where a token may be looked at.
absl::Status RegisterBertLayers(PluginRegistry& registry);

}  // namespace loadstone::transformers

#endif  // LOADSTONE_CUSTOM_OPS_TRANSFORMERS_BERT_LAYERS_H_
