// Python's own functions, classes and library.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_BUILTINS_BUILTINS_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_BUILTINS_BUILTINS_H_

#include "custom_ops/python_source/runtime/world.h"

namespace loadstone::python {

// Binds them in `world`, before anything runs there.
void InstallBuiltins(World& world);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_BUILTINS_BUILTINS_H_
