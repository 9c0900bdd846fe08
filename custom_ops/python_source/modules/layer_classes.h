// The engine's layers as classes of Python.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_LAYER_CLASSES_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_LAYER_CLASSES_H_

#include "absl/strings/string_view.h"
#include "custom_ops/python_source/modules/nn_world.h"

namespace loadstone::python {

// Makes `cls`, which nn.py defines, the class of all modules.
void SetModuleClass(NnWorld& world, ClassObject* cls);
// Stands for a class of torch.nn that is not there: an error only when it is called, since tables of layers name many.
ClassObject* MissingLayerClass(NnWorld& world, absl::string_view name);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_LAYER_CLASSES_H_
