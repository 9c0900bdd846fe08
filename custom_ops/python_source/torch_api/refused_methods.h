// Methods that a class has in Python and not here.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_REFUSED_METHODS_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_REFUSED_METHODS_H_

#include "absl/strings/string_view.h"
#include "custom_ops/python_source/runtime/world.h"

namespace loadstone::python {

// Gives `cls` a method under each of `names`, separated by spaces, that it lacks. hasattr() sees it as in Python; a call
// is refused, where AttributeError could be caught and have the source compute something else.
void AddRefusedMethods(World& world, ClassObject* cls, absl::string_view names);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_REFUSED_METHODS_H_
