#include "custom_ops/python_source/modules/module_attributes.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/builtins/copy.h"
#include "custom_ops/python_source/runtime/native.h"
#include "custom_ops/python_source/torch_api/conversion.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

ModuleInstance* Self(Evaluator& evaluator, const Value& value) {
  auto* instance = AsNative<ModuleInstance>(value);
  if (instance == nullptr) evaluator.Raise("TypeError", "this method is nn.Module's");
  return instance;
}

const Value* FindIn(Evaluator& evaluator, const ModuleInstance* instance, StrObject* dict, const StrObject* name) {
  const DictObject* read = ReadDict(evaluator, instance, dict);
  return read == nullptr ? nullptr : read->table.FindName(name);
}

// The dict to write into. Null: failed.
DictObject* WriteDict(Evaluator& evaluator, ModuleInstance* instance, StrObject* name, absl::string_view what) {
  const Value dict = evaluator.GetOwn(instance, name);
  if (dict.is(Kind::kDict)) return dict.As<DictObject>();
  evaluator.Raise("AttributeError", absl::StrCat("cannot assign ", what, " before Module.__init__() call"));
  return nullptr;
}

void RemoveFrom(Evaluator& evaluator, ModuleInstance* instance, StrObject* dict, StrObject* name) {
  if (FindIn(evaluator, instance, dict, name) == nullptr) return;
  evaluator.GetOwn(instance, dict).As<DictObject>()->table.RemoveName(name);
}

// The name moves to `dict`: it is nowhere else then.
bool Move(Evaluator& evaluator, ModuleInstance* instance, StrObject* dict, StrObject* name, const Value& value,
          absl::string_view what) {
  NnWorld& world = NnWorld::Of(evaluator);
  DictObject* target = WriteDict(evaluator, instance, dict, what);
  if (target == nullptr) return false;
  const Value held(target);
  if (evaluator.GetOwn(instance, name) && !evaluator.DeleteOwn(instance, name)) return false;
  for (StrObject* other : {world.parameters, world.buffers, world.modules}) {
    if (other != dict) RemoveFrom(evaluator, instance, other, name);
  }
  return evaluator.DictSet(target, Value(name), value);
}

Value WrongKind(Evaluator& evaluator, const Value& value, absl::string_view what, const StrObject* name,
                absl::string_view wanted) {
  return evaluator.Raise("TypeError", absl::StrCat("cannot assign '", evaluator.TypeName(value), "' object as ", what,
                                                   " '", name->text(), "' (", wanted, " or None required)"));
}

// nn.Module.__setattr__.
Value SetAttr(Evaluator& evaluator, Args args) {
  ModuleInstance* instance = Self(evaluator, args[0]);
  if (instance == nullptr) return Value();
  NnWorld& world = NnWorld::Of(evaluator);
  auto* name = args[1].As<StrObject>();
  const Value& value = args[2];
  if (instance->frozen() && !world.LayerName(instance->cls()).empty()) {
    return evaluator.Refuse(absl::StrCat("assignment to attribute '", name->text(), "' of a layer in forward"));
  }
  const auto done = [](bool fine) { return fine ? Value::None() : Value(); };
  instance->unavailable.erase(std::string(name->text()));
  if (IsParameter(evaluator, value)) {
    return done(Move(evaluator, instance, world.parameters, name, value, "parameters"));
  }
  if (FindIn(evaluator, instance, world.parameters, name) != nullptr) {
    if (!value.is_none()) return WrongKind(evaluator, value, "parameter", name, "torch.nn.Parameter");
    return done(Move(evaluator, instance, world.parameters, name, value, "parameters"));
  }
  if (AsNative<ModuleInstance>(value) != nullptr) {
    return done(Move(evaluator, instance, world.modules, name, value, "module"));
  }
  if (FindIn(evaluator, instance, world.modules, name) != nullptr) {
    if (!value.is_none()) return WrongKind(evaluator, value, "child module", name, "torch.nn.Module");
    return done(Move(evaluator, instance, world.modules, name, value, "module"));
  }
  if (FindIn(evaluator, instance, world.buffers, name) != nullptr) {
    if (!value.is_none() && TensorOf(value) == nullptr) {
      return WrongKind(evaluator, value, "buffer", name, "torch.Tensor");
    }
    return done(Move(evaluator, instance, world.buffers, name, value, "buffers"));
  }
  return done(evaluator.SetPlain(args[0], name, value));
}

// nn.Module.__getattr__: Python asks it for what the object and its class do not have.
Value GetAttr(Evaluator& evaluator, Args args) {
  ModuleInstance* instance = Self(evaluator, args[0]);
  if (instance == nullptr) return Value();
  NnWorld& world = NnWorld::Of(evaluator);
  auto* name = args[1].As<StrObject>();
  for (StrObject* dict : {world.modules, world.parameters, world.buffers}) {
    if (const Value* found = FindIn(evaluator, instance, dict, name)) return *found;
  }
  const auto reason = instance->unavailable.find(name->text());
  if (reason != instance->unavailable.end()) return evaluator.Refuse(reason->second);
  return evaluator.Raise("AttributeError", absl::StrCat("'", instance->cls()->name, "' object has no attribute '",
                                                        name->text(), "'"));
}

