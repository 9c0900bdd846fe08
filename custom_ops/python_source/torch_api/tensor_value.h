// Where a tensor turns into a Python number: everything that makes what a program does depend on a tensor's data.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_TENSOR_VALUE_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_TENSOR_VALUE_H_

#include <ATen/core/Tensor.h>

#include "custom_ops/python_source/runtime/evaluator.h"

namespace loadstone::python {

// The bool, int or float that a tensor of one element holds (Tensor.item). Empty: failed; complex is refused.
Value ReadNumber(Evaluator& evaluator, const at::Tensor& tensor);

// 1, 0, or -1 with the error: bool(tensor).
int ReadTruth(Evaluator& evaluator, const at::Tensor& tensor);

// Numbers in lists, one level for each dimension (Tensor.tolist).
Value ReadList(Evaluator& evaluator, const at::Tensor& tensor);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_TENSOR_VALUE_H_
