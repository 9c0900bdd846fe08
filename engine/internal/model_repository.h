// A folder of models: <root>/<model>/<version>/model.* with an optional <root>/<model>/model.json.
#ifndef LOADSTONE_ENGINE_INTERNAL_MODEL_REPOSITORY_H_
#define LOADSTONE_ENGINE_INTERNAL_MODEL_REPOSITORY_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/model_spec.h"

namespace loadstone {

// Every version of every model under `root`, sorted by name and version. No model file is opened. Sub-folders whose
// names are not positive whole numbers are no versions.
// NotFound: no such folder. InvalidArgument: a model.json that cannot be read (file, field, what is wrong), a version
// without exactly one model.* file, two folders of one version (1 and 01), or a link that leads out of `root` or
// nowhere.
absl::StatusOr<std::vector<ModelSpec>> ReadModelRepository(const std::string& root);

// Applies the text of a model.json to `spec`. Fields: "loader", "architecture" {"class", "args"} or {"file"},
// "strict", "weights_key", "ignore_hooks", "key_renames" {prefix: replacement}, "device". InvalidArgument: not JSON,
// over 1 MiB or 10,000 names, an unknown field (names the nearest), or a value of the wrong type.
absl::Status ApplyModelJson(absl::string_view text, ModelSpec& spec);

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_INTERNAL_MODEL_REPOSITORY_H_
