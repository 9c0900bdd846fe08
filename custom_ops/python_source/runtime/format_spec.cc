#include "custom_ops/python_source/runtime/format_spec.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "custom_ops/python_source/runtime/slices.h"
#include "engine/python_format.h"

namespace loadstone::python {
namespace {

bool IsAlign(char byte) { return byte == '<' || byte == '>' || byte == '=' || byte == '^'; }

int64_t Characters(absl::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; });
}

Value BadSpec(Evaluator& evaluator, absl::string_view message) {
  return evaluator.Raise("ValueError", std::string(message));
}

// Reads digits. False: too many.
bool ReadNumber(absl::string_view& text, int64_t& number) {
  number = 0;
  while (!text.empty() && absl::ascii_isdigit(text[0])) {
    if (number > (INT64_MAX >> 5)) return false;
    number = number * 10 + (text[0] - '0');
    text.remove_prefix(1);
  }
  return true;
}

// prefix + body padded to the width.
Value Pad(Evaluator& evaluator, const FormatSpec& spec, char usual_align, absl::string_view prefix,
          absl::string_view body) {
  const int64_t length = Characters(prefix) + Characters(body);
  const int64_t missing = std::max<int64_t>(0, spec.width - length);
  if (!evaluator.Allow(missing * static_cast<int64_t>(spec.fill.size()))) return Value();
  const char align = spec.align != 0 ? spec.align : usual_align;
  const int64_t left = align == '>' ? missing : align == '^' ? missing / 2 : 0;
  std::string result;
  const auto fill = [&](int64_t count) {
    for (int64_t i = 0; i < count; ++i) result += spec.fill;
  };
  fill(left);
  absl::StrAppend(&result, prefix);
  if (align == '=') fill(missing);
  absl::StrAppend(&result, body);
  if (align != '=') fill(missing - left);
  return evaluator.Text(std::move(result));
}

// _PyUnicode_InsertThousandsGrouping.
std::string Group(const std::string& digits, char separator, int64_t size, int64_t width) {
  std::string result;
  auto remaining = static_cast<int64_t>(digits.size());
  bool separate = false;
  while (true) {
    const int64_t length = std::min(size, std::max({remaining, width, int64_t{1}}));
    const int64_t zeros = std::max<int64_t>(0, length - remaining);
    const int64_t taken = std::max<int64_t>(0, std::min(remaining, length));
    std::string group = std::string(zeros, '0') + digits.substr(remaining - taken, taken);
    if (separate) group += separator;
    result = group + result;
    separate = true;
    remaining -= taken;
    width -= length;
    if (remaining <= 0 && width <= 0) return result;
    width -= 1;
  }
}

// The number from its parts, grouped and padded.
Value Assemble(Evaluator& evaluator, const FormatSpec& spec, bool negative, absl::string_view prefix,
               std::string digits, absl::string_view rest) {
  std::string sign = negative ? "-" : spec.sign == '+' ? "+" : spec.sign == ' ' ? " " : "";
  absl::StrAppend(&sign, prefix);
  if (spec.grouping != 0) {
    const bool zeros = spec.fill == "0" && spec.align == '=';
    const int64_t width =
        zeros ? spec.width - static_cast<int64_t>(sign.size()) - static_cast<int64_t>(rest.size()) : 0;
    if (!evaluator.Allow(width * 2)) return Value();
    const bool bits = spec.type == 'b' || spec.type == 'o' || spec.type == 'x' || spec.type == 'X';
    digits = Group(digits, spec.grouping, bits ? 4 : 3, width);
  }
  return Pad(evaluator, spec, '>', sign, absl::StrCat(digits, rest));
}

