// A file format: bytes to plain data.
#ifndef LOADSTONE_ENGINE_LOADER_H_
#define LOADSTONE_ENGINE_LOADER_H_

#include <memory>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/byte_source.h"
#include "engine/model_spec.h"
#include "engine/module_def.h"
#include "engine/state_dict.h"

namespace loadstone {

class Module;

// A whole module as plain data; weights whose architecture is named elsewhere; or a ready module, of a format that
// brings its own way to run. Tensors are views of the source's memory where the format allows, and keep it alive.
using ModelContent = std::variant<std::shared_ptr<ModuleDef>, StateDict, std::shared_ptr<Module>>;

// Stateless and thread-safe. Treats every byte as hostile: whatever they are, the result is a Status.
class Loader {
 public:
  virtual ~Loader() = default;
  // "full_module", "state_dict", "safetensors", ...
  virtual absl::string_view name() const = 0;
  // OK when this loader understands the file, judged from its structure, never from its name. InvalidArgument when it
  // is something else: the message says what. Any other code: it is broken or hostile, and nobody should load it.
  virtual absl::Status CanLoad(const ByteSource& source) const = 0;
  // DataLoss: malformed. PermissionDenied: names something that can run commands. ResourceExhausted: over a limit.
  // InvalidArgument: not what this loader reads. Unimplemented: well-formed, but holds what is not supported.
  virtual absl::StatusOr<ModelContent> Load(const ModelSpec& spec, const ByteSource& source) const = 0;
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_LOADER_H_
