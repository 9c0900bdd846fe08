// What transformers puts on top of BertModel for one task.
#ifndef LOADSTONE_CUSTOM_OPS_TRANSFORMERS_BERT_HEADS_H_
#define LOADSTONE_CUSTOM_OPS_TRANSFORMERS_BERT_HEADS_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone::transformers {

// Adds BertForSequenceClassification, BertForTokenClassification, BertForQuestionAnswering and BertForMaskedLM, each
// also as transformers.<name>, and the classes of the last one's head. Inputs are BertModel's. The output is a dict as
// in Python: logits; for questions start_logits and end_logits. There are no labels, and so no loss.
absl::Status RegisterBertHeads(PluginRegistry& registry);

}  // namespace loadstone::transformers

#endif  // LOADSTONE_CUSTOM_OPS_TRANSFORMERS_BERT_HEADS_H_
