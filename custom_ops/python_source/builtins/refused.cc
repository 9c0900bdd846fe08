// What Python has and this interpreter does not.

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/builtins/tables.h"

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

}  // namespace loadstone::python
