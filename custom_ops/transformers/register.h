// Models of transformers and sentence-transformers.
#ifndef LOADSTONE_CUSTOM_OPS_TRANSFORMERS_REGISTER_H_
#define LOADSTONE_CUSTOM_OPS_TRANSFORMERS_REGISTER_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

// Adds BertModel, its layers and heads, the pipeline of sentence-transformers, and what recognises a BertModel's state
// dict. Layers of torch.nn must be registered too when a model is loaded.
absl::Status RegisterTransformers(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TRANSFORMERS_REGISTER_H_
