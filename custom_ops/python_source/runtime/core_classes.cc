// What object, BaseException and super do: the evaluator itself needs them.

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/runtime/native.h"
#include "custom_ops/python_source/runtime/world.h"

namespace loadstone::python {
namespace {

Value MakeInstance(Evaluator& evaluator, ClassObject* cls, absl::Span<const Value> args,
                   absl::Span<StrObject* const> keywords) {
  return Value(evaluator.heap().New<InstanceObject>(cls));
}

Value MakeException(Evaluator& evaluator, ClassObject* cls, absl::Span<const Value> args,
                    absl::Span<StrObject* const> keywords) {
  auto* exception = evaluator.heap().New<InstanceObject>(cls);
  Value made(exception);
  const auto positional = args.subspan(0, args.size() - keywords.size());
  exception->args = Value(evaluator.heap().New<TupleObject>(std::vector<Value>(positional.begin(), positional.end())));
  return made;
}

Value MakeSuper(Evaluator& evaluator, ClassObject* cls, absl::Span<const Value> args,
                absl::Span<StrObject* const> keywords) {
  if (args.empty()) return evaluator.Raise("RuntimeError", "super(): no arguments");
  if (args.size() != 2 || !keywords.empty()) return evaluator.Refuse("super() with one argument");
  const auto* after = args[0].As<ClassObject>();
  if (after == nullptr) return evaluator.Raise("TypeError", "super() argument 1 must be a type");
  // In a class method the second one is the class.
  auto* as_class = args[1].As<ClassObject>();
  ClassObject* start = as_class != nullptr && as_class->IsSubclassOf(after) ? as_class : evaluator.ClassOf(args[1]);
  if (!start->IsSubclassOf(after)) {
    return evaluator.Raise("TypeError", "super(type, obj): obj must be an instance or subtype of type");
  }
  return Value(evaluator.heap().New<SuperObject>(args[0], args[1], Value(start)));
}

StrObject* NameOf(Evaluator& evaluator, const Value& name) {
  auto* text = name.As<StrObject>();
  if (text == nullptr) {
    evaluator.Raise("TypeError", absl::StrCat("attribute name must be string, not '", evaluator.TypeName(name), "'"));
    return nullptr;
  }
  return evaluator.Intern(text->text());
}

Value None(bool done) { return done ? Value::None() : Value(); }

constexpr NativeEntry kObjectMethods[] = {
    {"__init__", "self, /, *args, **kwargs",
     [](Evaluator& evaluator, absl::Span<const Value> args) {
       const bool given = !args[1].As<TupleObject>()->items.empty() || args[2].As<DictObject>()->table.size() > 0;
       // As object.__init__: more than `self` is wrong unless __new__ takes it.
       if (given && evaluator.ClassOf(args[0])->Find(evaluator.world().name(Special::kNew)) == nullptr) {
         return evaluator.Raise("TypeError",
                                "object.__init__() takes exactly one argument (the instance to initialize)");
       }
       return Value::None();
     }},
    {"__setattr__", "self, name, value, /",
     [](Evaluator& evaluator, absl::Span<const Value> args) {
       StrObject* name = NameOf(evaluator, args[1]);
       return None(name != nullptr && evaluator.SetPlain(args[0], name, args[2]));
     }},
    {"__getattribute__", "self, name, /",
     [](Evaluator& evaluator, absl::Span<const Value> args) {
       StrObject* name = NameOf(evaluator, args[1]);
       return name == nullptr ? Value() : evaluator.GetPlain(args[0], name);
     }},
    {"__delattr__", "self, name, /",
     [](Evaluator& evaluator, absl::Span<const Value> args) {
       StrObject* name = NameOf(evaluator, args[1]);
       auto* instance = args[0].As<InstanceObject>();
       if (name == nullptr) return Value();
       if (instance == nullptr) return evaluator.Refuse("object.__delattr__ of this");
       return None(evaluator.DeleteOwn(instance, name));
     }},
};

Value NewObject(Evaluator& evaluator, absl::Span<const Value> args) {
  auto* cls = args[0].As<ClassObject>();
  if (cls == nullptr) return evaluator.Raise("TypeError", "object.__new__(X): X is not a type object");
  if (cls->make == nullptr) return evaluator.Refuse(absl::StrCat("__new__ of ", cls->name));
  return cls->make(evaluator, cls, args[1].As<TupleObject>()->items, {});
}

constexpr NativeEntry kNew = {"__new__", "cls, /, *args", NewObject};

constexpr NativeEntry kExceptionMethods[] = {
    {"__init__", "self, /, *args",
     [](Evaluator& evaluator, absl::Span<const Value> args) {
       if (auto* exception = args[0].As<InstanceObject>()) exception->args = args[1];
       return Value::None();
     }},
    {"with_traceback", "self, traceback, /",
     [](Evaluator& evaluator, absl::Span<const Value> args) { return args[0]; }},
};

}  // namespace

void World::DefineCore() {
  object_class_->make = MakeInstance;
  ClassOf(Kind::kSuper)->make = MakeSuper;
  ClassObject* exception = FindBuiltinClass("BaseException");
  AddMethods(*this, exception, kExceptionMethods);
  for (Table::Entry entry : builtins_->names.entries()) {
    auto* cls = entry.value.As<ClassObject>();
    if (cls != nullptr && cls->is_exception) cls->make = MakeException;
  }
  for (const NativeEntry& entry : kObjectMethods) {
    object_methods_->names.SetName(heap_.Intern(entry.name), NewFunction(heap_, entry, BuiltinObject::Binds::kYes));
  }
  object_methods_->names.SetName(heap_.Intern(kNew.name), NewFunction(heap_, kNew));
}

}  // namespace loadstone::python
