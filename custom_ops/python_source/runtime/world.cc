#include "custom_ops/python_source/runtime/world.h"

#include <algorithm>

namespace loadstone::python {
namespace {

// Each after its base.
constexpr const char* kExceptions[][2] = {
    {"BaseException", "object"},
    {"KeyboardInterrupt", "BaseException"},
    {"SystemExit", "BaseException"},
    {"GeneratorExit", "BaseException"},
    {"Exception", "BaseException"},
    {"ArithmeticError", "Exception"},
    {"FloatingPointError", "ArithmeticError"},
    {"OverflowError", "ArithmeticError"},
    {"ZeroDivisionError", "ArithmeticError"},
    {"AssertionError", "Exception"},
    {"AttributeError", "Exception"},
    {"BufferError", "Exception"},
    {"EOFError", "Exception"},
    {"ImportError", "Exception"},
    {"ModuleNotFoundError", "ImportError"},
    {"LookupError", "Exception"},
    {"IndexError", "LookupError"},
    {"KeyError", "LookupError"},
    {"MemoryError", "Exception"},
    {"NameError", "Exception"},
    {"UnboundLocalError", "NameError"},
    {"OSError", "Exception"},
    {"FileNotFoundError", "OSError"},
    {"FileExistsError", "OSError"},
    {"PermissionError", "OSError"},
    {"ReferenceError", "Exception"},
    {"RuntimeError", "Exception"},
    {"NotImplementedError", "RuntimeError"},
    {"RecursionError", "RuntimeError"},
    {"StopIteration", "Exception"},
    {"SyntaxError", "Exception"},
    {"SystemError", "Exception"},
    {"TypeError", "Exception"},
    {"ValueError", "Exception"},
    {"UnicodeError", "ValueError"},
    {"UnicodeDecodeError", "UnicodeError"},
    {"UnicodeEncodeError", "UnicodeError"},
    {"Warning", "Exception"},
    {"DeprecationWarning", "Warning"},
    {"FutureWarning", "Warning"},
    {"ImportWarning", "Warning"},
    {"PendingDeprecationWarning", "Warning"},
    {"ResourceWarning", "Warning"},
    {"RuntimeWarning", "Warning"},
    {"SyntaxWarning", "Warning"},
    {"UserWarning", "Warning"},
};

}  // namespace

World::World(ModuleFinder* finder) : finder_(finder) {
  for (int i = 0; i < kSpecials; ++i) names_[i] = heap_.Intern(SpecialText(static_cast<Special>(i)));
  builtins_ = heap_.New<ModuleObject>("builtins");
  AddModule(builtins_);
  object_methods_ = heap_.New<ModuleObject>("object");
  kept_.emplace_back(object_methods_);
  DefineClasses();
  DefineExceptions();
  DefineCore();
}

World::~World() {
  modules_.clear();
  kept_.clear();
}

void World::Freeze() {
  heap_.ForEach([](Object* object) {
    if (object->kind() == Kind::kClass) static_cast<ClassObject*>(object)->Flatten();
  });
  heap_.Freeze();
  frozen_ = true;
}

void World::DefineClasses() {
  object_class_ = NewClass("builtins", "object");
  AddBuiltin("object", Value(object_class_));
  const auto define = [&](absl::string_view name, bool visible, bool derivable) {
    ClassObject* cls = NewClass("builtins", name, {object_class_});
    cls->derivable = derivable;
    if (visible) AddBuiltin(name, Value(cls));
    return cls;
  };
  const std::pair<Kind, const char*> visible[] = {{Kind::kStr, "str"},
                                                  {Kind::kTuple, "tuple"},
                                                  {Kind::kList, "list"},
                                                  {Kind::kDict, "dict"},
                                                  {Kind::kSet, "set"},
                                                  {Kind::kSlice, "slice"},
                                                  {Kind::kRange, "range"},
                                                  {Kind::kClass, "type"},
                                                  {Kind::kProperty, "property"},
                                                  {Kind::kSuper, "super"},
                                                  {Kind::kStaticMethod, "staticmethod"},
                                                  {Kind::kClassMethod, "classmethod"}};
  for (const auto& [kind, name] : visible) kind_classes_[static_cast<size_t>(kind)] = define(name, true, false);
  const std::pair<Kind, const char*> hidden[] = {
      {Kind::kFunction, "function"},  {Kind::kBuiltin, "builtin_function_or_method"},
      {Kind::kBoundMethod, "method"}, {Kind::kModule, "module"},
      {Kind::kIterator, "generator"}, {Kind::kCell, "cell"},
      {Kind::kInstance, "instance"}};
  for (const auto& [kind, name] : hidden) kind_classes_[static_cast<size_t>(kind)] = define(name, false, false);
  const std::pair<Value::Tag, const char*> tags[] = {{Value::Tag::kNone, "NoneType"},
                                                     {Value::Tag::kEllipsis, "ellipsis"},
                                                     {Value::Tag::kNotImplemented, "NotImplementedType"}};
  for (const auto& [tag, name] : tags) tag_classes_[static_cast<size_t>(tag)] = define(name, false, false);
  ClassObject* int_class = define("int", true, false);
  ClassObject* bool_class = NewClass("builtins", "bool", {int_class});
  bool_class->derivable = false;
  AddBuiltin("bool", Value(bool_class));
  tag_classes_[static_cast<size_t>(Value::Tag::kInt)] = int_class;
  tag_classes_[static_cast<size_t>(Value::Tag::kBool)] = bool_class;
  tag_classes_[static_cast<size_t>(Value::Tag::kFloat)] = define("float", true, false);
  tag_classes_[static_cast<size_t>(Value::Tag::kEmpty)] = tag_classes_[static_cast<size_t>(Value::Tag::kNone)];
}

void World::DefineExceptions() {
  for (const auto& [name, base] : kExceptions) {
    ClassObject* cls = NewClass("builtins", name, {FindBuiltinClass(base)});
    cls->is_exception = true;
    AddBuiltin(name, Value(cls));
  }
}

ClassObject* World::NewClass(absl::string_view module, absl::string_view name, const std::vector<ClassObject*>& bases) {
  auto* cls = heap_.New<ClassObject>(std::string(name));
  kept_.emplace_back(cls);
  cls->module_name = std::string(module);
  cls->native = true;
  for (ClassObject* base : bases) cls->bases.emplace_back(base);
  if (bases.empty() && object_class_ != nullptr) cls->bases.emplace_back(object_class_);
  Linearize(*cls);
  // Not object's: a bare object has none of what methods of C++ look for.
  for (size_t i = 1; i < cls->mro.size() && cls->make == nullptr; ++i) {
    if (cls->mro[i] != object_class_) cls->make = cls->mro[i]->make;
  }
  for (const ClassObject* base : bases) cls->is_exception |= base->is_exception;
  return cls;
}

void World::AddBuiltin(absl::string_view name, Value value) {
  builtins_->names.SetName(heap_.Intern(name), std::move(value));
}

ClassObject* World::FindBuiltinClass(absl::string_view name) {
  const StrObject* interned = heap_.FindInterned(name);
  const Value* found = interned == nullptr ? nullptr : builtins_->names.FindName(interned);
  return found == nullptr ? nullptr : found->As<ClassObject>();
}

void World::AddModule(ModuleObject* module) { modules_[module->name] = Value(module); }

ModuleObject* World::FindModule(absl::string_view name) const {
  const auto found = modules_.find(std::string(name));
  return found == modules_.end() ? nullptr : found->second.As<ModuleObject>();
}

bool Linearize(ClassObject& cls) {
  std::vector<std::vector<ClassObject*>> rows;
  std::vector<ClassObject*> direct;
  for (const Value& base : cls.bases) {
    rows.push_back(base.As<ClassObject>()->mro);
    direct.push_back(base.As<ClassObject>());
  }
  rows.push_back(direct);
  cls.mro = {&cls};
  while (true) {
    ClassObject* next = nullptr;
    bool any = false;
    for (const auto& row : rows) {
      if (row.empty()) continue;
      any = true;
      const bool later = std::any_of(rows.begin(), rows.end(), [&](const auto& other) {
        return other.size() > 1 && std::find(other.begin() + 1, other.end(), row[0]) != other.end();
      });
      if (!later) {
        next = row[0];
        break;
      }
    }
    if (next == nullptr) return !any;
    cls.mro.push_back(next);
    for (auto& row : rows) {
      if (!row.empty() && row[0] == next) row.erase(row.begin());
    }
  }
}

}  // namespace loadstone::python
