// Characters of text, as Python classes them.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_BUILTINS_CHARACTERS_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_BUILTINS_CHARACTERS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace loadstone::python {

// The character at byte `at` of valid UTF-8, and `at` moved past it.
uint32_t DecodeCharacter(absl::string_view text, size_t& at);
void AppendCharacter(uint32_t character, std::string& text);

// str.isspace() of one character.
bool IsSpace(uint32_t character);

// The byte where the character number `index` begins.
size_t ByteOf(absl::string_view text, int64_t index);
int64_t CountCharacters(absl::string_view text);

// Without white space, or the characters of `set`, at the left or right end.
absl::string_view StripLeft(absl::string_view text, const absl::string_view* set);
absl::string_view StripRight(absl::string_view text, const absl::string_view* set);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_BUILTINS_CHARACTERS_H_
