// transformers.BertModel and its embeddings.
#ifndef LOADSTONE_CUSTOM_OPS_TRANSFORMERS_BERT_MODEL_H_
#define LOADSTONE_CUSTOM_OPS_TRANSFORMERS_BERT_MODEL_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone::transformers {

// Adds BertEmbeddings and BertModel(config, add_pooling_layer=True), the latter also as transformers.BertModel.
// forward(input_ids, attention_mask, token_type_ids, position_ids, inputs_embeds) gives Python's output as a dict:
// last_hidden_state and, where there is a pooler, pooler_output.
absl::Status RegisterBertModel(PluginRegistry& registry);

}  // namespace loadstone::transformers

#endif  // LOADSTONE_CUSTOM_OPS_TRANSFORMERS_BERT_MODEL_H_
