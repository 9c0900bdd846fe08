// The files of a folder of the Hugging Face Hub.
#ifndef LOADSTONE_LOADERS_HUGGING_FACE_MODEL_FILES_H_
#define LOADSTONE_LOADERS_HUGGING_FACE_MODEL_FILES_H_

#include <string>

#include "absl/status/statusor.h"
#include "engine/attribute.h"

namespace loadstone::hugging_face {

// The JSON of a small file, at most 1 MiB of it. DataLoss: not JSON, or too much of it. Others: see ByteSource::Map.
absl::StatusOr<Attribute> ReadJsonFile(const std::string& path);
// The same of a file that holds an object, as its entries. DataLoss: it holds something else.
absl::StatusOr<Attribute::Dict> ReadJsonObject(const std::string& path);

bool FileExists(const std::string& path);

// The file of `folder` that holds the weights: the first there is of model.safetensors, model.safetensors.index.json
// and pytorch_model.bin. NotFound: none (says what was looked for). Unimplemented: pytorch_model.bin in several parts.
absl::StatusOr<std::string> FindWeights(const std::string& folder);

// `folder`/`name`. DataLoss: `name` leads out of the folder. "" is the folder itself.
absl::StatusOr<std::string> SubFolder(const std::string& folder, const std::string& name);

}  // namespace loadstone::hugging_face

#endif  // LOADSTONE_LOADERS_HUGGING_FACE_MODEL_FILES_H_
