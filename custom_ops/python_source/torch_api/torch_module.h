// The module torch.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_TORCH_MODULE_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_TORCH_MODULE_H_

#include "custom_ops/python_source/torch_api/objects.h"

namespace loadstone::python {

// Adds torch and the modules of C++ below it to a new world. Those of TorchLibraryTexts() come when they are imported.
void DefineTorch(TorchWorld& world);

// Tensor's methods that are library functions (split, norm, unique, ...). False: failed.
bool AddLibraryMethods(Evaluator& evaluator);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_TORCH_MODULE_H_
