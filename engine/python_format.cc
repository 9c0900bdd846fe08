#include "engine/python_format.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/module_def.h"

namespace loadstone {
namespace {

std::string FormatSequence(const Attribute::Sequence& sequence) {
  std::string items = absl::StrJoin(sequence.items, ", ", [](std::string* out, const Attribute& item) {
    absl::StrAppend(out, PythonRepr(item));
  });
  switch (sequence.kind) {
    case Attribute::SequenceKind::kTuple:
      return absl::StrCat("(", items, sequence.items.size() == 1 ? ",)" : ")");
    case Attribute::SequenceKind::kList:
      return absl::StrCat("[", items, "]");
    case Attribute::SequenceKind::kSet:
      return sequence.items.empty() ? "set()" : absl::StrCat("{", items, "}");
  }
  return items;
}

std::string FormatDict(const Attribute::Dict& dict) {
  return absl::StrCat("{",
                      absl::StrJoin(dict.entries, ", ",
                                    [](std::string* out, const std::pair<Attribute, Attribute>& entry) {
                                      absl::StrAppend(out, PythonRepr(entry.first), ": ", PythonRepr(entry.second));
                                    }),
                      "}");
}

}  // namespace

std::string PythonFloat(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  // Shortest round-trip digits, then CPython's choice of notation (Python/pystrtod.c, format code 'r').
  char buffer[32];
  const std::to_chars_result result =
      std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::scientific);
  const absl::string_view scientific(buffer, static_cast<size_t>(result.ptr - buffer));
  const size_t exponent_at = scientific.find('e');
  const int exponent = std::atoi(std::string(scientific.substr(exponent_at + 1)).c_str());
  absl::string_view mantissa = scientific.substr(0, exponent_at);
  const bool negative = mantissa.front() == '-';
  if (negative) mantissa.remove_prefix(1);
  if (exponent < -4 || exponent >= 16) {
    return absl::StrFormat("%s%se%c%02d", negative ? "-" : "", mantissa, exponent < 0 ? '-' : '+', std::abs(exponent));
  }
  std::string digits;
  for (const char c : mantissa) {
    if (c != '.') digits.push_back(c);
  }
  if (exponent < 0) {
    return absl::StrCat(negative ? "-" : "", "0.", std::string(static_cast<size_t>(-exponent - 1), '0'), digits);
  }
  const size_t whole = static_cast<size_t>(exponent) + 1;
  if (digits.size() < whole) digits.append(whole - digits.size(), '0');
  const std::string fraction = digits.substr(whole);
  return absl::StrCat(negative ? "-" : "", digits.substr(0, whole), ".", fraction.empty() ? "0" : fraction);
}

std::string PythonQuote(absl::string_view text) {
  const bool has_single = absl::StrContains(text, '\'');
  const bool has_double = absl::StrContains(text, '"');
  const char quote = has_single && !has_double ? '"' : '\'';
  std::string out(1, quote);
  for (const char c : text) {
    if (c == '\\' || c == quote) {
      out.push_back('\\');
      out.push_back(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      absl::StrAppendFormat(&out, "\\x%02x", static_cast<unsigned char>(c));
    } else {
      out.push_back(c);
    }
  }
  out.push_back(quote);
  return out;
}

std::string PythonTuple(absl::Span<const int64_t> values) {
  return absl::StrCat("(", absl::StrJoin(values, ", "), values.size() == 1 ? ",)" : ")");
}

std::string ShapeText(absl::Span<const int64_t> sizes) { return absl::StrCat("[", absl::StrJoin(sizes, ", "), "]"); }

std::string PythonStr(const Attribute& value) {
  if (value.text() != nullptr) return *value.text();
  return PythonRepr(value);
}

std::string PythonRepr(const Attribute& value) {
  if (value.is_none()) return "None";
  if (const bool* flag = value.bool_value()) return *flag ? "True" : "False";
  if (const int64_t* number = value.int_value()) return absl::StrCat(*number);
  if (const double* number = value.float_value()) return PythonFloat(*number);
  if (const std::string* text = value.text()) return PythonQuote(*text);
  if (const Attribute::Bytes* bytes = value.bytes()) return absl::StrCat("b", PythonQuote(bytes->data));
  if (const Attribute::Sequence* sequence = value.sequence()) return FormatSequence(*sequence);
  if (const Attribute::Dict* dict = value.dict()) return FormatDict(*dict);
  if (const Attribute::Symbol* symbol = value.symbol()) return symbol->name;
  if (const at::Tensor* tensor = value.tensor()) {
    return absl::StrCat("tensor(shape=", ShapeText({tensor->sizes().data(), tensor->sizes().size()}), ")");
  }
  return absl::StrCat("<", value.TypeName(), ">");
}

}  // namespace loadstone
