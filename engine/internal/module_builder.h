// Step 5 of a load: plain data and registered classes to a Module.
#ifndef LOADSTONE_ENGINE_INTERNAL_MODULE_BUILDER_H_
#define LOADSTONE_ENGINE_INTERNAL_MODULE_BUILDER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "engine/model_spec.h"
#include "engine/module.h"
#include "engine/module_def.h"
#include "engine/plugin_registry.h"

namespace loadstone {

// Builds `def` and all below it, children first; a ModuleDef that stands in two places becomes one Module. Uses `def`
// up: its tensors move into the modules, older releases' state is brought up to date in place.
// FailedPrecondition: classes are not registered: lists every one, with the paths that use it.
// Unimplemented: a module has forward hooks that are a user's code, and they are not to be ignored. InvalidArgument: a class refused its state, or a
// parameter has no data, or a module contains itself. ResourceExhausted: modules nest too deeply, or under too long names.
absl::StatusOr<std::shared_ptr<Module>> BuildModules(ModuleDef& def, const PluginRegistry& registry,
                                                     UnknownHooks unknown_hooks = UnknownHooks::kRefuse);

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_INTERNAL_MODULE_BUILDER_H_
