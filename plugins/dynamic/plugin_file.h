// A plugin library as a file: what it says it was built for, read without loading it.
#ifndef LOADSTONE_PLUGINS_DYNAMIC_PLUGIN_FILE_H_
#define LOADSTONE_PLUGINS_DYNAMIC_PLUGIN_FILE_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace loadstone {

// The bytes of the symbol loadstone_plugin in an ELF shared library, as they lie in the file: pointers in them are not
// filled in. Views `file`. Any thread.
// InvalidArgument: not a shared library for this processor, cut short, or without that symbol (says which).
absl::StatusOr<absl::string_view> FindPluginDescriptor(absl::string_view file);

// OK when what `descriptor` says was built for this program's plugin API, LibTorch and ABI.
// FailedPrecondition: for others; names both. InvalidArgument: not a PluginDescriptor.
absl::Status CheckPluginDescriptor(absl::string_view descriptor);

}  // namespace loadstone

#endif  // LOADSTONE_PLUGINS_DYNAMIC_PLUGIN_FILE_H_
