#include "custom_ops/transformers/register.h"

#include "custom_ops/transformers/activations.h"
#include "custom_ops/transformers/bert_heads.h"
#include "custom_ops/transformers/bert_layers.h"
#include "custom_ops/transformers/bert_model.h"
#include "custom_ops/transformers/bert_recognizer.h"
#include "custom_ops/transformers/sentence_transformer.h"
#include "engine/base/status_macros.h"

namespace loadstone {

absl::Status RegisterTransformers(PluginRegistry& registry) {
  RETURN_IF_ERROR(transformers::RegisterActivations(registry));
  RETURN_IF_ERROR(transformers::RegisterBertLayers(registry));
  RETURN_IF_ERROR(transformers::RegisterBertModel(registry));
  RETURN_IF_ERROR(transformers::RegisterBertHeads(registry));
  RETURN_IF_ERROR(transformers::RegisterSentenceTransformer(registry));
  return registry.AddArchitectureRecognizer(transformers::BertRecognizer());
}

}  // namespace loadstone
