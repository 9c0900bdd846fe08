// Finds the architecture of weights that came without one.
#ifndef LOADSTONE_ENGINE_INTERNAL_ARCHITECTURE_RECOGNITION_H_
#define LOADSTONE_ENGINE_INTERNAL_ARCHITECTURE_RECOGNITION_H_

#include <string>

#include "absl/status/statusor.h"
#include "engine/model_spec.h"
#include "engine/plugin_registry.h"
#include "engine/state_dict.h"

namespace loadstone {

struct RecognizedArchitecture {
  Architecture architecture;
  // "torchvision.models.resnet.resnet50(num_classes=10), by torchvision.resnet"
  std::string text;
};

// Asks every recognizer of `registry`: for the keys as `spec` renames them, then without one more wrapper's prefix that
// all of them have, until one knows them.
// InvalidArgument: none does (says what to name), several do (names them), or one does but needs to be told more.
absl::StatusOr<RecognizedArchitecture> RecognizeArchitecture(const StateDict& weights, const ModelSpec& spec,
                                                             const PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_INTERNAL_ARCHITECTURE_RECOGNITION_H_
