// Attributes of Evaluator. There are no walks through the interpreter's insides: `__globals__`, `__subclasses__` and
// their like do not exist.

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/runtime/lazy_module.h"

namespace loadstone::python {

Value Evaluator::Bind(const Value& found, const Value& object, ClassObject* cls) {
  switch (found.is_object() ? found.object()->kind() : Kind::kInstance) {
    case Kind::kFunction:
      return object ? Value(heap_.New<BoundMethodObject>(found, object)) : found;
    case Kind::kBuiltin:
      if (!object || !found.As<BuiltinObject>()->binds()) return found;
      return Value(heap_.New<BoundMethodObject>(found, object));
    case Kind::kStaticMethod:
      return found.As<StaticMethodObject>()->function;
    case Kind::kClassMethod:
      return Value(heap_.New<BoundMethodObject>(found.As<ClassMethodObject>()->function, Value(cls)));
    case Kind::kProperty: {
      if (!object) return found;
      const Value getter = found.As<PropertyObject>()->getter;
      if (getter.is_none()) return Raise("AttributeError", "property has no getter");
      return Call(getter, {&object, 1});
    }
    default:
      return found;
  }
}

Value Evaluator::PeekOwn(const InstanceObject* object, StrObject* name) const {
  if (object->frozen() && !written_.empty()) {
    const auto written = written_.find(object);
    if (written != written_.end()) {
      // An Empty one was deleted.
      if (const Value* found = written->second->FindName(name)) return *found;
    }
  }
  const Value* found = object->attributes.FindName(name);
  if (found == nullptr) return Value();
  if (thawed_.empty() || !found->is_object()) return *found;
  const auto thawed = thawed_.find(found->object());
  return thawed == thawed_.end() ? *found : thawed->second;
}

Value Evaluator::GetOwn(const InstanceObject* object, StrObject* name) { return Thaw(PeekOwn(object, name)); }

bool Evaluator::SetOwn(InstanceObject* object, StrObject* name, const Value& value) {
  if (object->frozen()) {
    std::unique_ptr<Table>& table = written_[object];
    if (table == nullptr) table = std::make_unique<Table>();
    table->SetName(name, value);
    return true;
  }
  object->attributes.SetName(name, value);
  return Grown(object);
}

bool Evaluator::DeleteOwn(InstanceObject* object, StrObject* name) {
  if (!GetOwn(object, name)) {
    Raise("AttributeError", absl::StrCat("'", object->cls()->name, "' object has no attribute '", name->text(), "'"));
    return false;
  }
  return object->frozen() ? SetOwn(object, name, Value()) : object->attributes.RemoveName(name);
}

Value Evaluator::Thaw(const Value& value) {
  if (!value.is_object() || !value.object()->frozen()) return value;
  const Kind kind = value.object()->kind();
  if (kind != Kind::kList && kind != Kind::kDict && kind != Kind::kSet) return value;
  const auto thawed = thawed_.find(value.object());
  if (thawed != thawed_.end()) return thawed->second;
  if (depth_ >= limits_.depth) return Exceed("nesting of what was made in load");
  ++depth_;
  Value copy;
  if (const auto* list = value.As<ListObject>()) {
    copy = Value(heap_.New<ListObject>());
    thawed_[value.object()] = copy;
    for (const Value& item : list->items) copy.As<ListObject>()->items.push_back(Thaw(item));
  } else if (const auto* dict = value.As<DictObject>()) {
    copy = Value(heap_.New<DictObject>());
    thawed_[value.object()] = copy;
    copy.As<DictObject>()->table = dict->table;
    copy.As<DictObject>()->table.ForEachValue([&](Value& item) { item = Thaw(item); });
  } else {
    copy = Value(heap_.New<SetObject>());
    copy.As<SetObject>()->table = value.As<SetObject>()->table;
    thawed_[value.object()] = copy;
  }
  --depth_;
  copy.object()->set_class(value.object()->own_class());
  return failed() ? Value() : copy;
}

Value Evaluator::Missing(const Value& object, StrObject* name) {
  const ClassObject* cls = object.As<ClassObject>();
  return Raise("AttributeError",
               cls != nullptr ? absl::StrCat("type object '", cls->name, "' has no attribute '", name->text(), "'")
                              : absl::StrCat("'", TypeName(object), "' object has no attribute '", name->text(), "'"));
}

Value Evaluator::GetPlain(const Value& object, StrObject* name) {
  ClassObject* cls = ClassOf(object);
  const Value* found = cls->Find(name);
  const auto* instance = object.As<InstanceObject>();
  if (instance != nullptr && (found == nullptr || !found->is(Kind::kProperty))) {
    if (Value own = GetOwn(instance, name)) return own;
  }
  if (found != nullptr) return Bind(*found, object, cls);
  if (name == world_.name(Special::kClass)) return Value(cls);
  if (const Value* method = world_.object_methods().FindName(name)) return Bind(*method, object, cls);
  if (name == world_.name(Special::kDoc)) return Value::None();
  if (instance != nullptr && instance->cls()->is_exception && name->text() == "args") return instance->args;
  if (name == world_.name(Special::kModule)) return Text(cls->module_name);
  if (absl::StartsWith(name->text(), "__") && absl::EndsWith(name->text(), "__")) {
    // What Python itself has and this interpreter does not must not look like an attribute that is not there.
    constexpr absl::string_view kOfObject[] = {
        "__dict__",   "__eq__",       "__ne__",      "__lt__",           "__le__",           "__gt__",  "__ge__",
        "__hash__",   "__str__",      "__repr__",    "__format__",       "__reduce__",       "__dir__", "__reduce_ex__",
        "__sizeof__", "__getstate__", "__weakref__", "__subclasshook__", "__init_subclass__"};
    if (instance == nullptr || absl::c_linear_search(kOfObject, name->text())) {
      return Refuse(absl::StrCat("attribute '", name->text(), "' of ", TypeName(object)));
    }
  }
  return Missing(object, name);
}

Value Evaluator::GetOfClass(ClassObject* cls, StrObject* name) {
  if (const Value* found = cls->Find(name)) return Bind(*found, Value(), cls);
  if (const Value* method = world_.object_methods().FindName(name)) return *method;
  if (name == world_.name(Special::kName)) return Text(cls->name);
  if (name == world_.name(Special::kQualName)) return Text(cls->qualname);
  if (name == world_.name(Special::kModule)) return Text(cls->module_name);
  if (name == world_.name(Special::kClass)) return Value(world_.ClassOf(Kind::kClass));
  if (absl::StartsWith(name->text(), "__") && absl::EndsWith(name->text(), "__")) {
    return Refuse(absl::StrCat("attribute '", name->text(), "' of a class"));
  }
  return Missing(Value(cls), name);
}

Value Evaluator::GetOfFunction(const Value& function, StrObject* name) {
  if (const auto* method = function.As<BoundMethodObject>()) {
    if (name->text() == "__self__") return method->self;
    if (name->text() == "__func__") return method->function;
    const Value held = method->function;
    return GetAttribute(held, name);
  }
  const auto* python = function.As<FunctionObject>();
  if (python != nullptr) {
    if (const Value* found = python->attributes.FindName(name)) return *found;
    if (name == world_.name(Special::kModule)) return Text(python->module()->name);
  }
  const std::string& own = python != nullptr ? python->code->name : function.As<BuiltinObject>()->name();
  if (name == world_.name(Special::kName)) return Text(own);
  if (name == world_.name(Special::kQualName)) return Text(python != nullptr ? python->code->qualname : own);
  return GetPlain(function, name);
}

Value Evaluator::GetOfPartial(const ModuleObject& module, const StrObject& name) {
  const std::string below = absl::StrCat(module.name, ".", name.text());
  const bool found = world_.FindModule(below) != nullptr ||
                     (!world_.frozen() && world_.finder() != nullptr && world_.finder()->Find(below).ok());
  return found ? Import(below) : Refuse(below);
}

Value Evaluator::GetAttribute(const Value& object, StrObject* name) {
  switch (object.is_object() ? object.object()->kind() : Kind::kCell) {
    case Kind::kInstance: {
      ClassObject* cls = ClassOf(object);
      const Value* fallback = cls->Find(world_.name(Special::kGetAttr));
      // Most attributes of modules are found by a fallback of C++: no exception is made on the way.
      if (fallback == nullptr || !fallback->is(Kind::kBuiltin) || cls->Find(name) != nullptr ||
          absl::StartsWith(name->text(), "__")) {
        Value result = GetPlain(object, name);
        if (result || fallback == nullptr || !Raised("AttributeError")) return result;
        TakeException();
      } else if (Value own = GetOwn(object.As<InstanceObject>(), name)) {
        return own;
      }
      const Value text(name);
      return CallWithSelf(*fallback, object, {&text, 1}, {});
    }
    case Kind::kClass:
      return GetOfClass(object.As<ClassObject>(), name);
    case Kind::kModule: {
      auto* module = object.As<ModuleObject>();
      if (const Value* found = module->names.FindName(name)) return *found;
      if (Value made = module->Missing(*this, name); made || failed()) return made;
      if (const Value* found = module->submodules.FindName(name)) return *found;
      if (name == world_.name(Special::kName)) return Text(module->name);
      if (module->partial && !absl::StartsWith(name->text(), "__")) return GetOfPartial(*module, *name);
      return Raise("AttributeError", absl::StrCat("module '", module->name, "' has no attribute '", name->text(), "'"));
    }
    case Kind::kSuper:
      return GetOfSuper(*object.As<SuperObject>(), name);
    case Kind::kFunction:
    case Kind::kBuiltin:
    case Kind::kBoundMethod:
      return GetOfFunction(object, name);
    default:
      return GetPlain(object, name);
  }
}

Value Evaluator::FindAttribute(const Value& object, StrObject* name) {
  Value result = GetAttribute(object, name);
  if (!result && Raised("AttributeError")) TakeException();
  return result;
}

bool Evaluator::AllowChange(const Object* object, absl::string_view what) {
  if (!object->frozen()) return true;
  Refuse(absl::StrCat("a change of ", what, " that was made in load"));
  return false;
}

bool Evaluator::SetPlain(const Value& object, StrObject* name, const Value& value) {
  if (auto* instance = object.As<InstanceObject>()) {
    const Value* found = instance->cls()->Find(name);
    if (const auto* property = found == nullptr ? nullptr : found->As<PropertyObject>()) {
      const Value setter = property->setter;
      if (setter.is_none()) {
        Raise("AttributeError",
              absl::StrCat("property '", name->text(), "' of '", TypeName(object), "' object has no setter"));
        return false;
      }
      const Value args[] = {object, value};
      return static_cast<bool>(Call(setter, args));
    }
    if (name == world_.name(Special::kClass) || name == world_.name(Special::kDict)) {
      return static_cast<bool>(Refuse(absl::StrCat("assignment to ", name->text())));
    }
    return SetOwn(instance, name, value);
  }
  if (auto* cls = object.As<ClassObject>(); cls != nullptr && !cls->native) {
    if (!AllowChange(cls, "a class")) return false;
    cls->attributes.SetName(name, value);
    return true;
  }
  if (auto* function = object.As<FunctionObject>(); function != nullptr) {
    if (absl::StartsWith(name->text(), "__") && name->text() != "__wrapped__") {
      return static_cast<bool>(Refuse(absl::StrCat("assignment to ", name->text(), " of a function")));
    }
    if (!AllowChange(function, "a function")) return false;
    function->attributes.SetName(name, value);
    return true;
  }
  if (auto* module = dynamic_cast<LazyModule*>(object.is(Kind::kModule) ? object.object() : nullptr)) {
    // A statement that binds it later would win in Python, one that did so before would not.
    if (module->Binds(name->text()) && module->names.FindName(name) == nullptr) {
      return static_cast<bool>(
          Refuse(absl::StrCat("assignment to ", module->name, ".", name->text(), " from outside")));
    }
    if (!AllowChange(module, "a module")) return false;
    module->names.SetName(name, value);
    return true;
  }
  if (object.is(Kind::kModule) || object.is(Kind::kClass)) {
    return static_cast<bool>(Refuse(absl::StrCat("assignment to an attribute of a ", TypeName(object))));
  }
  Missing(object, name);
  return false;
}

bool Evaluator::SetAttribute(const Value& object, StrObject* name, const Value& value) {
  if (const auto* instance = object.As<InstanceObject>()) {
    if (const Value* setter = instance->cls()->Find(world_.name(Special::kSetAttr))) {
      const Value args[] = {Value(name), value};
      return static_cast<bool>(CallWithSelf(*setter, object, args, {}));
    }
  }
  return SetPlain(object, name, value);
}

bool Evaluator::DeleteAttribute(const Value& object, StrObject* name) {
  if (auto* instance = object.As<InstanceObject>()) {
    if (const Value* deleter = instance->cls()->Find(world_.name(Special::kDelAttr))) {
      const Value text(name);
      return static_cast<bool>(CallWithSelf(*deleter, object, {&text, 1}, {}));
    }
    const Value* found = instance->cls()->Find(name);
    if (found != nullptr && found->is(Kind::kProperty)) {
      const Value deleter = found->As<PropertyObject>()->deleter;
      if (!deleter.is_none()) return static_cast<bool>(Call(deleter, {&object, 1}));
      Raise("AttributeError", absl::StrCat("property '", name->text(), "' has no deleter"));
      return false;
    }
    return DeleteOwn(instance, name);
  }
  if (auto* cls = object.As<ClassObject>(); cls != nullptr && !cls->native) {
    if (!AllowChange(cls, "a class")) return false;
    if (cls->attributes.RemoveName(name)) return true;
    Missing(object, name);
    return false;
  }
  return static_cast<bool>(Refuse(absl::StrCat("deletion of an attribute of ", TypeName(object))));
}

}  // namespace loadstone::python
