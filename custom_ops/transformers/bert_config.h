// transformers.BertConfig, as constructors of this folder take it: a dict of its fields.
#ifndef LOADSTONE_CUSTOM_OPS_TRANSFORMERS_BERT_CONFIG_H_
#define LOADSTONE_CUSTOM_OPS_TRANSFORMERS_BERT_CONFIG_H_

#include <cstdint>
#include <string>

#include "engine/attribute.h"
#include "engine/attribute_reader.h"

namespace loadstone::transformers {

// The fields that a BertModel's layers look at; the others of a config.json are left alone. Absent ones have Python's
// defaults.
struct BertConfig {
  int64_t vocab_size = 0;
  int64_t hidden_size = 0;
  int64_t num_hidden_layers = 0;
  int64_t num_attention_heads = 0;
  int64_t intermediate_size = 0;
  std::string hidden_act;
  double hidden_dropout_prob = 0;
  double attention_probs_dropout_prob = 0;
  int64_t max_position_embeddings = 0;
  int64_t type_vocab_size = 0;
  double layer_norm_eps = 0;
  Attribute pad_token_id;
  // Of the heads.
  int64_t num_labels = 0;
  double classifier_dropout = 0;
  bool tie_word_embeddings = true;

  // From the constructor's argument "config". Notes a field of a wrong type or size, and what is not supported: a
  // decoder, cross-attention, relative positions.
  static BertConfig Read(AttributeReader& arguments);
};

}  // namespace loadstone::transformers

#endif  // LOADSTONE_CUSTOM_OPS_TRANSFORMERS_BERT_CONFIG_H_
