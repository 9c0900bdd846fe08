// The one list of what ships: every format, device and class linked into the programs.
#ifndef LOADSTONE_PLUGINS_BUILTIN_BUILTIN_PLUGINS_H_
#define LOADSTONE_PLUGINS_BUILTIN_BUILTIN_PLUGINS_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

// Installs all of them. AlreadyExists: something of the same name is there.
absl::Status RegisterBuiltinPlugins(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_PLUGINS_BUILTIN_BUILTIN_PLUGINS_H_
