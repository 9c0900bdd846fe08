// What shows modules: sys.modules, and dir() of a module or class.

#include <utility>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/builtins/tables.h"
#include "custom_ops/python_source/runtime/lazy_module.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

// dir(x). Names that are not yet evaluated count, so it answers only whether one is there.
struct DirObject : InstanceObject {
  static constexpr NativeType kType = {};
  DirObject(ClassObject* cls, Value of) : InstanceObject(cls, &kType), shown(std::move(of)) {}
  void Clear() override {
    InstanceObject::Clear();
    shown = Value();
  }
  Value shown;
};

// One of the source's own. Null: Python may or may not have imported it by now.
ModuleObject* FindImported(Evaluator& evaluator, const Value& name) {
  const auto* text = name.As<StrObject>();
  ModuleObject* module = text == nullptr ? nullptr : evaluator.world().FindModule(text->text());
  return dynamic_cast<LazyModule*>(module);
}

Value Module(Evaluator& evaluator, Args args) {
  ModuleObject* module = FindImported(evaluator, args[1]);
  return module != nullptr ? Value(module) : evaluator.Refuse("sys.modules of what the source has not imported");
}

constexpr NativeEntry kModulesMethods[] = {
    {"__getitem__", "self, name, /", Module},
    {"get", "self, name, default=, /", Module},
    {"__contains__", "self, name, /",
     [](Evaluator& e, Args args) { return Module(e, args) ? Value::Bool(true) : Value(); }},
};

constexpr NativeEntry kDirMethods[] = {
    {"__contains__", "self, name, /",
     [](Evaluator& e, Args args) {
       const auto* name = args[1].As<StrObject>();
       if (name == nullptr) return Value::Bool(false);
       const Value found = e.FindAttribute(AsNative<DirObject>(args[0])->shown, e.Intern(name->text()));
       return e.failed() ? Value() : Value::Bool(static_cast<bool>(found));
     }},
};

constexpr const char* kOtherUses[] = {"__add__", "__delitem__", "__eq__", "__iter__", "__len__", "__setitem__"};

Value Dir(Evaluator& evaluator, Args args) {
  if (!args[0] || (!args[0].is(Kind::kModule) && !args[0].is(Kind::kClass))) {
    return evaluator.Refuse("dir() of what is no module or class");
  }
  auto* cls = evaluator.world().FindModule("sys")->names.FindName(evaluator.Intern(" dir"))->As<ClassObject>();
  return Value(evaluator.heap().New<DirObject>(cls, args[0]));
}

constexpr NativeEntry kDir = {"dir", "object=, /", Dir};

ClassObject* NewView(World& world, const char* name, absl::Span<const NativeEntry> methods) {
  ClassObject* cls = world.NewClass("builtins", name);
  cls->derivable = false;
  cls->make = nullptr;
  AddMethods(world, cls, methods);
  return cls;
}

}  // namespace

void InstallModuleViews(World& world) {
  ModuleObject* sys = world.FindModule("sys");
  ClassObject* modules = NewView(world, "dict", kModulesMethods);
  AddRefused(world, modules->attributes, "sys.modules", kOtherUses);
  AddRefused(world, modules->attributes, "sys.modules", {"items", "keys", "pop", "setdefault", "update", "values"});
  SetName(world, sys, "modules", Value(world.heap().New<InstanceObject>(modules)));
  ClassObject* dir = NewView(world, "list", kDirMethods);
  AddRefused(world, dir->attributes, "what dir() gives", kOtherUses);
  AddRefused(world, dir->attributes, "what dir() gives",
             {"__getitem__", "append", "count", "extend", "index", "pop", "remove", "reverse", "sort"});
  SetName(world, sys, " dir", Value(dir));
  world.AddBuiltin("dir", NewFunction(world.heap(), kDir));
}

}  // namespace loadstone::python