Value DelAttr(Evaluator& evaluator, Args args) {
  ModuleInstance* instance = Self(evaluator, args[0]);
  if (instance == nullptr) return Value();
  NnWorld& world = NnWorld::Of(evaluator);
  auto* name = args[1].As<StrObject>();
  for (StrObject* dict : {world.parameters, world.buffers, world.modules}) {
    if (FindIn(evaluator, instance, dict, name) == nullptr) continue;
    RemoveFrom(evaluator, instance, dict, name);
    return Value::None();
  }
  return evaluator.DeleteOwn(instance, name) ? Value::None() : Value();
}

// nn.Module.__call__ is forward: hooks are refused.
class CallFunction : public BuiltinObject {
 public:
  CallFunction() : BuiltinObject("__call__", Binds::kYes) {}
  Value Call(Evaluator& evaluator, Args args, absl::Span<StrObject* const> keywords) override {
    ModuleInstance* instance = args.empty() ? nullptr : Self(evaluator, args[0]);
    if (instance == nullptr) return evaluator.Raise("TypeError", "__call__() takes a module");
    StrObject* forward = NnWorld::Of(evaluator).forward;
    const Value own = evaluator.GetOwn(instance, forward);
    if (own) return evaluator.Call(own, args.subspan(1), keywords);
    const Value* method = instance->cls()->Find(forward);
    if (method != nullptr && (method->is(Kind::kFunction) || method->is(Kind::kBuiltin))) {
      return evaluator.Call(*method, args, keywords);
    }
    const Value bound = evaluator.GetAttribute(args[0], forward);
    return bound ? evaluator.Call(bound, args.subspan(1), keywords) : Value();
  }
};

Value Init(Evaluator& evaluator, Args args) {
  ModuleInstance* instance = Self(evaluator, args[0]);
  return instance != nullptr && InitModule(evaluator, instance) ? Value::None() : Value();
}

// The text of args[1]. Null: failed, since it is no name for an entry of `dict`.
StrObject* NewName(Evaluator& evaluator, ModuleInstance* instance, const Value& name, StrObject* dict,
                   absl::string_view what) {
  auto* text = name.As<StrObject>();
  if (text == nullptr) {
    evaluator.Raise("TypeError", absl::StrCat(what, " name should be a string"));
    return nullptr;
  }
  StrObject* interned = evaluator.Intern(text->text());
  if (absl::string_view(text->text()).find('.') != absl::string_view::npos) {
    evaluator.Raise("KeyError", absl::StrCat(what, " name can't contain \".\""));
    return nullptr;
  }
  if (text->text().empty()) {
    evaluator.Raise("KeyError", absl::StrCat(what, " name can't be empty string \"\""));
    return nullptr;
  }
  if (FindIn(evaluator, instance, dict, interned) != nullptr) return interned;
  if (evaluator.FindAttribute(Value(instance), interned)) {
    evaluator.Raise("KeyError", absl::StrCat("attribute '", text->text(), "' already exists"));
  }
  return evaluator.failed() ? nullptr : interned;
}

Value RegisterBuffer(Evaluator& evaluator, Args args) {
  NnWorld& world = NnWorld::Of(evaluator);
  ModuleInstance* instance = Self(evaluator, args[0]);
  StrObject* name = instance == nullptr ? nullptr : NewName(evaluator, instance, args[1], world.buffers, "buffer");
  if (name == nullptr) return Value();
  if (!args[2].is_none() && TensorOf(args[2]) == nullptr) {
    return evaluator.Raise("TypeError", absl::StrCat("cannot assign '", evaluator.TypeName(args[2]),
                                                     "' object to buffer '", name->text(), "'"));
  }
  DictObject* buffers = WriteDict(evaluator, instance, world.buffers, "buffers");
  if (buffers == nullptr || !evaluator.DictSet(buffers, Value(name), args[2])) return Value();
  const int persistent = evaluator.Truth(args[3]);
  if (persistent < 0) return Value();
  const Value excluded = evaluator.GetOwn(instance, world.non_persistent);
  const Value text(name);
  return evaluator.CallMethod(excluded, persistent != 0 ? "discard" : "add", {&text, 1});
}

Value RegisterParameter(Evaluator& evaluator, Args args) {
  NnWorld& world = NnWorld::Of(evaluator);
  ModuleInstance* instance = Self(evaluator, args[0]);
  if (instance == nullptr) return Value();
  StrObject* name = NewName(evaluator, instance, args[1], world.parameters, "parameter");
  if (name == nullptr) return Value();
  if (!args[2].is_none() && !IsParameter(evaluator, args[2])) {
    return evaluator.Raise("TypeError", absl::StrCat("cannot assign '", evaluator.TypeName(args[2]),
                                                     "' object to parameter '", name->text(), "'"));
  }
  DictObject* parameters = WriteDict(evaluator, instance, world.parameters, "parameters");
  return parameters != nullptr && evaluator.DictSet(parameters, Value(name), args[2]) ? Value::None() : Value();
}

