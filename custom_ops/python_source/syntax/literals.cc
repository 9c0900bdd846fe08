#include "custom_ops/python_source/syntax/literals.h"

#include <charconv>

#include "absl/strings/str_replace.h"

namespace loadstone::python {
namespace {

absl::optional<uint32_t> ParseDigits(absl::string_view digits, int base) {
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return absl::nullopt;
  return value;
}

}  // namespace

absl::optional<int64_t> ParseIntegerLiteral(absl::string_view text) {
  std::string digits = absl::StrReplaceAll(text, {{"_", ""}});
  absl::string_view rest = digits;
  int base = 10;
  if (rest.size() > 2 && rest[0] == '0') {
    const char letter = static_cast<char>(rest[1] | 0x20);
    base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 10;
    if (base != 10) rest.remove_prefix(2);
  }
  int64_t value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value, base);
  if (rest.empty() || error != std::errc() || end != rest.data() + rest.size()) return absl::nullopt;
  // "010" is a syntax error in Python; "00" is zero.
  if (base == 10 && value != 0 && rest[0] == '0') return absl::nullopt;
  return value;
}

absl::optional<double> ParseFloatLiteral(absl::string_view text) {
  const std::string digits = absl::StrReplaceAll(text, {{"_", ""}});
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (end != digits.data() + digits.size()) return absl::nullopt;
  if (error == std::errc::result_out_of_range) return std::strtod(digits.c_str(), nullptr);  // inf or 0, as in Python
  if (error != std::errc()) return absl::nullopt;
  return value;
}

bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    const auto first = static_cast<uint8_t>(text[0]);
    const size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if ((first >= 0x80 && first < 0xC2) || first > 0xF4 || length > text.size()) return false;
    uint32_t code_point = length == 1 ? first : first & (0x7F >> length);
    for (size_t i = 1; i < length; ++i) {
      const auto byte = static_cast<uint8_t>(text[i]);
      if ((byte & 0xC0) != 0x80) return false;
      code_point = code_point << 6 | (byte & 0x3F);
    }
    if (length == 3 && (code_point < 0x800 || (code_point >= 0xD800 && code_point < 0xE000))) return false;
    if (length == 4 && (code_point < 0x10000 || code_point > 0x10FFFF)) return false;
    text.remove_prefix(length);
  }
  return true;
}

void AppendUtf8(uint32_t code_point, std::string& text) {
  if (code_point < 0x80) {
    text += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    text += static_cast<char>(0xC0 | (code_point >> 6));
    text += static_cast<char>(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    text += static_cast<char>(0xE0 | (code_point >> 12));
    text += static_cast<char>(0x80 | ((code_point >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (code_point & 0x3F));
  } else {
    text += static_cast<char>(0xF0 | (code_point >> 18));
    text += static_cast<char>(0x80 | ((code_point >> 12) & 0x3F));
    text += static_cast<char>(0x80 | ((code_point >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (code_point & 0x3F));
  }
}

absl::optional<std::string> ResolveEscapes(absl::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') {  // Python reads every kind of line end as '\n'.
      if (i + 1 >= text.size() || text[i + 1] != '\n') result += '\n';
      continue;
    }
    if (text[i] != '\\' || i + 1 == text.size()) {
      result += text[i];
      continue;
    }
    const char letter = text[++i];
    static constexpr absl::string_view kLetters = "\\'\"abfnrtv";
    static constexpr absl::string_view kValues = "\\'\"\a\b\f\n\r\t\v";
    if (const size_t at = kLetters.find(letter); at != absl::string_view::npos) {
      result += kValues[at];
    } else if (letter == '\n') {
      continue;
    } else if (letter == '\r') {
      if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
    } else if (letter >= '0' && letter <= '7') {
      size_t length = 1;
      while (length < 3 && i + length < text.size() && text[i + length] >= '0' && text[i + length] <= '7') ++length;
      AppendUtf8(*ParseDigits(text.substr(i, length), 8), result);
      i += length - 1;
    } else if (letter == 'x' || letter == 'u' || letter == 'U') {
      const size_t length = letter == 'x' ? 2 : letter == 'u' ? 4 : 8;
      const absl::string_view digits = text.substr(i + 1, length);
      const absl::optional<uint32_t> value = ParseDigits(digits, 16);
      // Lone surrogates are no characters of UTF-8.
      if (digits.size() != length || !value || *value > 0x10FFFF || (*value >= 0xD800 && *value < 0xE000)) {
        return absl::nullopt;
      }
      AppendUtf8(*value, result);
      i += length;
    } else if (letter == 'N') {
      return absl::nullopt;
    } else {
      result += '\\';
      result += letter;
    }
  }
  return result;
}

}  // namespace loadstone::python
