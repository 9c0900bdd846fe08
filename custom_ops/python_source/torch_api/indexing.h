// tensor[index] and tensor[index] = value, exactly as Python's.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_INDEXING_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_INDEXING_H_

#include <ATen/core/Tensor.h>

#include "custom_ops/python_source/runtime/evaluator.h"

namespace loadstone::python {

// Empty: failed.
Value GetTensorItem(Evaluator& evaluator, const at::Tensor& tensor, const Value& index);
bool SetTensorItem(Evaluator& evaluator, const at::Tensor& tensor, const Value& index, const Value& value);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_INDEXING_H_
