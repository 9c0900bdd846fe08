#include "tools/inspect/describe_value.h"

#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/python_format.h"
#include "loaders/torch_format/tensor_reader.h"
#include "tools/tensor_io/format_value.h"

namespace loadstone {
namespace {

constexpr size_t kMaxShown = 200;     // bytes of a text
constexpr size_t kMaxShownItems = 8;  // of a sequence of plain values

bool IsPlain(const pickle::Value& value) {
  switch (value.kind()) {
    case pickle::Kind::kNone:
    case pickle::Kind::kBool:
    case pickle::Kind::kInt:
    case pickle::Kind::kFloat: return true;
    default: return false;
  }
}

std::string PlainText(const pickle::Value& value) {
  switch (value.kind()) {
    case pickle::Kind::kBool: return value.bool_value() ? "True" : "False";
    case pickle::Kind::kInt: return absl::StrCat(value.int_value());
    case pickle::Kind::kFloat: return PythonFloat(value.float_value());
    default: return "None";
  }
}

std::string Count(size_t count, absl::string_view one, absl::string_view many) {
  return absl::StrCat(count, " ", count == 1 ? one : many);
}

std::string DescribeSequence(const pickle::Value& value) {
  const absl::Span<const pickle::Value> items = value.items();
  std::string text;
  for (const pickle::Value& item : items) {
    if (items.size() > kMaxShownItems || !IsPlain(item)) return Count(items.size(), "item", "items");
    absl::StrAppend(&text, text.empty() ? "" : ", ", PlainText(item));
  }
  if (value.kind() == pickle::Kind::kList) return absl::StrCat("[", text, "]");
  if (value.kind() == pickle::Kind::kSet) return items.empty() ? "set()" : absl::StrCat("{", text, "}");
  return absl::StrCat("(", text, items.size() == 1 ? ",)" : ")");
}

std::pair<std::string, std::string> DescribeObject(const pickle::Value& value, Interpreter& interpreter) {
  if (TensorReader::IsTensor(value)) {
    const absl::StatusOr<Attribute> tensor = interpreter.Interpret(value);
    if (!tensor.ok()) return {"Tensor", Shown(tensor.status().message())};
    return {"Tensor", DescribeTensor(*tensor->tensor())};
  }
  const std::string name = Shown(ClassName(value.object()));
  if (IsModule(value)) return {name, "a module"};
  if (const pickle::Dict* mapping = AsMapping(value)) return {name, Count(mapping->entries.size(), "entry", "entries")};
  return {name, value.object().how == pickle::Object::How::kReduce ? "the result of a call" : "an object"};
}

std::pair<std::string, std::string> Describe(const pickle::Value& value, Interpreter& interpreter) {
  const std::string kind(pickle::KindName(value.kind()));
  switch (value.kind()) {
    case pickle::Kind::kText: return {kind, PythonQuote(Shown(value.bytes()))};
    case pickle::Kind::kBytes: {
      absl::string_view text;
      if (value.AsText(&text)) return {"str", PythonQuote(Shown(text))};
      return {kind, Count(value.bytes().size(), "byte", "bytes")};
    }
    case pickle::Kind::kBigInt: return {kind, absl::StrCat("a number of ", value.bytes().size(), " bytes")};
    case pickle::Kind::kTuple:
    case pickle::Kind::kList:
    case pickle::Kind::kSet: return {kind, DescribeSequence(value)};
    case pickle::Kind::kDict: return {kind, Count(value.dict().entries.size(), "entry", "entries")};
    case pickle::Kind::kName: return {kind, Shown(QualifiedName(value.name()))};
    case pickle::Kind::kObject: return DescribeObject(value, interpreter);
    case pickle::Kind::kPersistentId: return {kind, "a storage"};
    default: return {kind, PlainText(value)};
  }
}

}  // namespace

std::string Shown(absl::string_view text) {
  const bool cut = text.size() > kMaxShown;
  return absl::StrCat(absl::Utf8SafeCHexEscape(text.substr(0, kMaxShown)), cut ? "..." : "");
}

FileReport::Entry DescribeValue(absl::string_view key, const pickle::Value& value, Interpreter& interpreter) {
  auto [type, text] = Describe(value, interpreter);
  return {.key = Shown(key), .type = std::move(type), .value = std::move(text)};
}

}  // namespace loadstone
