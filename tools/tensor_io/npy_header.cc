#include "tools/tensor_io/npy_header.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/status_macros.h"
#include "engine/python_format.h"

namespace loadstone {
namespace {

constexpr absl::string_view kMagic("\x93NUMPY", 6);
constexpr size_t kPreamble = 8;            // magic and version
constexpr size_t kMaxHeaderText = 65'536;  // numpy itself reads 10,000
constexpr size_t kMaxDimensions = 64;
constexpr size_t kAlignment = 64;

struct NumpyType {
  absl::string_view name;  // without its byte order
  c10::ScalarType type;
};

constexpr NumpyType kTypes[] = {
    {"f4", c10::ScalarType::Float},        {"f8", c10::ScalarType::Double},
    {"f2", c10::ScalarType::Half},         {"i8", c10::ScalarType::Long},
    {"i4", c10::ScalarType::Int},          {"i2", c10::ScalarType::Short},
    {"i1", c10::ScalarType::Char},         {"u1", c10::ScalarType::Byte},
    {"u2", c10::ScalarType::UInt16},       {"u4", c10::ScalarType::UInt32},
    {"u8", c10::ScalarType::UInt64},       {"b1", c10::ScalarType::Bool},
    {"c8", c10::ScalarType::ComplexFloat}, {"c16", c10::ScalarType::ComplexDouble},
};

absl::Status Malformed(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("header of the array: ", what));
}

// Takes Python tokens off the front of the header text.
class HeaderText {
 public:
  explicit HeaderText(absl::string_view text) : rest_(text) {}

  bool Take(absl::string_view token) {
    rest_ = absl::StripLeadingAsciiWhitespace(rest_);
    return absl::ConsumePrefix(&rest_, token);
  }
  absl::Status Expect(absl::string_view token) {
    return Take(token) ? absl::OkStatus() : Malformed(absl::StrCat("needs ", token, ", has ", Next()));
  }
  // What comes next, for messages.
  std::string Next() const { return absl::StrCat("\"", absl::CHexEscape(rest_.substr(0, 20)), "\""); }

  absl::StatusOr<absl::string_view> TakeText() {
    const char quote = Take("'") ? '\'' : Take("\"") ? '"' : '\0';
    if (quote == '\0') return Malformed(absl::StrCat("needs a quoted text, has ", Next()));
    const size_t end = rest_.find(quote);
    if (end == absl::string_view::npos) return Malformed("a quoted text does not end");
    const absl::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
  }

  absl::StatusOr<int64_t> TakeSize() {
    rest_ = absl::StripLeadingAsciiWhitespace(rest_);
    const size_t digits = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    int64_t number = 0;
    if (!absl::SimpleAtoi(rest_.substr(0, digits), &number)) {
      return Malformed(absl::StrCat("needs a size that fits 64 bits, has ", Next()));
    }
    rest_.remove_prefix(digits);
    Take("L");  // as Python 2 wrote them
    return number;
  }

  absl::StatusOr<std::vector<int64_t>> TakeShape() {
    RETURN_IF_ERROR(Expect("("));
    std::vector<int64_t> shape;
    while (!Take(")")) {
      ASSIGN_OR_RETURN(const int64_t size, TakeSize());
      shape.push_back(size);
      if (shape.size() > kMaxDimensions) return Malformed(absl::StrCat("more than ", kMaxDimensions, " dimensions"));
      if (!Take(",")) {
        RETURN_IF_ERROR(Expect(")"));
        break;
      }
    }
    return shape;
  }

  bool AtEnd() {
    rest_ = absl::StripLeadingAsciiWhitespace(rest_);
    return rest_.empty();
  }

