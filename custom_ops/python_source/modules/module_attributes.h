// What nn.Module does when its attributes are read and written.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_MODULE_ATTRIBUTES_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_MODULE_ATTRIBUTES_H_

#include "custom_ops/python_source/modules/nn_world.h"

namespace loadstone::python {

// The module that nn.py imports as `native`.
void DefineNativeModule(NnWorld& world);

// nn.Module.__init__. False: failed.
bool InitModule(Evaluator& evaluator, ModuleInstance* instance);
// One of the dicts of a module, as this call has it; not to be written. Null: there is none.
const DictObject* ReadDict(Evaluator& evaluator, const ModuleInstance* instance, StrObject* name);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_MODULE_ATTRIBUTES_H_
