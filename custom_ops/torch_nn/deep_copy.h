// copy.deepcopy of a module that is laid out as data.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_DEEP_COPY_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_DEEP_COPY_H_

#include <memory>

#include "engine/module_def.h"

namespace loadstone {

// New modules and tensors; what was one module or tensor in `module` is one in the copy. Other attributes are shared:
// they never change.
std::shared_ptr<ModuleDef> DeepCopy(const ModuleDef& module);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_DEEP_COPY_H_
