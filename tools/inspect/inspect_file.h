// Looks into a file without building, interpreting or running any of its classes.
#ifndef LOADSTONE_TOOLS_INSPECT_INSPECT_FILE_H_
#define LOADSTONE_TOOLS_INSPECT_INSPECT_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "engine/plugin_registry.h"
#include "tools/inspect/file_report.h"

namespace loadstone {

// Any file will do: a broken, hostile or foreign one is reported, not an error. `registry` answers which classes are
// known, and its loaders read what torch.save did not write. Errors: see ByteSource::Map.
absl::StatusOr<FileReport> InspectFile(const std::string& path, const PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_INSPECT_INSPECT_FILE_H_
