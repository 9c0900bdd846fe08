// The pipeline of sentence-transformers: tokens to one vector for each text.
#ifndef LOADSTONE_CUSTOM_OPS_TRANSFORMERS_SENTENCE_TRANSFORMER_H_
#define LOADSTONE_CUSTOM_OPS_TRANSFORMERS_SENTENCE_TRANSFORMER_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone::transformers {

// Adds these classes of sentence-transformers, under their present names, those of modules.json and the older ones:
//   SentenceTransformer(modules)          a list of {"type": class, "arguments": {...}}, run one after the other
//   Transformer(architecture, config)     the model that gives a vector for each token
//   Pooling(embedding_dimension, pooling_mode="mean", include_prompt=True), or the flags of older releases
//   Normalize()
// As in Python, each takes a dict of features and gives it back with more in it. SentenceTransformer also takes
// tensors, forward(input_ids, attention_mask, token_type_ids), and then gives what its encode() does: the sentence
// embeddings.
absl::Status RegisterSentenceTransformer(PluginRegistry& registry);

}  // namespace loadstone::transformers

#endif  // LOADSTONE_CUSTOM_OPS_TRANSFORMERS_SENTENCE_TRANSFORMER_H_
