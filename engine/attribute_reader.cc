#include "engine/attribute_reader.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/python_format.h"

namespace loadstone {
namespace {

constexpr size_t kLongestShown = 200;  // of a value in a message

}  // namespace

std::optional<int64_t> AsInt(const Attribute& value) {
  if (const int64_t* number = value.int_value()) return *number;
  if (const bool* flag = value.bool_value()) return *flag ? 1 : 0;
  return std::nullopt;
}

std::optional<double> AsFloat(const Attribute& value) {
  if (const double* number = value.float_value()) return *number;
  if (const std::optional<int64_t> number = AsInt(value)) return static_cast<double>(*number);
  return std::nullopt;
}

std::optional<std::vector<int64_t>> AsInts(const Attribute& value) {
  const Attribute::Sequence* sequence = value.sequence();
  if (sequence == nullptr) return std::nullopt;
  std::vector<int64_t> numbers;
  numbers.reserve(sequence->items.size());
  for (const Attribute& item : sequence->items) {
    const std::optional<int64_t> number = AsInt(item);
    if (!number.has_value()) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

const Attribute& AttributeReader::Get(absl::string_view name) const {
  static const Attribute* const kNone = new Attribute();
  const Attribute* value = FindNamed(*attributes_, name);
  return value == nullptr ? *kNone : *value;
}

int64_t AttributeReader::Int(absl::string_view name) {
  const std::optional<int64_t> number = AsInt(Get(name));
  if (!number.has_value()) FailType(name, "an int");
  return number.value_or(0);
}

double AttributeReader::Float(absl::string_view name) {
  const std::optional<double> number = AsFloat(Get(name));
  if (!number.has_value()) FailType(name, "a float");
  return number.value_or(0);
}

bool AttributeReader::Bool(absl::string_view name) {
  const std::optional<int64_t> number = AsInt(Get(name));
  if (!number.has_value()) FailType(name, "a bool");
  return number.value_or(0) != 0;
}

std::string AttributeReader::Text(absl::string_view name) {
  const std::string* text = Get(name).text();
  if (text == nullptr) FailType(name, "a str");
  return text == nullptr ? "" : *text;
}

std::vector<int64_t> AttributeReader::Ints(absl::string_view name) {
  std::optional<std::vector<int64_t>> numbers = AsInts(Get(name));
  if (!numbers.has_value()) FailType(name, "a tuple of ints");
  return numbers.value_or(std::vector<int64_t>{});
}

std::vector<int64_t> AttributeReader::Ints(absl::string_view name, size_t count) {
  if (const std::optional<int64_t> one = AsInt(Get(name))) return std::vector<int64_t>(count, *one);
  std::optional<std::vector<int64_t>> numbers = AsInts(Get(name));
  if (!numbers.has_value() || numbers->size() != count) {
    FailType(name, absl::StrCat("an int or a tuple of ", count, " ints"));
    return std::vector<int64_t>(count, 0);
  }
  return *numbers;
}

std::optional<int64_t> AttributeReader::OptionalInt(absl::string_view name) {
  if (Get(name).is_none()) return std::nullopt;
  return Int(name);
}

std::optional<double> AttributeReader::OptionalFloat(absl::string_view name) {
  if (Get(name).is_none()) return std::nullopt;
  return Float(name);
}

void AttributeReader::Fail(absl::string_view message) {
  if (status_.ok()) status_ = absl::InvalidArgumentError(absl::StrCat(owner_, ": ", message));
}

void AttributeReader::FailType(absl::string_view name, absl::string_view wanted) {
  if (!Has(name)) return Fail(absl::StrCat("has no attribute '", name, "', needs ", wanted));
  const Attribute& value = Get(name);
  std::string text = PythonRepr(value);
  if (text.size() > kLongestShown) text = absl::StrCat(text.substr(0, kLongestShown), "...");
  Fail(absl::StrCat("'", name, "' is ", text, " (", value.TypeName(), "), needs ", wanted));
}

}  // namespace loadstone
