// Plugins from shared libraries.
#ifndef LOADSTONE_PLUGINS_DYNAMIC_LOAD_PLUGIN_H_
#define LOADSTONE_PLUGINS_DYNAMIC_LOAD_PLUGIN_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

// Loads a library that LOADSTONE_PLUGIN is written in, and installs what it brings, with the file's resolved path as
// origin. The library runs with all rights of this program and is never unloaded. What it was built for is read from
// the file and checked before any of its code runs. Threads may call this at once for different registries.
// NotFound: no such file. PermissionDenied: unreadable, or anybody may write to it or to its folder.
// InvalidArgument: not a plugin library. FailedPrecondition: built for another plugin API, LibTorch or ABI, or it needs
// a symbol that nobody has. AlreadyExists: a name it brings is taken (names both origins). What its install returns.
absl::Status LoadPlugin(const std::string& path, PluginRegistry& registry);

// The EngineOptions::install_plugin that knows the plugins in `folders` only: by path, or by their path below one of
// the folders, tried in order. Symbolic links and ".." are resolved first, so none leads out of the folders.
// The function's errors are those of LoadPlugin, and PermissionDenied: the library is in none of the folders.
std::function<absl::Status(const std::string& library, PluginRegistry& registry)> PluginsFrom(
    std::vector<std::string> folders);

}  // namespace loadstone

#endif  // LOADSTONE_PLUGINS_DYNAMIC_LOAD_PLUGIN_H_
