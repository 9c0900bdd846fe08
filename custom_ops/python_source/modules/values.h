// Between Python's values and the engine's: attributes of modules, inputs and outputs of forward.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_VALUES_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_VALUES_H_

#include <memory>
#include <string>

#include <ATen/core/ivalue.h>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "custom_ops/python_source/modules/nn_world.h"
#include "engine/attribute.h"
#include "engine/module_def.h"

namespace loadstone::python {

// Turns attributes of one model into values. Containers that are one object there are one here.
class AttributeValues {
 public:
  // What a module in an attribute is.
  using ModuleValue = absl::FunctionRef<Value(const std::shared_ptr<ModuleDef>& def)>;
  explicit AttributeValues(Evaluator& evaluator) : evaluator_(evaluator) {}
  // Empty: failed. What no value can be is refused by its name.
  Value ToValue(const Attribute& attribute, ModuleValue module_value);

 private:
  Value Make(const Attribute& attribute, ModuleValue module_value);
  Value MakeObject(const Attribute::Object& object, ModuleValue module_value);

  Evaluator& evaluator_;
  absl::flat_hash_map<const void*, Value> made_;
};

// The object of that dotted name: imports its module. Empty: failed.
Value FindByName(Evaluator& evaluator, absl::string_view qualified_name);
// "torch.nn.functional.relu": by which pickles and layers know a class or function. "" where there is no such name.
std::string QualifiedName(Evaluator& evaluator, const Value& value);

// A value as constructors of layers take it, and as modules keep it. False, with the error: it cannot be one.
bool ToAttribute(Evaluator& evaluator, const Value& value, Attribute& attribute,
                 absl::FunctionRef<std::shared_ptr<ModuleDef>(const Value& module)> module_def);

// Inputs and outputs of forward. Empty, false: failed.
Value FromIValue(Evaluator& evaluator, const c10::IValue& value);
bool ToIValue(Evaluator& evaluator, const Value& value, c10::IValue& result);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_VALUES_H_
