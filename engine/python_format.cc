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

// Attributes come from files: a few shared lists inside each other would print without end.
constexpr size_t kMaxBytes = size_t{1} << 20;
constexpr int kMaxDepth = 100;
constexpr absl::string_view kCut = "...";

void AppendEscaped(std::string& out, unsigned char c) { absl::StrAppendFormat(&out, "\\x%02x", c); }

enum class QuoteKind { kText, kBytes };

std::string Quote(absl::string_view text, QuoteKind kind) {
  const bool has_single = absl::StrContains(text, '\'');
  const bool has_double = absl::StrContains(text, '"');
  const char quote = has_single && !has_double ? '"' : '\'';
  std::string out(1, quote);
  for (const char c : text) {
    const unsigned char byte = static_cast<unsigned char>(c);
    if (c == '\\' || c == quote) {
      out.push_back('\\');
      out.push_back(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f || (byte > 0x7f && kind == QuoteKind::kBytes)) {
      AppendEscaped(out, byte);
    } else {
      out.push_back(c);
    }
  }
  out.push_back(quote);
  return out;
}

// Appends repr()s to one text, up to the limits.
class ReprWriter {
 public:
  void Write(const Attribute& value) {
    if (Cut()) return;
    if (const Attribute::Sequence* sequence = value.sequence()) {
      WriteSequence(*sequence);
    } else if (const Attribute::Dict* dict = value.dict()) {
      WriteDict(*dict);
    } else {
      WriteLeaf(value);
    }
  }

  std::string Take() && {
    if (out_.size() > kMaxBytes) out_ = absl::StrCat(out_.substr(0, kMaxBytes), kCut);
    return std::move(out_);
  }

 private:
  bool Cut() const { return out_.size() > kMaxBytes; }

  void WriteSequence(const Attribute::Sequence& sequence) {
    switch (sequence.kind) {
      case Attribute::SequenceKind::kTuple:
        return WriteItems("(", sequence.items, sequence.items.size() == 1 ? ",)" : ")");
      case Attribute::SequenceKind::kList: return WriteItems("[", sequence.items, "]");
      case Attribute::SequenceKind::kSet:
        if (sequence.items.empty()) return absl::StrAppend(&out_, "set()");
        return WriteItems("{", sequence.items, "}");
    }
  }

  void WriteItems(absl::string_view open, const std::vector<Attribute>& items, absl::string_view close) {
    Nested(open, items, close, [this](const Attribute& item) { Write(item); });
  }

  void WriteDict(const Attribute::Dict& dict) {
    Nested("{", dict.entries, "}", [this](const std::pair<Attribute, Attribute>& entry) {
      Write(entry.first);
      absl::StrAppend(&out_, ": ");
      Write(entry.second);
    });
  }

  template <typename T, typename WriteItem>
  void Nested(absl::string_view open, const std::vector<T>& items, absl::string_view close, WriteItem write) {
    absl::StrAppend(&out_, open);
    if (depth_ == kMaxDepth) {
      absl::StrAppend(&out_, kCut, close);
      return;
    }
    ++depth_;
    bool first = true;
    for (const T& item : items) {
      if (Cut()) break;
      if (!first) absl::StrAppend(&out_, ", ");
      first = false;
      write(item);
    }
    --depth_;
    absl::StrAppend(&out_, close);
  }

  void WriteLeaf(const Attribute& value) {
    if (value.is_none()) {
      absl::StrAppend(&out_, "None");
    } else if (const bool* flag = value.bool_value()) {
      absl::StrAppend(&out_, *flag ? "True" : "False");
    } else if (const int64_t* whole = value.int_value()) {
      absl::StrAppend(&out_, *whole);
    } else if (const double* real = value.float_value()) {
      absl::StrAppend(&out_, PythonFloat(*real));
    } else if (const std::string* text = value.text()) {
      absl::StrAppend(&out_, PythonQuote(*text));
    } else if (const Attribute::Bytes* bytes = value.bytes()) {
      absl::StrAppend(&out_, "b", Quote(bytes->data, QuoteKind::kBytes));
    } else if (const Attribute::Symbol* symbol = value.symbol()) {
      absl::StrAppend(&out_, symbol->name);
    } else if (const at::Tensor* tensor = value.tensor()) {
      absl::StrAppend(&out_, "tensor(shape=", ShapeText({tensor->sizes().data(), tensor->sizes().size()}), ")");
    } else {
      absl::StrAppend(&out_, "<", value.TypeName(), ">");
    }
  }

  std::string out_;
  int depth_ = 0;
};

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

std::string PythonQuote(absl::string_view text) { return Quote(text, QuoteKind::kText); }

std::string PythonTuple(absl::Span<const int64_t> values) {
  return absl::StrCat("(", absl::StrJoin(values, ", "), values.size() == 1 ? ",)" : ")");
}

std::string ShapeText(absl::Span<const int64_t> sizes) { return absl::StrCat("[", absl::StrJoin(sizes, ", "), "]"); }

std::string PythonStr(const Attribute& value) {
  if (value.text() != nullptr) return *value.text();
  return PythonRepr(value);
}

std::string PythonRepr(const Attribute& value) {
  ReprWriter writer;
  writer.Write(value);
  return std::move(writer).Take();
}

}  // namespace loadstone
