// Classes of Python source for a PluginRegistry.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_REGISTER_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_REGISTER_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

// Adds the class source "python_source". AlreadyExists: there is one.
absl::Status RegisterPythonSource(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_REGISTER_H_
