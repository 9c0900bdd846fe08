// Folders as transformers and sentence-transformers write them.
#ifndef LOADSTONE_LOADERS_HUGGING_FACE_HUGGING_FACE_FOLDER_H_
#define LOADSTONE_LOADERS_HUGGING_FACE_HUGGING_FACE_FOLDER_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

// Adds the folder format "hugging_face". A folder with config.json is the class transformers.<first of its
// "architectures"> with that config; one with modules.json is sentence_transformers.SentenceTransformer of the modules
// that it lists. NotFound: no weights. DataLoss: JSON that is broken, or is not what these libraries write.
// Unimplemented: modules with weights of their own, beside the model's.
absl::Status RegisterHuggingFaceFolder(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_HUGGING_FACE_HUGGING_FACE_FOLDER_H_
