// What Python's operators do with tensors.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_TENSOR_OPERATORS_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_TENSOR_OPERATORS_H_

#include "custom_ops/python_source/torch_api/objects.h"

namespace loadstone::python {

// REQUIRES: world.tensor_class is set.
void DefineTensorOperators(TorchWorld& world);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_TENSOR_OPERATORS_H_