// PyOS_double_to_string of a finite, positive number, for the types e, f and g in lower case.
std::string FloatDigits(double value, char type, int64_t precision, bool alternate, bool add_dot) {
  const int digits = static_cast<int>(std::min<int64_t>(precision, 1100));
  std::string text(1600, 0);
  if (type != 'g') {
    const char* format = type == 'e' ? (alternate ? "%#.*e" : "%.*e") : (alternate ? "%#.*f" : "%.*f");
    text.resize(std::snprintf(text.data(), text.size(), format, digits, value));
    return text;
  }
  const int significant = std::max(digits, 1);
  text.resize(std::snprintf(text.data(), text.size(), "%.*e", significant - 1, value));
  const size_t mark = text.find('e');
  const int point = std::atoi(text.c_str() + mark + 1) + 1;
  std::string all = text.substr(0, 1) + (mark > 2 ? text.substr(2, mark - 2) : "");
  if (!alternate) {
    while (all.size() > 1 && all.back() == '0') all.pop_back();
  }
  if (point <= -4 || point > significant - (add_dot ? 1 : 0)) {
    const std::string tail = all.substr(1);
    const int exponent = point - 1;
    return absl::StrCat(all.substr(0, 1), !tail.empty() || alternate ? "." : "", tail, exponent < 0 ? "e-" : "e+",
                        std::abs(exponent) < 10 ? "0" : "", std::abs(exponent));
  }
  std::string whole, fraction;
  if (point <= 0) {
    whole = "0";
    fraction = std::string(-point, '0') + all;
    if (all == "0") fraction = "";
  } else {
    if (static_cast<int>(all.size()) < point) all.append(point - all.size(), '0');
    whole = all.substr(0, point);
    fraction = all.substr(point);
  }
  if (value == 0) {
    whole = "0";
    fraction = alternate ? std::string(significant - 1, '0') : "";
  }
  if (fraction.empty() && add_dot) fraction = "0";
  return absl::StrCat(whole, !fraction.empty() || alternate ? "." : "", fraction);
}

}  // namespace

bool ParseFormatSpec(Evaluator& evaluator, absl::string_view text, const std::string& type_name, FormatSpec& spec) {
  const auto fails = [&](const std::string& message) {
    evaluator.Raise("ValueError", message);
    return false;
  };
  const absl::string_view all = text;
  size_t first = text.empty() ? 0 : 1;
  while (first < text.size() && (text[first] & 0xC0) == 0x80) ++first;
  if (first < text.size() && IsAlign(text[first])) {
    spec.fill = std::string(text.substr(0, first));
    spec.align = text[first];
    text.remove_prefix(first + 1);
  } else if (!text.empty() && IsAlign(text[0])) {
    spec.align = text[0];
    text.remove_prefix(1);
  }
  const bool filled = text.size() + 1 < all.size();
  if (!text.empty() && (text[0] == '+' || text[0] == '-' || text[0] == ' ')) {
    spec.sign = text[0];
    text.remove_prefix(1);
  }
  if (absl::ConsumePrefix(&text, "z")) return static_cast<bool>(evaluator.Refuse("'z' in a format specification"));
  spec.alternate = absl::ConsumePrefix(&text, "#");
  if (!filled && absl::ConsumePrefix(&text, "0")) {
    spec.fill = "0";
    if (spec.align == 0) spec.align = type_name == "str" ? '<' : '=';
  }
  if (!ReadNumber(text, spec.width)) return fails("Too many decimal digits in format string");
  if (!text.empty() && (text[0] == ',' || text[0] == '_')) {
    spec.grouping = text[0];
    text.remove_prefix(1);
    if (!text.empty() && (text[0] == ',' || text[0] == '_')) return fails("Cannot specify both ',' and '_'.");
  }
  if (absl::ConsumePrefix(&text, ".")) {
    if (text.empty() || !absl::ascii_isdigit(text[0])) return fails("Format specifier missing precision");
    if (!ReadNumber(text, spec.precision)) return fails("Too many decimal digits in format string");
  }
  if (text.size() > 1) {
    return fails(absl::StrCat("Invalid format specifier '", all, "' for object of type '", type_name, "'"));
  }
  if (!text.empty()) spec.type = text[0];
  const bool groups_bits = spec.type == 'b' || spec.type == 'o' || spec.type == 'x' || spec.type == 'X';
  if (spec.grouping != 0 && spec.type != 0 &&
      absl::string_view("defgEFG%").find(spec.type) == absl::string_view::npos &&
      !(groups_bits && spec.grouping == '_')) {
    return fails(absl::StrFormat("Cannot specify '%c' with '%c'.", spec.grouping, spec.type));
  }
  return true;
}

Value FormatText(Evaluator& evaluator, const FormatSpec& spec, const StrObject& text) {
  if (spec.sign != 0) return BadSpec(evaluator, "Sign not allowed in string format specifier");
  if (spec.alternate) return BadSpec(evaluator, "Alternate form (#) not allowed in string format specifier");
  if (spec.align == '=') return BadSpec(evaluator, "'=' alignment not allowed in string format specifier");
  if (spec.grouping != 0) return BadSpec(evaluator, "Cannot specify ',' with 's'.");
  if (spec.type != 0 && spec.type != 's') {
    return BadSpec(evaluator, absl::StrFormat("Unknown format code '%c' for object of type 'str'", spec.type));
  }
  absl::string_view shown = text.text();
  if (spec.precision >= 0 && spec.precision < text.length()) shown = python::Characters(text, 0, spec.precision);
  return Pad(evaluator, spec, '<', "", shown);
}