Value AddModule(Evaluator& evaluator, Args args) {
  NnWorld& world = NnWorld::Of(evaluator);
  ModuleInstance* instance = Self(evaluator, args[0]);
  if (instance == nullptr) return Value();
  if (!args[2].is_none() && AsNative<ModuleInstance>(args[2]) == nullptr) {
    return evaluator.Raise("TypeError", absl::StrCat(evaluator.TypeName(args[2]), " is not a Module subclass"));
  }
  StrObject* name = NewName(evaluator, instance, args[1], world.modules, "module");
  if (name == nullptr) return Value();
  DictObject* modules = WriteDict(evaluator, instance, world.modules, "module");
  return modules != nullptr && evaluator.DictSet(modules, Value(name), args[2]) ? Value::None() : Value();
}

Value ToDtypeOf(Evaluator& evaluator, Args args) {
  Conversion conversion;
  if (!ReadConversion(evaluator, args[0].As<TupleObject>()->items, args[1].As<DictObject>(), conversion)) {
    return Value();
  }
  return conversion.dtype.has_value() ? DtypeValue(evaluator, *conversion.dtype) : Value::None();
}

Value IndexOf(Evaluator& evaluator, Args args) {
  int64_t index = 0;
  return evaluator.Index(args[0], index) ? Value::Int(index) : Value();
}

// copy.deepcopy and copy.copy of a module, as of any object of Python.
Value DeepCopyModule(Evaluator& evaluator, Args args) {
  ModuleInstance* instance = Self(evaluator, args[0]);
  if (instance == nullptr) return Value();
  auto* made = evaluator.heap().New<ModuleInstance>(instance->cls());
  const Value copy(made);
  RememberCopy(args[1], args[0], copy);
  made->unavailable = instance->unavailable;
  for (size_t i = 0; i < instance->attributes.entries().size(); ++i) {
    const Value key = instance->attributes.entries()[i].key;
    if (!key) continue;
    const Value value = evaluator.PeekOwn(instance, key.As<StrObject>());
    const Value copied = value ? DeepCopy(evaluator, value, args[1]) : Value();
    if (!copied || !evaluator.SetOwn(made, key.As<StrObject>(), copied)) return Value();
  }
  return copy;
}

Value CopyModule(Evaluator& evaluator, Args args) {
  ModuleInstance* instance = Self(evaluator, args[0]);
  if (instance == nullptr) return Value();
  if (instance->frozen()) return evaluator.Refuse("copy.copy of a module in forward");
  auto* made = evaluator.heap().New<ModuleInstance>(instance->cls());
  const Value copy(made);
  made->attributes = instance->attributes;
  made->unavailable = instance->unavailable;
  return copy;
}

constexpr NativeEntry kMethods[] = {
    {"init", "self", Init},
    {"setattr", "self, name, value", SetAttr},
    {"getattr", "self, name", GetAttr},
    {"delattr", "self, name", DelAttr},
    {"deepcopy", "self, memo", DeepCopyModule},
    {"copy", "self", CopyModule},
};

constexpr NativeEntry kFunctions[] = {
    {"register_buffer", "self, name, tensor, persistent", RegisterBuffer},
    {"register_parameter", "self, name, param", RegisterParameter},
    {"add_module", "self, name, module", AddModule},
    {"to_dtype", "*args, **kwargs", ToDtypeOf},
    {"index", "value", IndexOf},
    {"refuse", "what",
     [](Evaluator& evaluator, Args args) { return evaluator.Refuse(args[0].As<StrObject>()->text()); }},
};

}  // namespace

const DictObject* ReadDict(Evaluator& evaluator, const ModuleInstance* instance, StrObject* name) {
  return evaluator.PeekOwn(instance, name).As<DictObject>();
}

bool InitModule(Evaluator& evaluator, ModuleInstance* instance) {
  NnWorld& world = NnWorld::Of(evaluator);
  Heap& heap = evaluator.heap();
  if (!evaluator.SetOwn(instance, world.training, Value::Bool(true))) return false;
  for (StrObject* dict : {world.parameters, world.buffers, world.modules}) {
    if (!evaluator.SetOwn(instance, dict, Value(heap.New<DictObject>()))) return false;
  }
  return evaluator.SetOwn(instance, world.non_persistent, Value(heap.New<SetObject>()));
}

void DefineNativeModule(NnWorld& world) {
  ModuleObject* native = NewModule(world, "torch.nn._native");
  for (const NativeEntry& entry : kMethods) {
    SetName(world, native, entry.name, NewFunction(world.heap(), entry, BuiltinObject::Binds::kYes));
  }
  AddFunctions(world, native, kFunctions);
  SetName(world, native, "call", Value(world.heap().New<CallFunction>()));
}

}  // namespace loadstone::python
