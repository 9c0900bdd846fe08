// torch.tensor: numbers in lists to a tensor.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_TENSOR_DATA_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_TENSOR_DATA_H_

#include <optional>

#include <ATen/core/Tensor.h>

#include "custom_ops/python_source/runtime/evaluator.h"

namespace loadstone::python {

// kAlways: the dtype that Python finds in the data. kIfNotInts: `dtype`, but bools stay bools, for indices.
enum class InferDtype { kNo, kAlways, kIfNotInts };

// A number, a tensor, or sequences of them, on the cpu. Nothing: failed, with Python's error.
std::optional<at::Tensor> TensorFromData(Evaluator& evaluator, const Value& data, c10::ScalarType dtype,
                                         InferDtype infer);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_TENSOR_DATA_H_
