// Tells from a state dict's keys and shapes that it is a BertModel's.
#ifndef LOADSTONE_CUSTOM_OPS_TRANSFORMERS_BERT_RECOGNIZER_H_
#define LOADSTONE_CUSTOM_OPS_TRANSFORMERS_BERT_RECOGNIZER_H_

#include "engine/architecture_recognizer.h"

namespace loadstone::transformers {

// "transformers.bert". The number of attention heads is in no shape: it is taken from the published models of that
// width, and a width without one is InvalidArgument. RoBERTa and its kin have the same keys and other positions: their
// tables of 1 token type or 514 positions are not recognised.
ArchitectureRecognizer BertRecognizer();

}  // namespace loadstone::transformers

#endif  // LOADSTONE_CUSTOM_OPS_TRANSFORMERS_BERT_RECOGNIZER_H_
