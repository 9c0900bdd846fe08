// How C++ defines functions, classes and modules of Python.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_NATIVE_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_NATIVE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/runtime/world.h"

namespace loadstone::python {

// Gets one Value for each parameter of its signature: Empty for an optional one that was not given, a tuple for *args,
// a dict for **kwargs. Empty: failed.
using NativeFunction = Value (*)(Evaluator& evaluator, absl::Span<const Value> args);

struct NativeEntry {
  const char* name;
  // As in Python's documentation, "=" after each optional parameter: "iterable, /, *, key=, reverse=".
  const char* signature;
  NativeFunction function;
};

// Arguments bound to a signature as Python binds them, for classes' `make` too. False: TypeError.
class Signature {
 public:
  explicit Signature(absl::string_view text);
  bool Bind(Evaluator& evaluator, absl::string_view function, absl::Span<const Value> args,
            absl::Span<StrObject* const> keywords, std::vector<Value>& bound) const;
  // Do `args` without keywords fill all parameters?
  bool Fits(size_t count) const { return plain_ && count == parameters_.size(); }

 private:
  struct Parameter {
    std::string name;
    bool optional, positional, named;
  };
  std::vector<Parameter> parameters_;
  bool star_ = false;
  bool double_star_ = false;
  bool plain_ = true;
};

Value NewFunction(Heap& heap, const NativeEntry& entry, BuiltinObject::Binds binds = BuiltinObject::Binds::kNo);
// The functions as names of a module; as methods of a class, whose first parameter is `self`; as properties, whose
// signature is "self"; as static methods.
void AddFunctions(World& world, ModuleObject* module, absl::Span<const NativeEntry> entries);
void AddMethods(World& world, ClassObject* cls, absl::Span<const NativeEntry> entries);
void AddProperties(World& world, ClassObject* cls, absl::Span<const NativeEntry> entries);
void AddStaticMethods(World& world, ClassObject* cls, absl::Span<const NativeEntry> entries);

// A module of C++, findable by `import`.
ModuleObject* NewModule(World& world, absl::string_view name);
void SetName(World& world, ModuleObject* module, absl::string_view name, Value value);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_NATIVE_H_
