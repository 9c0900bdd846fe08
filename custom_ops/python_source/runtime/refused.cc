#include "custom_ops/python_source/runtime/refused.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/runtime/object.h"

namespace loadstone::python {
namespace {

class Refused : public BuiltinObject {
 public:
  explicit Refused(absl::string_view name) : BuiltinObject(std::string(name), Binds::kNo) {}
  Value Call(Evaluator& evaluator, absl::Span<const Value> args, absl::Span<StrObject* const> keywords) override {
    return evaluator.Refuse(name());
  }
};

}  // namespace

Value RefusedFunction(Heap& heap, absl::string_view name) { return Value(heap.New<Refused>(absl::StrCat(name, "()"))); }

void AddRefused(World& world, Table& names, absl::string_view owner, absl::Span<const char* const> list) {
  for (const char* name : list) {
    const Value function(world.heap().New<Refused>(absl::StrCat("'", name, "' of ", owner)));
    names.SetName(world.heap().Intern(name),
                  Value(world.heap().New<PropertyObject>(function, Value::None(), Value::None())));
  }
}

void AddRefusedNames(World& world, ModuleObject* module, absl::string_view names) {
  for (const absl::string_view name : absl::StrSplit(names, ' ', absl::SkipEmpty())) {
    StrObject* interned = world.heap().Intern(name);
    if (module->names.FindName(interned) != nullptr) continue;
    module->names.SetName(interned, RefusedFunction(world.heap(), absl::StrCat(module->name, ".", name)));
  }
}

void AddRefusedMethods(World& world, ClassObject* cls, absl::string_view names) {
  for (const absl::string_view name : absl::StrSplit(names, ' ', absl::SkipEmpty())) {
    StrObject* interned = world.heap().Intern(name);
    if (cls->Find(interned) != nullptr) continue;
    cls->attributes.SetName(interned, RefusedFunction(world.heap(), absl::StrCat(cls->name, ".", name)));
  }
}

}  // namespace loadstone::python
