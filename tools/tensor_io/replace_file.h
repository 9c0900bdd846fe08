// Writing files so that nobody sees half of one.
#ifndef LOADSTONE_TOOLS_TENSOR_IO_REPLACE_FILE_H_
#define LOADSTONE_TOOLS_TENSOR_IO_REPLACE_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace loadstone {

// Writes `pieces`, one after the other, to a file beside `path` that then takes its place: whole or not at all, and who
// has the old file mapped (as an input is) keeps it as it was.
// NotFound, PermissionDenied, Unavailable: the file cannot be written (says why); nothing is left behind.
absl::Status ReplaceFile(const std::string& path, absl::Span<const absl::string_view> pieces);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_TENSOR_IO_REPLACE_FILE_H_
