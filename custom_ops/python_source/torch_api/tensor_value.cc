#include "custom_ops/python_source/torch_api/tensor_value.h"

#include <utility>
#include <vector>

#include <c10/core/Scalar.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/torch_api/aten_call.h"

namespace loadstone::python {
namespace {

Value FromScalar(Evaluator& evaluator, const c10::Scalar& scalar) {
  if (scalar.isBoolean()) return Value::Bool(scalar.toBool());
  if (scalar.isIntegral(/*includeBool=*/false)) return Value::Int(scalar.toLong());
  if (scalar.isFloatingPoint()) return Value::Float(scalar.toDouble());
  return evaluator.Refuse("a complex number outside of a tensor");
}

Value ReadLevel(Evaluator& evaluator, const at::Tensor& tensor) {
  if (tensor.dim() == 0) return FromScalar(evaluator, tensor.item());
  std::vector<Value> items;
  for (int64_t i = 0; i < tensor.size(0); ++i) {
    Value item = ReadLevel(evaluator, tensor.select(0, i));
    if (!item) return Value();
    items.push_back(std::move(item));
  }
  return Value(evaluator.heap().New<ListObject>(std::move(items)));
}

}  // namespace

Value ReadNumber(Evaluator& evaluator, const at::Tensor& tensor) {
  if (tensor.numel() != 1) {
    return evaluator.Raise("RuntimeError",
                           absl::StrCat("a Tensor with ", tensor.numel(), " elements cannot be converted to Scalar"));
  }
  return CatchAten(evaluator, [&] { return FromScalar(evaluator, tensor.item()); });
}

int ReadTruth(Evaluator& evaluator, const at::Tensor& tensor) {
  if (tensor.numel() != 1) {
    evaluator.Raise("RuntimeError", absl::StrCat("Boolean value of Tensor with ",
                                                 tensor.numel() == 0 ? "no values" : "more than one value",
                                                 " is ambiguous"));
    return -1;
  }
  const Value truth = CatchAten(evaluator, [&] { return Value::Bool(tensor.is_nonzero()); });
  return truth ? static_cast<int>(truth.integer()) : -1;
}

Value ReadList(Evaluator& evaluator, const at::Tensor& tensor) {
  if (!evaluator.Allow(tensor.numel())) return Value();
  return CatchAten(evaluator, [&] { return ReadLevel(evaluator, tensor.detach().cpu().resolve_conj()); });
}

}  // namespace loadstone::python
