// The values of Python's literals.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_SYNTAX_LITERALS_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_SYNTAX_LITERALS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace loadstone::python {

// Absent: past 64 bits, or malformed.
absl::optional<int64_t> ParseIntegerLiteral(absl::string_view text);
absl::optional<double> ParseFloatLiteral(absl::string_view text);

// The text between the quotes with its escapes resolved. Absent: a malformed escape, or a named one (\N{...}).
absl::optional<std::string> ResolveEscapes(absl::string_view text);

// Whether all of it is: no byte out of place, no surrogate, no character in more bytes than it needs.
bool IsUtf8(absl::string_view text);
// Appends `code_point` as UTF-8.
void AppendUtf8(uint32_t code_point, std::string& text);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_SYNTAX_LITERALS_H_
