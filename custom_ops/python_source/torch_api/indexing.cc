#include "custom_ops/python_source/torch_api/indexing.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <ATen/TensorIndexing.h>
#include <ATen/ops/full.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/torch_api/aten_call.h"
#include "custom_ops/python_source/torch_api/fixed_tensors.h"
#include "custom_ops/python_source/torch_api/objects.h"
#include "custom_ops/python_source/torch_api/tensor_data.h"
#include "custom_ops/python_source/torch_api/tensor_value.h"

namespace loadstone::python {
namespace {

using at::indexing::TensorIndex;

// An int, or a tensor that holds one. False: failed.
bool ToIndex(Evaluator& evaluator, const Value& value, int64_t& number) {
  if (value.is_integral()) {
    number = value.integer();
    return true;
  }
  if (const at::Tensor* tensor = TensorOf(value); tensor != nullptr && tensor->dim() == 0 &&
                                                  c10::isIntegralType(tensor->scalar_type(), /*includeBool=*/true)) {
    const Value read = ReadNumber(evaluator, *tensor);
    if (read) number = read.integer();
    return static_cast<bool>(read);
  }
  if (value.is(Kind::kInstance) && TensorOf(value) == nullptr) return evaluator.Index(value, number);
  evaluator.Raise("TypeError", "slice indices must be integers or None or have an __index__ method");
  return false;
}

// Nothing: failed.
std::optional<TensorIndex> SliceIndex(Evaluator& evaluator, const SliceObject& slice) {
  int64_t bounds[3] = {0, INT64_MAX, 1};
  const Value* const parts[3] = {&slice.start, &slice.stop, &slice.step};
  for (int i = 0; i < 3; ++i) {
    if (!parts[i]->is_none() && !ToIndex(evaluator, *parts[i], bounds[i])) return std::nullopt;
  }
  if (bounds[2] <= 0) {
    evaluator.Raise("ValueError", "step must be greater than zero");
    return std::nullopt;
  }
  return TensorIndex(at::indexing::Slice(bounds[0], bounds[1], bounds[2]));
}

std::optional<TensorIndex> OneIndex(Evaluator& evaluator, const Value& index) {
  if (index.is_none()) return TensorIndex(at::indexing::None);
  if (index.tag() == Value::Tag::kEllipsis) return TensorIndex(at::indexing::Ellipsis);
  if (index.is_bool()) return TensorIndex(index.integer() != 0);
  if (index.is_int()) return TensorIndex(index.integer());
  if (const auto* slice = index.As<SliceObject>()) return SliceIndex(evaluator, *slice);
  if (const at::Tensor* tensor = TensorOf(index)) {
    const c10::ScalarType type = tensor->scalar_type();
    if (tensor->dim() != 0 || !c10::isIntegralType(type, /*includeBool=*/true)) return TensorIndex(*tensor);
    const Value number = ReadNumber(evaluator, *tensor);
    if (!number) return std::nullopt;
    if (type == at::kBool || type == at::kByte) return TensorIndex(number.integer() != 0);
    return TensorIndex(number.integer());
  }
  if (index.is(Kind::kList) || index.is(Kind::kTuple) || index.is(Kind::kRange)) {
    const std::optional<at::Tensor> data = TensorFromData(evaluator, index, at::kLong, InferDtype::kIfNotInts);
    if (!data.has_value()) return std::nullopt;
    return TensorIndex(*data);
  }
  evaluator.Raise(index.is(Kind::kStr) ? "TypeError" : "IndexError",
                  absl::StrCat("only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are "
                               "valid indices (got ",
                               evaluator.TypeName(index), ")"));
  return std::nullopt;
}

// A short list that holds more than numbers is a tuple for Python (treatSequenceAsTuple of PyTorch).
bool IsTupleOfIndices(const Value& index) {
  const auto* list = index.As<ListObject>();
  if (list == nullptr || list->items.size() >= 32) return index.is(Kind::kTuple);
  return std::any_of(list->items.begin(), list->items.end(), [](const Value& item) { return !item.is_number(); });
}

bool ToIndices(Evaluator& evaluator, const Value& index, std::vector<TensorIndex>& indices) {
  absl::Span<const Value> items(&index, 1);
  if (IsTupleOfIndices(index)) {
    items = index.is(Kind::kTuple) ? index.As<TupleObject>()->items : index.As<ListObject>()->items;
  }
  indices.reserve(items.size());
  for (const Value& item : items) {
    std::optional<TensorIndex> one = OneIndex(evaluator, item);
    if (!one.has_value()) return false;
    indices.push_back(*std::move(one));
  }
  return true;
}

}  // namespace

Value GetTensorItem(Evaluator& evaluator, const at::Tensor& tensor, const Value& index) {
  std::vector<TensorIndex> indices;
  if (!ToIndices(evaluator, index, indices)) return Value();
  return CatchAten(evaluator, [&] { return MakeTensor(evaluator, at::indexing::get_item(tensor, indices)); });
}

bool SetTensorItem(Evaluator& evaluator, const at::Tensor& tensor, const Value& index, const Value& value) {
  std::vector<TensorIndex> indices;
  if (!ToIndices(evaluator, index, indices)) return false;
  if (!CheckNotFixed(evaluator, "assignment to items", tensor)) return false;
  const Value done = CatchAten(evaluator, [&] {
    at::Tensor assigned;
    if (const at::Tensor* given = TensorOf(value)) {
      assigned = *given;
    } else if (value.is_number()) {
      assigned = at::full({}, ToScalar(value), tensor.options());
    } else {
      return evaluator.Raise("TypeError", absl::StrCat("can't assign a ", evaluator.TypeName(value), " to a tensor"));
    }
    at::indexing::set_item(tensor, indices, assigned);
    return Value::None();
  });
  return static_cast<bool>(done);
}

}  // namespace loadstone::python
