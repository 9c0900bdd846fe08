// Which model a state dict belongs to, told from its keys and shapes: what lets weights load without flags.
#ifndef LOADSTONE_ENGINE_ARCHITECTURE_RECOGNIZER_H_
#define LOADSTONE_ENGINE_ARCHITECTURE_RECOGNIZER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/model_spec.h"

namespace loadstone {

// The tensors of a state dict by key: renames of the spec are applied, a wrapper's prefix ("module.") is stripped.
using TensorShapes = std::map<std::string, std::vector<int64_t>, std::less<>>;

// A plain value, copied into the PluginRegistry; any thread may call its function. It is asked only when the spec names
// no architecture, and its answer is then loaded as if the spec had named it, so it need not look at every key.
struct ArchitectureRecognizer {
  // For messages and logs: "torchvision.resnet".
  std::string name;
  // The registered class and the arguments that these weights are of. nullopt: not a model that this one knows.
  // InvalidArgument: a model it knows, but keys and shapes leave open what it computes (says what is to be named).
  std::function<absl::StatusOr<std::optional<Architecture>>(const TensorShapes& shapes)> recognize;
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_ARCHITECTURE_RECOGNIZER_H_