 private:
  absl::string_view rest_;
};

absl::Status ReadDescr(absl::string_view descr, NpyHeader& header) {
  if (descr.size() < 2) return Malformed(absl::StrCat("the dtype is '", absl::CHexEscape(descr), "'"));
  const char order = descr[0];
  const absl::string_view name = descr.substr(1);
  if (order != '<' && order != '>' && order != '|' && order != '=') {
    return Malformed(absl::StrCat("the dtype is '", absl::CHexEscape(descr.substr(0, 20)), "'"));
  }
  for (const NumpyType& known : kTypes) {
    if (known.name != name) continue;
    header.type = known.type;
    header.big_endian = order == '>';
    return absl::OkStatus();
  }
  if (name[0] == 'O') {
    return absl::UnimplementedError("an array of Python objects: they are pickled, and nothing here unpickles arrays");
  }
  return absl::UnimplementedError(
      absl::StrCat("an array of dtype '", absl::CHexEscape(descr.substr(0, 20)), "': no tensor holds such elements"));
}

absl::Status ReadEntry(absl::string_view key, HeaderText& text, NpyHeader& header) {
  if (key == "descr") {
    if (text.Take("[")) {
      return absl::UnimplementedError("an array of records (a structured dtype): no tensor holds them");
    }
    ASSIGN_OR_RETURN(const absl::string_view descr, text.TakeText());
    return ReadDescr(descr, header);
  }
  if (key == "fortran_order") {
    header.fortran_order = text.Take("True");
    return header.fortran_order ? absl::OkStatus() : text.Expect("False");
  }
  if (key == "shape") {
    ASSIGN_OR_RETURN(header.shape, text.TakeShape());
    return absl::OkStatus();
  }
  return Malformed(absl::StrCat("unknown key '", absl::CHexEscape(key.substr(0, 20)), "'"));
}

absl::Status ReadDict(absl::string_view header_text, NpyHeader& header) {
  HeaderText text(header_text);
  std::vector<absl::string_view> keys;
  RETURN_IF_ERROR(text.Expect("{"));
  while (!text.Take("}")) {
    ASSIGN_OR_RETURN(const absl::string_view key, text.TakeText());
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) return Malformed(absl::StrCat("two keys '", key, "'"));
    RETURN_IF_ERROR(text.Expect(":"));
    RETURN_IF_ERROR(ReadEntry(key, text, header));
    keys.push_back(key);
    if (!text.Take(",")) {
      RETURN_IF_ERROR(text.Expect("}"));
      break;
    }
  }
  if (!text.AtEnd()) return Malformed(absl::StrCat("goes on after its dict with ", text.Next()));
  if (keys.size() != 3) return Malformed("needs the keys descr, fortran_order and shape");
  return absl::OkStatus();
}

absl::Status CheckShape(const std::vector<int64_t>& shape) {
  int64_t elements = 1;
  for (const int64_t size : shape) {
    if (size == 0) continue;
    if (elements > std::numeric_limits<int64_t>::max() / 16 / size) {
      return Malformed(absl::StrCat("the shape ", PythonTuple(shape), " has more elements than 64 bits can count"));
    }
    elements *= size;
  }
  return absl::OkStatus();
}

uint64_t LittleEndian(absl::string_view bytes) {
  uint64_t number = 0;
  for (size_t i = bytes.size(); i > 0; --i) number = (number << 8) | static_cast<uint8_t>(bytes[i - 1]);
  return number;
}

}  // namespace

absl::StatusOr<NpyHeader> ParseNpyHeader(absl::string_view bytes) {
  if (bytes.substr(0, kMagic.size()) != kMagic) {
    return absl::InvalidArgumentError("not a .npy file: it does not begin with \\x93NUMPY");
  }
  if (bytes.size() < kPreamble) return Malformed(absl::StrCat("cut short after ", bytes.size(), " bytes"));
  const int major = static_cast<uint8_t>(bytes[6]);
  if (major < 1 || major > 3) return absl::UnimplementedError(absl::StrCat("version ", major, " of the .npy format"));
  const size_t length_bytes = major == 1 ? 2 : 4;
  if (bytes.size() - kPreamble < length_bytes) {
    return Malformed(absl::StrCat("cut short after ", bytes.size(), " bytes"));
  }
  const uint64_t length = LittleEndian(bytes.substr(kPreamble, length_bytes));
  const absl::string_view rest = bytes.substr(kPreamble + length_bytes);
  if (length > kMaxHeaderText) return Malformed(absl::StrCat("has ", length, " bytes, the limit is ", kMaxHeaderText));
  if (length > rest.size()) {
    return Malformed(absl::StrCat("has ", length, " bytes, the file only ", rest.size(), " more"));
  }
  NpyHeader header;
  header.size = kPreamble + length_bytes + length;
  RETURN_IF_ERROR(ReadDict(rest.substr(0, length), header));
  RETURN_IF_ERROR(CheckShape(header.shape));
  return header;
}

absl::StatusOr<std::string> NpyHeaderText(c10::ScalarType type, const std::vector<int64_t>& shape) {
  const auto* known =
      std::find_if(std::begin(kTypes), std::end(kTypes), [type](const NumpyType& t) { return t.type == type; });
  if (known == std::end(kTypes)) {
    return absl::InvalidArgumentError(absl::StrCat("numpy has no dtype for a tensor of ", c10::toString(type)));
  }
  std::string text = absl::StrCat("{'descr': '", known->name[1] == '1' && known->name.size() == 2 ? "|" : "<",
                                  known->name, "', 'fortran_order': False, 'shape': ", PythonTuple(shape), ", }");
  const size_t unpadded = kPreamble + 2 + text.size() + 1;
  text.append((kAlignment - unpadded % kAlignment) % kAlignment, ' ');
  text.push_back('\n');
  // At most 64 dimensions of 20 digits: a version 1 header always does.
  std::string header = absl::StrCat(kMagic, absl::string_view("\x01\x00", 2));
  header.push_back(static_cast<char>(text.size() & 0xFF));
  header.push_back(static_cast<char>(text.size() >> 8));
  return header + text;
}

}  // namespace loadstone
