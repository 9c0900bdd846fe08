#include "custom_ops/python_source/torch_api/refused_methods.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/runtime/object.h"

namespace loadstone::python {
namespace {

class RefusedMethod : public BuiltinObject {
 public:
  RefusedMethod(std::string class_name, std::string name)
      : BuiltinObject(std::move(name), Binds::kYes), class_name_(std::move(class_name)) {}

  Value Call(Evaluator& evaluator, absl::Span<const Value> args, absl::Span<StrObject* const> keywords) override {
    return evaluator.Refuse(absl::StrCat(class_name_, ".", name(), "()"));
  }

 private:
  const std::string class_name_;
};

}  // namespace

void AddRefusedMethods(World& world, ClassObject* cls, absl::string_view names) {
  for (const absl::string_view name : absl::StrSplit(names, ' ', absl::SkipEmpty())) {
    StrObject* interned = world.heap().Intern(name);
    if (cls->Find(interned) != nullptr) continue;
    cls->attributes.SetName(interned, Value(world.heap().New<RefusedMethod>(cls->name, std::string(name))));
  }
}

}  // namespace loadstone::python
