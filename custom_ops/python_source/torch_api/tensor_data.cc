#include "custom_ops/python_source/torch_api/tensor_data.h"

#include <utility>
#include <vector>

#include <ATen/ops/empty.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/torch_api/aten_call.h"
#include "custom_ops/python_source/torch_api/objects.h"

namespace loadstone::python {
namespace {

constexpr size_t kMostDimensions = 64;

// The numbers of nested sequences in order, and the shape that they must all have.
struct Flat {
  std::vector<int64_t> shape;
  std::vector<Value> numbers;
  std::vector<at::Tensor> tensors;
  bool floats = false;
  bool ints = false;
  bool bools = false;
};

bool Flatten(Evaluator& evaluator, const Value& data, size_t level, bool first, Flat& flat) {
  if (const at::Tensor* tensor = TensorOf(data)) {
    flat.tensors.push_back(*tensor);
    return true;
  }
  if (data.is_number()) {
    if (level != flat.shape.size()) {
      evaluator.Raise("ValueError", absl::StrCat("expected sequence of length ", flat.shape[level], " at dim ", level));
      return false;
    }
    flat.floats |= data.is_float();
    flat.ints |= data.is_int();
    flat.bools |= data.is_bool();
    flat.numbers.push_back(data);
    return evaluator.Allow(static_cast<int64_t>(flat.numbers.size()));
  }
  if (!data.is(Kind::kList) && !data.is(Kind::kTuple) && !data.is(Kind::kRange)) {
    evaluator.Raise("TypeError", absl::StrCat("a tensor cannot be made of a ", evaluator.TypeName(data)));
    return false;
  }
  std::vector<Value> items;
  if (!evaluator.ToVector(data, items)) return false;
  const auto length = static_cast<int64_t>(items.size());
  if (first && level == flat.shape.size()) {
    if (level >= kMostDimensions) {
      evaluator.Raise("ValueError", absl::StrCat("too many dimensions, at most ", kMostDimensions));
      return false;
    }
    flat.shape.push_back(length);
  }
  if (level >= flat.shape.size() || length != flat.shape[level]) {
    evaluator.Raise("ValueError",
                    absl::StrCat("expected sequences of one length at dim ", level, " (got ", length, ")"));
    return false;
  }
  for (size_t i = 0; i < items.size(); ++i) {
    if (!Flatten(evaluator, items[i], level + 1, first && i == 0, flat)) return false;
  }
  return true;
}

at::Tensor FromNumbers(const Flat& flat, c10::ScalarType dtype) {
  // By way of the widest type of its kind, as Python's own conversion.
  const bool real = c10::isFloatingType(dtype) || c10::isComplexType(dtype) || flat.floats;
  at::Tensor wide = at::empty(flat.shape, at::TensorOptions().dtype(real ? at::kDouble : at::kLong));
  for (size_t i = 0; i < flat.numbers.size(); ++i) {
    if (real) {
      wide.mutable_data_ptr<double>()[i] = flat.numbers[i].as_double();
    } else {
      wide.mutable_data_ptr<int64_t>()[i] = flat.numbers[i].integer();
    }
  }
  return wide.to(dtype);
}

}  // namespace

std::optional<at::Tensor> TensorFromData(Evaluator& evaluator, const Value& data, c10::ScalarType dtype,
                                         InferDtype infer) {
  Flat flat;
  if (!Flatten(evaluator, data, 0, true, flat)) return std::nullopt;
  std::optional<at::Tensor> made;
  const Value done = CatchAten(evaluator, [&] {
    if (!flat.tensors.empty()) {
      const bool infers = infer == InferDtype::kAlways;
      if (TensorOf(data) != nullptr) {
        made = infers ? flat.tensors[0].detach().clone() : flat.tensors[0].detach().to(dtype, false, /*copy=*/true);
        return Value::None();
      }
      return evaluator.Refuse("a tensor of a list that holds tensors");
    }
    c10::ScalarType type = dtype;
    if (infer == InferDtype::kAlways) {
      type = flat.floats || flat.numbers.empty() ? at::get_default_dtype_as_scalartype()
             : flat.ints                         ? at::kLong
                                                 : at::kBool;
    } else if (infer == InferDtype::kIfNotInts && flat.bools && !flat.ints && !flat.floats) {
      type = at::kBool;
    } else if (infer == InferDtype::kIfNotInts && flat.floats) {
      return evaluator.Raise("IndexError", "tensors used as indices must be long, int, byte or bool tensors");
    }
    made = FromNumbers(flat, type);
    return Value::None();
  });
  if (!done) return std::nullopt;
  return made;
}

}  // namespace loadstone::python
