#include "tests/differential/python_values.h"

#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/allclose.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/byte_source.h"
#include "engine/python_format.h"
#include "loaders/torch_format/interpreter.h"
#include "loaders/torch_format/torch_file.h"

namespace loadstone::testing {
namespace {

struct Tolerance {
  double relative;
  double absolute;
};

// torch/testing/_comparison.py, _DTYPE_PRECISIONS
Tolerance ToleranceFor(at::ScalarType type) {
  switch (type) {
    case at::kHalf: return {1e-3, 1e-5};
    case at::kBFloat16: return {1.6e-2, 1e-5};
    case at::kFloat:
    case at::kComplexFloat: return {1.3e-6, 1e-5};
    case at::kDouble:
    case at::kComplexDouble: return {1e-7, 1e-7};
    default: return {0, 0};
  }
}

std::string TensorDifference(const at::Tensor& actual, const at::Tensor& expected) {
  std::ostringstream text;
  if (actual.scalar_type() != expected.scalar_type()) {
    text << "dtype " << actual.scalar_type() << ", Python has " << expected.scalar_type();
  } else if (actual.sizes() != expected.sizes()) {
    text << "shape " << actual.sizes() << ", Python has " << expected.sizes();
  } else {
    const Tolerance tolerance = ToleranceFor(expected.scalar_type());
    if (at::allclose(actual, expected, tolerance.relative, tolerance.absolute, /*equal_nan=*/true)) return "";
    const at::Tensor distance = (actual.to(at::kDouble) - expected.to(at::kDouble)).abs();
    text << "shape " << actual.sizes() << ", numbers differ by up to " << distance.max().item<double>();
  }
  return text.str();
}

// The items of a tuple or list.
std::vector<c10::IValue> Items(const c10::IValue& value) {
  if (!value.isTuple()) return value.toListRef().vec();
  const auto& elements = value.toTupleRef().elements();
  return std::vector<c10::IValue>(elements.begin(), elements.end());
}

std::string SequenceDifference(const c10::IValue& actual, const c10::IValue& expected) {
  const std::vector<c10::IValue> actual_items = Items(actual);
  const std::vector<c10::IValue> expected_items = Items(expected);
  if (actual_items.size() != expected_items.size()) {
    return absl::StrCat(actual_items.size(), " items, Python has ", expected_items.size());
  }
  for (size_t i = 0; i < actual_items.size(); ++i) {
    const std::string difference = Difference(actual_items[i], expected_items[i]);
    if (!difference.empty()) return absl::StrCat("item ", i, ": ", difference);
  }
  return "";
}

absl::StatusOr<c10::IValue> ToDict(const Attribute::Dict& dict) {
  c10::impl::GenericDict result(c10::StringType::get(), c10::AnyType::get());
  for (const auto& [key, value] : dict.entries) {
    if (key.text() == nullptr) return absl::InvalidArgumentError(absl::StrCat("a key that is no text: ", key.TypeName()));
    ASSIGN_OR_RETURN(c10::IValue converted, ToIValue(value));
    result.insert(*key.text(), std::move(converted));
  }
  return c10::IValue(std::move(result));
}

}  // namespace

absl::StatusOr<Attribute> ReadValue(const std::string& torch_file) {
  const std::shared_ptr<ByteSource> source = ByteSource::FromBytes(torch_file, "sample");
  ASSIGN_OR_RETURN(const std::shared_ptr<const TorchFile> file, OpenTorchFile(*source));
  return Interpreter(*file).Interpret(file->document().root());
}

absl::StatusOr<c10::IValue> ToIValue(const Attribute& value) {
  if (value.is_none()) return c10::IValue();
  if (value.tensor() != nullptr) return c10::IValue(*value.tensor());
  if (value.bool_value() != nullptr) return c10::IValue(*value.bool_value());
  if (value.int_value() != nullptr) return c10::IValue(*value.int_value());
  if (value.float_value() != nullptr) return c10::IValue(*value.float_value());
  if (value.text() != nullptr) return c10::IValue(*value.text());
  if (value.dict() != nullptr) return ToDict(*value.dict());
  const Attribute::Sequence* sequence = value.sequence();
  if (sequence == nullptr) return absl::InvalidArgumentError(absl::StrCat("no plain value: ", value.TypeName()));
  std::vector<c10::IValue> items;
  for (const Attribute& item : sequence->items) {
    ASSIGN_OR_RETURN(c10::IValue converted, ToIValue(item));
    items.push_back(std::move(converted));
  }
  if (sequence->kind == Attribute::SequenceKind::kTuple) return c10::ivalue::Tuple::create(std::move(items));
  c10::impl::GenericList list(c10::AnyType::get());
  for (c10::IValue& item : items) list.push_back(std::move(item));
  return c10::IValue(std::move(list));
}

absl::StatusOr<Arguments> ToArguments(const Attribute& pair) {
  const Attribute::Sequence* parts = pair.sequence();
  if (parts == nullptr || parts->items.size() != 2 || parts->items[0].sequence() == nullptr ||
      parts->items[1].dict() == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("no args and kwargs: ", pair.TypeName()));
  }
  Arguments arguments;
  arguments.positional = parts->items[0].sequence()->items;
  for (const auto& [name, value] : parts->items[1].dict()->entries) {
    if (name.text() == nullptr) return absl::InvalidArgumentError("a keyword that is no text");
    arguments.keyword.push_back({*name.text(), value});
  }
  return arguments;
}

absl::StatusOr<Inputs> ToInputs(const Attribute& pair) {
  ASSIGN_OR_RETURN(const Arguments arguments, ToArguments(pair));
  Inputs inputs;
  for (const Attribute& value : arguments.positional) {
    ASSIGN_OR_RETURN(c10::IValue input, ToIValue(value));
    inputs.args.push_back(std::move(input));
  }
  for (const Named<Attribute>& keyword : arguments.keyword) {
    ASSIGN_OR_RETURN(c10::IValue input, ToIValue(keyword.value));
    inputs.kwargs.push_back({keyword.name, std::move(input)});
  }
  return inputs;
}

std::string Difference(const c10::IValue& actual, const c10::IValue& expected) {
  if (actual.isTensor() && expected.isTensor()) return TensorDifference(actual.toTensor(), expected.toTensor());
  const bool sequences = (actual.isTuple() && expected.isTuple()) || (actual.isList() && expected.isList());
  if (sequences) return SequenceDifference(actual, expected);
  if (actual.isNone() && expected.isNone()) return "";
  return absl::StrCat(actual.tagKind(), ", Python has ", expected.tagKind());
}

}  // namespace loadstone::testing
