#include "custom_ops/python_source/builtins/characters.h"

#include <algorithm>

namespace loadstone::python {
namespace {

bool Stripped(absl::string_view character, const absl::string_view* set) {
  size_t at = 0;
  return set == nullptr ? IsSpace(DecodeCharacter(character, at)) : set->find(character) != absl::string_view::npos;
}

}  // namespace

uint32_t DecodeCharacter(absl::string_view text, size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  if (first < 0x80) return first;
  uint32_t character = first >= 0xF0 ? first & 0x07u : first >= 0xE0 ? first & 0x0Fu : first & 0x1Fu;
  while (at < text.size() && (text[at] & 0xC0) == 0x80) {
    character = character << 6 | (static_cast<unsigned char>(text[at++]) & 0x3Fu);
  }
  return character;
}

void AppendCharacter(uint32_t character, std::string& text) {
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | ((character >> shift) & 0x3F)); };
  if (character < 0x80) {
    text += static_cast<char>(character);
  } else if (character < 0x800) {
    text += static_cast<char>(0xC0 | (character >> 6));
    tail(0);
  } else if (character < 0x10000) {
    text += static_cast<char>(0xE0 | (character >> 12));
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0 | (character >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

bool IsSpace(uint32_t c) {
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

int64_t CountCharacters(absl::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; });
}

size_t ByteOf(absl::string_view text, int64_t index) {
  size_t at = 0;
  while (index-- > 0 && at < text.size()) DecodeCharacter(text, at);
  return at;
}

absl::string_view StripLeft(absl::string_view text, const absl::string_view* set) {
  while (!text.empty()) {
    size_t size = 0;
    DecodeCharacter(text, size);
    if (!Stripped(text.substr(0, size), set)) break;
    text.remove_prefix(size);
  }
  return text;
}

absl::string_view StripRight(absl::string_view text, const absl::string_view* set) {
  while (!text.empty()) {
    size_t begin = text.size() - 1;
    while (begin > 0 && (text[begin] & 0xC0) == 0x80) --begin;
    if (!Stripped(text.substr(begin), set)) break;
    text = text.substr(0, begin);
  }
  return text;
}

}  // namespace loadstone::python
