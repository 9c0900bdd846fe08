// dtype, device, layout, memory_format, Size, finfo and iinfo of torch.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_TYPE_CLASSES_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_TYPE_CLASSES_H_

#include "custom_ops/python_source/torch_api/objects.h"

namespace loadstone::python {

void DefineTypeClasses(TorchWorld& world, ModuleObject* torch);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_TYPE_CLASSES_H_
