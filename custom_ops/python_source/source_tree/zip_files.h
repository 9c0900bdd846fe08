// A zip of Python source, all of it in memory.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_SOURCE_TREE_ZIP_FILES_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_SOURCE_TREE_ZIP_FILES_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"

namespace loadstone::python {

// The .py files of the archive; what else lies in it is not read.
// Errors: as ByteSource::Map and ZipArchive::Open, which refuses names that lead out of the archive; InvalidArgument:
// an entry is a link. ResourceExhausted: more than the limits of source_files.h.
absl::StatusOr<std::map<std::string, std::string>> ReadZip(const std::string& path);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_SOURCE_TREE_ZIP_FILES_H_
