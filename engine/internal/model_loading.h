// The road of one load: open, choose a loader, read, recognise, build, place. Steps 1 and 3 to 6 of the design.
#ifndef LOADSTONE_ENGINE_INTERNAL_MODEL_LOADING_H_
#define LOADSTONE_ENGINE_INTERNAL_MODEL_LOADING_H_

#include <memory>

#include "absl/status/statusor.h"
#include "engine/byte_source.h"
#include "engine/model_spec.h"
#include "engine/plugin_registry.h"
#include "engine/servable.h"

namespace loadstone {

// The loader that `spec` names, or the only one that understands `source`.
// NotFound: no loader of that name. InvalidArgument: none understands the file (says what the file is), or several do
// (names them). Any other code: the file is broken or hostile.
absl::StatusOr<const Loader*> ChooseLoader(const ModelSpec& spec, const ByteSource& source,
                                           const PluginRegistry& registry);

// Errors: see Engine::Acquire. Everything made on the way is released when it fails.
absl::StatusOr<std::shared_ptr<const Servable>> LoadModel(const ModelSpec& spec,
                                                          std::shared_ptr<const PluginRegistry> registry);

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_INTERNAL_MODEL_LOADING_H_
