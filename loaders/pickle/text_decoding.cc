#include "loaders/pickle/text_decoding.h"

#include <cstdint>
#include <cstring>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/status_macros.h"

namespace loadstone::pickle {
namespace {

// For messages.
std::string Quoted(absl::string_view text) {
  constexpr size_t kMaxShown = 40;
  return absl::StrCat("\"", absl::CHexEscape(text.substr(0, kMaxShown)), text.size() > kMaxShown ? "...\"" : "\"");
}

void AppendUtf8(uint32_t code_point, std::string& out) {
  const auto tail = [&](int shift) { out.push_back(static_cast<char>(0x80 | ((code_point >> shift) & 0x3F))); };
  if (code_point < 0x80) {
    out.push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (code_point >> 6)));
    tail(0);
  } else if (code_point < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | (code_point >> 12)));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xF0 | (code_point >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

int HexDigit(char c) {
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  if (lower >= '0' && lower <= '9') return lower - '0';
  if (lower >= 'a' && lower <= 'f') return lower - 'a' + 10;
  return -1;
}

bool DecodeHex(absl::string_view digits, size_t count, uint32_t* value) {
  if (digits.size() < count) return false;
  *value = 0;
  for (char c : digits.substr(0, count)) {
    const int digit = HexDigit(c);
    if (digit < 0) return false;
    *value = *value * 16 + static_cast<uint32_t>(digit);
  }
  return true;
}

bool IsOctal(char c) { return c >= '0' && c <= '7'; }

// The length of the well-formed sequence that `bytes` begins with, or 0.
size_t Utf8SequenceLength(absl::string_view bytes) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(bytes[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || bytes.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  // Too long for their code point, or above U+10FFFF.
  if (lead == 0xE0 && byte(1) < 0xA0) return 0;
  if (lead == 0xF0 && byte(1) < 0x90) return 0;
  if (lead == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

// Appends what the escape at the start of `text`, just after its backslash, stands for; returns its length.
absl::StatusOr<size_t> DecodeStringEscape(absl::string_view text, std::string& out) {
  static constexpr absl::string_view kLetters = "\\'\"abfnrtv";
  static constexpr absl::string_view kMeanings = "\\'\"\a\b\f\n\r\t\v";
  if (text.empty()) return absl::DataLossError("string literal ends in a backslash");
  if (const size_t letter = kLetters.find(text[0]); letter != absl::string_view::npos) {
    out.push_back(kMeanings[letter]);
    return 1;
  }
  if (text[0] == 'x') {
    uint32_t value;
    if (!DecodeHex(text.substr(1), 2, &value)) return absl::DataLossError("string literal has a bad \\x escape");
    out.push_back(static_cast<char>(value));
    return 3;
  }
  size_t digits = 0;
  uint32_t value = 0;
  while (digits < 3 && digits < text.size() && IsOctal(text[digits])) {
    value = value * 8 + static_cast<uint32_t>(text[digits++] - '0');
  }
  if (digits > 0) {
    out.push_back(static_cast<char>(value));
    return digits;
  }
  // Python keeps the backslash of an escape it does not know.
  out.push_back('\\');
  out.push_back(text[0]);
  return 1;
}

// Digits without underscores; empty when `text` is no decimal number.
std::string DecimalDigits(absl::string_view text) {
  std::string digits;
  bool after_digit = false;
  for (char c : text) {
    if (c == '_' && after_digit) {
      after_digit = false;
      continue;
    }
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return "";
    digits.push_back(c);
    after_digit = true;
  }
  if (!after_digit || (digits.size() > 1 && digits[0] == '0')) return "";
  return digits;
}

// Little-endian, nine digits at a time.
std::string MagnitudeBytes(absl::string_view digits) {
  std::vector<uint32_t> limbs;
  while (!digits.empty()) {
    const absl::string_view group = digits.substr(0, 9);
    digits.remove_prefix(group.size());
    uint64_t scale = 1;
    uint64_t carry = 0;
    for (char digit : group) {
      scale *= 10;
      carry = carry * 10 + static_cast<uint64_t>(digit - '0');
    }
    for (uint32_t& limb : limbs) {
      carry += limb * scale;
      limb = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) limbs.push_back(static_cast<uint32_t>(carry));
  }
  std::string bytes;
  for (uint32_t limb : limbs) {
    for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<char>((limb >> shift) & 0xFF));
  }
  return bytes;
}

void Negate(std::string& little_endian) {
  uint32_t carry = 1;
  for (char& c : little_endian) {
    carry += static_cast<uint8_t>(~static_cast<uint8_t>(c));
    c = static_cast<char>(carry & 0xFF);
    carry >>= 8;
  }
}

}  // namespace

bool IsAscii(absl::string_view bytes) {
  const char* p = bytes.data();
  size_t left = bytes.size();
  for (; left >= 8; p += 8, left -= 8) {
    uint64_t word;
    std::memcpy(&word, p, 8);
    if ((word & 0x8080808080808080) != 0) return false;
  }
  for (; left > 0; ++p, --left) {
    if ((static_cast<uint8_t>(*p) & 0x80) != 0) return false;
  }
  return true;
}

bool IsPythonUtf8(absl::string_view bytes) {
  if (IsAscii(bytes)) return true;
  while (!bytes.empty()) {
    const size_t length = Utf8SequenceLength(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

absl::StatusOr<std::string> DecodeStringLiteral(absl::string_view literal) {
  const bool quoted = literal.size() >= 2 && literal.front() == literal.back() &&
                      (literal.front() == '\'' || literal.front() == '"');
  if (!quoted) return absl::DataLossError(absl::StrCat(Quoted(literal), " is no quoted string"));
  absl::string_view text = literal.substr(1, literal.size() - 2);
  std::string result;
  while (!text.empty()) {
    const char c = text[0];
    text.remove_prefix(1);
    if (c != '\\') {
      result.push_back(c);
      continue;
    }
    ASSIGN_OR_RETURN(const size_t length, DecodeStringEscape(text, result));
    text.remove_prefix(length);
  }
  return result;
}

absl::StatusOr<std::string> DecodeRawUnicodeEscape(absl::string_view text) {
  std::string result;
  while (!text.empty()) {
    const char c = text[0];
    text.remove_prefix(1);
    if (c != '\\' || text.empty()) {
      AppendUtf8(static_cast<uint8_t>(c), result);
      continue;
    }
    const char kind = text[0];
    text.remove_prefix(1);
    if (kind != 'u' && kind != 'U') {
      // Two characters, so that the second of two backslashes begins no escape.
      result.push_back('\\');
      AppendUtf8(static_cast<uint8_t>(kind), result);
      continue;
    }
    const size_t digits = kind == 'u' ? 4 : 8;
    uint32_t code_point;
    if (!DecodeHex(text, digits, &code_point) || code_point > 0x10FFFF) {
      return absl::DataLossError(absl::StrCat("bad escape \\", absl::string_view(&kind, 1), " in unicode text"));
    }
    AppendUtf8(code_point, result);
    text.remove_prefix(digits);
  }
  return result;
}

absl::StatusOr<std::string> EncodeLatin1(absl::string_view text) {
  if (IsAscii(text)) return std::string(text);
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<uint8_t>(text[i]);
    if (lead < 0x80) {
      result.push_back(text[i]);
    } else if (lead <= 0xC3) {
      result.push_back(static_cast<char>(((lead & 0x03) << 6) | (static_cast<uint8_t>(text[++i]) & 0x3F)));
    } else {
      return absl::DataLossError(absl::StrCat("character at byte ", i, " of the text is not Latin-1"));
    }
  }
  return result;
}

absl::StatusOr<std::string> DecodeDecimal(absl::string_view text, size_t max_bytes) {
  absl::string_view rest = text;
  if (!rest.empty()) absl::ConsumeSuffix(&rest, "L");
  const bool negative = absl::ConsumePrefix(&rest, "-");
  if (!negative) absl::ConsumePrefix(&rest, "+");
  // Before the quadratic work: a byte holds 2.41 digits.
  if (rest.size() / 5 > max_bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("number of ", rest.size(), " digits, limit ", max_bytes, " bytes"));
  }
  const std::string digits = DecimalDigits(rest);
  if (digits.empty()) return absl::DataLossError(absl::StrCat(Quoted(text), " is no decimal number"));
  std::string bytes = MagnitudeBytes(digits);
  bytes.push_back('\0');  // the sign
  if (negative) Negate(bytes);
  bytes.resize(TrimSign(bytes).size());
  if (bytes.size() > max_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat("number of ", bytes.size(), " bytes, limit ", max_bytes));
  }
  return bytes;
}

absl::string_view TrimSign(absl::string_view little_endian) {
  while (!little_endian.empty()) {
    const auto last = static_cast<uint8_t>(little_endian.back());
    const bool next_is_negative =
        little_endian.size() > 1 && (static_cast<uint8_t>(little_endian[little_endian.size() - 2]) & 0x80) != 0;
    if (last != (next_is_negative ? 0xFF : 0x00)) break;
    little_endian.remove_suffix(1);
  }
  return little_endian;
}

}  // namespace loadstone::pickle
