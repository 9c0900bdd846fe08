// A folder as one model: weights in one file, what they are of in another, as model hubs publish them.
#ifndef LOADSTONE_ENGINE_FOLDER_FORMAT_H_
#define LOADSTONE_ENGINE_FOLDER_FORMAT_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "engine/model_spec.h"

namespace loadstone {

// A plain value, copied into the PluginRegistry; any thread may call its function. It reads the small files of a folder
// only: the weights are then read by a Loader.
struct FolderFormat {
  // For messages: "hugging_face".
  std::string name;
  // `folder`, whose path is a folder, with the path of the weights' file in its place and their architecture (one that
  // `folder` names already is kept by the engine), and key_renames where the file's keys are not the architecture's.
  // nullopt: not a folder of this format. Files are as hostile as models are: whatever they hold, the result is a
  // Status. InvalidArgument, DataLoss, ...: of this format, but broken.
  std::function<absl::StatusOr<std::optional<ModelSpec>>(const ModelSpec& folder)> open;
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_FOLDER_FORMAT_H_
