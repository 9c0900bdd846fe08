// What Python has and this interpreter does not: refused when it is used, so that no `except` and no hasattr() of the
// source takes it for absent and computes something else.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_REFUSED_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_REFUSED_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "custom_ops/python_source/runtime/world.h"

namespace loadstone::python {

// A function or class whose call is refused.
Value RefusedFunction(Heap& heap, absl::string_view name);
// Names of a class or module that are refused when they are looked up.
void AddRefused(World& world, Table& names, absl::string_view owner, absl::Span<const char* const> list);
// Functions or classes under each of `names`, separated by spaces, that `module` lacks: refused when they are called.
void AddRefusedNames(World& world, ModuleObject* module, absl::string_view names);
// Methods under each of `names`, separated by spaces, that `cls` lacks: refused when they are called.
void AddRefusedMethods(World& world, ClassObject* cls, absl::string_view names);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_REFUSED_H_
