// torch.Tensor: its methods, operators and attributes.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_TENSOR_CLASS_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_TENSOR_CLASS_H_

#include "custom_ops/python_source/torch_api/objects.h"

namespace loadstone::python {

// Sets world.tensor_class and world.parameter_class.
void DefineTensorClass(TorchWorld& world);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_TENSOR_CLASS_H_