Value FormatInt(Evaluator& evaluator, const FormatSpec& spec, int64_t value) {
  if (spec.type != 0 && absl::string_view("eEfFgG%").find(spec.type) != absl::string_view::npos) {
    return FormatFloat(evaluator, spec, static_cast<double>(value));
  }
  if (spec.precision >= 0) return BadSpec(evaluator, "Precision not allowed in integer format specifier");
  if (spec.type == 'n') return evaluator.Refuse("the format code 'n'");
  if (spec.type == 'c') {
    if (spec.sign != 0) return BadSpec(evaluator, "Sign not allowed with integer format specifier 'c'");
    if (spec.alternate) return BadSpec(evaluator, "Alternate form (#) not allowed with integer format specifier 'c'");
    if (value < 0 || value > 0x10FFFF) return evaluator.Raise("OverflowError", "%c arg not in range(0x110000)");
    if (value > 0x7F) return evaluator.Refuse("the format code 'c' beyond ASCII");
    return Pad(evaluator, spec, '>', "", std::string(1, static_cast<char>(value)));
  }
  const int base = spec.type == 'b' ? 2 : spec.type == 'o' ? 8 : spec.type == 'x' || spec.type == 'X' ? 16 : 10;
  if (base == 10 && spec.type != 0 && spec.type != 'd') {
    return BadSpec(evaluator, absl::StrFormat("Unknown format code '%c' for object of type 'int'", spec.type));
  }
  uint64_t magnitude = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  std::string digits;
  do {
    digits += (spec.type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef")[magnitude % base];
    magnitude /= base;
  } while (magnitude > 0);
  if (!evaluator.Allow(spec.digits)) return Value();
  while (static_cast<int64_t>(digits.size()) < spec.digits) digits += '0';
  std::reverse(digits.begin(), digits.end());
  std::string prefix;
  if (spec.alternate && base != 10) prefix = {'0', spec.type};
  return Assemble(evaluator, spec, value < 0, prefix, digits, "");
}

Value FormatFloat(Evaluator& evaluator, const FormatSpec& spec, double value) {
  if (spec.type == 'n') return evaluator.Refuse("the format code 'n'");
  const char lower = absl::ascii_tolower(spec.type);
  if (lower != 0 && lower != 'e' && lower != 'f' && lower != 'g' && lower != '%') {
    return BadSpec(evaluator, absl::StrFormat("Unknown format code '%c' for object of type 'float'", spec.type));
  }
  if (!evaluator.Allow(spec.precision)) return Value();
  if (lower == '%') value *= 100;
  const bool negative = std::signbit(value) && !std::isnan(value);
  const double magnitude = std::fabs(value);
  std::string text;
  if (!std::isfinite(value)) {
    text = std::isnan(value) ? "nan" : "inf";
  } else if (lower == 0 && spec.precision < 0) {
    text = PythonFloat(magnitude);
    if (spec.alternate && text.find('.') == std::string::npos) return evaluator.Refuse("'#' in this format");
  } else {
    const int64_t precision = spec.precision < 0 ? 6 : spec.precision;
    const char type = lower == 0 ? 'g' : lower == '%' ? 'f' : lower;
    if (precision > 1000) return evaluator.Refuse("a precision beyond 1000");
    text = FloatDigits(magnitude, type, precision, spec.alternate, lower == 0);
  }
  if (spec.type == 'E' || spec.type == 'F' || spec.type == 'G') text = absl::AsciiStrToUpper(text);
  size_t whole = 0;
  while (whole < text.size() && absl::ascii_isdigit(text[whole])) ++whole;
  std::string rest = text.substr(whole);
  if (lower == '%') rest += '%';
  if (whole == 0) {
    FormatSpec plain = spec;
    plain.grouping = 0;
    return Assemble(evaluator, plain, negative, "", "", rest);
  }
  return Assemble(evaluator, spec, negative, "", text.substr(0, whole), rest);
}

}  // namespace loadstone::python
