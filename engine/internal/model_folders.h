// Folders that are models.
#ifndef LOADSTONE_ENGINE_INTERNAL_MODEL_FOLDERS_H_
#define LOADSTONE_ENGINE_INTERNAL_MODEL_FOLDERS_H_

#include "absl/status/statusor.h"
#include "engine/model_spec.h"
#include "engine/plugin_registry.h"

namespace loadstone {

// `spec` as it is when its path is no folder, else what the one FolderFormat that knows the folder makes of it.
// InvalidArgument: no format knows it, or several do (names them). Else the format's own error.
absl::StatusOr<ModelSpec> OpenModelFolder(const ModelSpec& spec, const PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_INTERNAL_MODEL_FOLDERS_H_
