#include "tools/tensor_io/attribute_value.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Dict.h>
#include <ATen/core/List.h>
#include <ATen/core/jit_type.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/python_format.h"

namespace loadstone {
namespace {

constexpr int kMaxDepth = 100;

absl::StatusOr<c10::IValue> Convert(const Attribute& attribute, const std::string& where, int depth);

absl::StatusOr<c10::IValue> ConvertSequence(const Attribute::Sequence& sequence, const std::string& where, int depth) {
  if (sequence.kind == Attribute::SequenceKind::kSet) {
    return absl::InvalidArgumentError(absl::StrCat("the value", where, " is a set, which has no order"));
  }
  std::vector<c10::IValue> items;
  for (const Attribute& item : sequence.items) {
    ASSIGN_OR_RETURN(c10::IValue value, Convert(item, absl::StrCat(where, "[", items.size(), "]"), depth + 1));
    items.push_back(std::move(value));
  }
  if (sequence.kind == Attribute::SequenceKind::kTuple) {
    return c10::IValue(c10::ivalue::Tuple::create(std::move(items)));
  }
  if (std::all_of(items.begin(), items.end(), [](const c10::IValue& item) { return item.isTensor(); })) {
    c10::List<at::Tensor> tensors;
    for (const c10::IValue& item : items) tensors.push_back(item.toTensor());
    return c10::IValue(std::move(tensors));
  }
  c10::impl::GenericList list(c10::AnyType::get());
  for (c10::IValue& item : items) list.push_back(std::move(item));
  return c10::IValue(std::move(list));
}

absl::StatusOr<c10::IValue> ConvertDict(const Attribute::Dict& dict, const std::string& where, int depth) {
  c10::impl::GenericDict result(c10::StringType::get(), c10::AnyType::get());
  for (const auto& [key, item] : dict.entries) {
    if (key.text() == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("the dict", where, " has a key that is ", key.TypeName(), ", needs text"));
    }
    ASSIGN_OR_RETURN(c10::IValue value,
                     Convert(item, absl::StrCat(where, "[", PythonQuote(*key.text()), "]"), depth + 1));
    result.insert(*key.text(), std::move(value));
  }
  return c10::IValue(std::move(result));
}

absl::StatusOr<c10::IValue> Convert(const Attribute& attribute, const std::string& where, int depth) {
  if (depth == kMaxDepth) {
    return absl::InvalidArgumentError(absl::StrCat("values nest deeper than ", kMaxDepth, " levels"));
  }
  if (attribute.is_none()) return c10::IValue();
  if (const at::Tensor* tensor = attribute.tensor()) return c10::IValue(*tensor);
  if (const bool* flag = attribute.bool_value()) return c10::IValue(*flag);
  if (const int64_t* number = attribute.int_value()) return c10::IValue(*number);
  if (const double* number = attribute.float_value()) return c10::IValue(*number);
  if (const std::string* text = attribute.text()) return c10::IValue(*text);
  if (const Attribute::Sequence* sequence = attribute.sequence()) return ConvertSequence(*sequence, where, depth);
  if (const Attribute::Dict* dict = attribute.dict()) return ConvertDict(*dict, where, depth);
  return absl::InvalidArgumentError(absl::StrCat("the value", where, " is ", attribute.TypeName(),
                                                 ", needs tensors, numbers, text, or tuples, lists and dicts of them"));
}

}  // namespace

absl::StatusOr<c10::IValue> ValueFromAttribute(const Attribute& attribute) { return Convert(attribute, "", 0); }

}  // namespace loadstone
