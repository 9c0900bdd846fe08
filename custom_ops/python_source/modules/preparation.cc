#include "custom_ops/python_source/modules/preparation.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "custom_ops/python_source/modules/nn_world.h"

namespace loadstone::python {
namespace {

// What Python calls by itself.
constexpr const char* kSpecialMethods[] = {"__call__",  "__iter__", "__next__",     "__getitem__", "__len__",
                                           "__enter__", "__exit__", "__contains__", "__getattr__"};

}  // namespace

const CodeFacts& Preparation::FactsOf(const Code& code, ModuleObject* module) {
  std::unique_ptr<CodeFacts>& facts = facts_[&code];
  if (facts == nullptr) facts = std::make_unique<CodeFacts>(CodeReader(evaluator_, code, module).Read());
  return *facts;
}

void Preparation::Evaluate(const std::vector<Value>& roots, absl::FunctionRef<void(const Value&)> reached) {
  Reach(roots);
  while (!waiting_.empty()) {
    const Value value = std::move(waiting_.back());
    waiting_.pop_back();
    reached(value);
    ReachParts(value);
  }
}

void Preparation::Reach(const Value& value) {
  if (value.is_object() && reached_.insert(value.object()).second) waiting_.push_back(value);
}

void Preparation::Reach(const std::vector<Value>& values) {
  for (const Value& value : values) Reach(value);
}

void Preparation::Reach(const Table& table) {
  for (const Table::Entry& entry : table.entries()) {
    if (!entry.key) continue;
    Reach(entry.key);
    Reach(entry.value);
  }
}

void Preparation::ReachParts(const Value& value) {
  if (value.object()->own_class() != nullptr) Reach(Value(value.object()->own_class()));
  if (const auto* instance = value.As<InstanceObject>()) {
    Reach(instance->attributes);
  } else if (const auto* cls = value.As<ClassObject>()) {
    Reach(cls->bases);
    Reach(cls->attributes);
  } else if (const auto* function = value.As<FunctionObject>()) {
    Reach(function->defaults);
    Reach(function->keyword_defaults);
    Reach(function->closure);
    Reach(function->attributes);
    ReachCode(*function->code, function->module());
  } else if (const auto* method = value.As<BoundMethodObject>()) {
    Reach(method->function);
    Reach(method->self);
  } else if (const auto* property = value.As<PropertyObject>()) {
    Reach(property->getter);
    Reach(property->setter);
  } else if (const auto* static_method = value.As<StaticMethodObject>()) {
    Reach(static_method->function);
  } else if (const auto* class_method = value.As<ClassMethodObject>()) {
    Reach(class_method->function);
  } else if (const auto* tuple = value.As<TupleObject>()) {
    Reach(tuple->items);
  } else if (const auto* list = value.As<ListObject>()) {
    Reach(list->items);
  } else if (const auto* dict = value.As<DictObject>()) {
    Reach(dict->table);
  } else if (const auto* cell = value.As<CellObject>()) {
    Reach(cell->value);
  }
}

void Preparation::ReachCode(const Code& code, ModuleObject* module) {
  if (!reached_codes_.insert(&code).second) return;
  Reach(FactsOf(code, module).mentioned);
  for (const auto& inner : code.codes) ReachCode(*inner, module);
}

absl::Status Preparation::Check(const std::vector<Value>& roots) {
  for (const Value& root : roots) Use(root);
  for (size_t i = 0; i < used_.size(); ++i) {
    const Value value = used_[i];
    UseParts(value);
  }
  if (problems_.empty()) return absl::OkStatus();
  const std::string text = absl::StrCat(problems_.size() == 1 ? "" : absl::StrCat(problems_.size(), " problems:\n"),
                                        absl::StrJoin(problems_, "\n"));
  return refused_ ? absl::UnimplementedError(text) : absl::InvalidArgumentError(text);
}

void Preparation::Use(const Value& value) {
  if (value.is_object() && seen_.insert(value.object()).second) used_.push_back(value);
}

void Preparation::UseParts(const Value& value) {
  if (const auto* instance = value.As<InstanceObject>()) {
    UseInstance(value, *instance);
  } else if (auto* cls = value.As<ClassObject>()) {
    AddClass(cls);
    // A call makes no modules: their classes are named to ask what an object is.
    if (cls->make != evaluator_.world().object_class()->make) return;
    for (const char* name : {"__new__", "__init__"}) UseMethod(*cls, evaluator_.Intern(name));
  } else if (const auto* function = value.As<FunctionObject>()) {
    for (const Value& each : function->defaults) Use(each);
    for (const Value& each : function->keyword_defaults) Use(each);
    const Code& code = *function->code;
    for (size_t i = 0; i < function->closure.size(); ++i) {
      // The class that super() needs makes no objects there.
      if (code.slot_names[code.captures[i]] != "__class__") Use(function->closure[i].As<CellObject>()->value);
    }
    CheckCode(code, function->module());
  } else if (const auto* method = value.As<BoundMethodObject>()) {
    Use(method->function);
    Use(method->self);
  } else if (const auto* property = value.As<PropertyObject>()) {
    Use(property->getter);
  } else if (const auto* static_method = value.As<StaticMethodObject>()) {
    Use(static_method->function);
  } else if (const auto* class_method = value.As<ClassMethodObject>()) {
    Use(class_method->function);
  } else if (const auto* tuple = value.As<TupleObject>()) {
    for (const Value& item : tuple->items) Use(item);
  } else if (const auto* list = value.As<ListObject>()) {
    for (const Value& item : list->items) Use(item);
  } else if (const auto* dict = value.As<DictObject>()) {
    for (const Table::Entry& entry : dict->table.entries()) Use(entry.value);
  }
}

void Preparation::UseInstance(const Value& value, const InstanceObject& instance) {
  AddClass(instance.cls());
  instances_.push_back(&instance);
  for (StrObject* name : names_) UseAttribute(instance, name);
  if (AsNative<ModuleInstance>(value) == nullptr) return;
  const NnWorld& world = NnWorld::Of(evaluator_);
  UseMethod(*instance.cls(), world.forward);
  // A layer of C++ calls those below it.
  if (!world.LayerName(instance.cls()).empty()) UseAttribute(instance, world.modules);
}

void Preparation::AddClass(ClassObject* cls) {
  if (cls->native || !class_set_.insert(cls).second) return;
  classes_.push_back(cls);
  for (StrObject* name : names_) UseMethod(*cls, name);
  for (const char* name : kSpecialMethods) UseMethod(*cls, evaluator_.Intern(name));
}

void Preparation::AddName(StrObject* name) {
  if (!seen_.insert(name).second) return;
  names_.push_back(name);
  for (const ClassObject* cls : classes_) UseMethod(*cls, name);
  for (const InstanceObject* instance : instances_) UseAttribute(*instance, name);
}

void Preparation::UseMethod(const ClassObject& cls, StrObject* name) {
  // With all of the definitions that super() could reach.
  for (const ClassObject* base : cls.mro) {
    if (const Value* found = base->attributes.FindName(name)) Use(*found);
  }
}

void Preparation::UseAttribute(const InstanceObject& instance, StrObject* name) {
  if (const Value* found = instance.attributes.FindName(name)) Use(*found);
  if (instance.native_type != &ModuleInstance::kType) return;
  const Value* children = instance.attributes.FindName(NnWorld::Of(evaluator_).modules);
  const auto* dict = children == nullptr ? nullptr : children->As<DictObject>();
  if (dict == nullptr) return;
  if (const Value* child = dict->table.FindName(name)) Use(*child);
}

void Preparation::CheckCode(const Code& code, ModuleObject* module) {
  if (!checked_.insert(&code).second) return;
  const CodeFacts& facts = FactsOf(code, module);
  problems_.insert(problems_.end(), facts.problems.begin(), facts.problems.end());
  refused_ |= facts.refused;
  for (const Value& value : facts.used) Use(value);
  for (StrObject* name : facts.names) AddName(name);
  for (const auto& inner : code.codes) CheckCode(*inner, module);
}

}  // namespace loadstone::python
