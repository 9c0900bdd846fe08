// One value of a pickle in a few words.
#ifndef LOADSTONE_TOOLS_INSPECT_DESCRIBE_VALUE_H_
#define LOADSTONE_TOOLS_INSPECT_DESCRIBE_VALUE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "loaders/pickle/value.h"
#include "loaders/torch_format/interpreter.h"
#include "tools/inspect/file_report.h"

namespace loadstone {

// Text that a file chose, fit for a terminal: control characters escaped, no longer than a line or two.
std::string Shown(absl::string_view text);

// "int" and "3", "dict" and "4 entries", "Tensor" and "float32 [2, 3]", "os.system" and "the result of a call".
// Reads no tensor but `value` itself.
FileReport::Entry DescribeValue(absl::string_view key, const pickle::Value& value, Interpreter& interpreter);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_INSPECT_DESCRIBE_VALUE_H_
