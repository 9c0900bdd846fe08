// Step 5 of a load: plain data and registered classes to a Module.
#ifndef LOADSTONE_ENGINE_INTERNAL_MODULE_BUILDER_H_
#define LOADSTONE_ENGINE_INTERNAL_MODULE_BUILDER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "engine/module.h"
#include "engine/module_def.h"
#include "engine/plugin_registry.h"

namespace loadstone {

// Builds `def` and all below it, children first; a ModuleDef that stands in two places becomes one Module. Uses `def`
// up: its tensors move into the modules, older releases' state is brought up to date in place.
// FailedPrecondition: classes are not registered: lists every one, with the paths that use it.
// Unimplemented: a module has forward hooks, which are code. InvalidArgument: a class refused its state, or a
// parameter has no data. ResourceExhausted: modules nest too deeply.
absl::StatusOr<std::shared_ptr<Module>> BuildModules(ModuleDef& def, const PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_INTERNAL_MODULE_BUILDER_H_
