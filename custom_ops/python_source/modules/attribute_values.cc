// Attributes of modules from and to Python's values.

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "custom_ops/python_source/modules/values.h"
#include "custom_ops/python_source/torch_api/allowed_operators.h"

namespace loadstone::python {
namespace {

// Names under which pickles have what source calls by another name.
absl::string_view PlainModule(absl::string_view module) {
  if (module == "torch._C._nn") return "torch.nn.functional";
  if (module == "torch._VariableFunctions" || module == "torch._C._VariableFunctions") return "torch";
  if (module == "__builtin__") return "builtins";
  return module;
}

}  // namespace

Value FindByName(Evaluator& evaluator, absl::string_view name) {
  NnWorld& world = NnWorld::Of(evaluator);
  std::string qualified_name(name);
  if (absl::ConsumePrefix(&name, "__main__.") && !world.main_module.empty()) {
    qualified_name = absl::StrCat(world.main_module, ".", name);
  }
  if (absl::StartsWith(qualified_name, "torch.")) {
    if (ClassObject* layer = world.LayerClass(evaluator, qualified_name)) return Value(layer);
    if (evaluator.failed()) return Value();
  }
  // The longest part that is a module, then attributes.
  const std::vector<std::string> parts = absl::StrSplit(qualified_name, '.');
  for (size_t count = parts.size() - 1; count > 0; --count) {
    const std::string module = absl::StrJoin(parts.begin(), parts.begin() + static_cast<int64_t>(count), ".");
    Value found = evaluator.Import(PlainModule(module));
    if (!found) {
      if (!evaluator.Raised("ModuleNotFoundError")) return Value();
      evaluator.TakeException();
      continue;
    }
    for (size_t i = count; i < parts.size() && found; ++i) {
      found = evaluator.GetAttribute(found, evaluator.Intern(parts[i]));
    }
    return found;
  }
  // A class of C++ that the source does not have.
  if (ClassObject* layer = world.LayerClass(evaluator, qualified_name)) return Value(layer);
  return evaluator.failed() ? Value() : evaluator.Refuse(absl::StrCat("the name ", qualified_name));
}

std::string QualifiedName(Evaluator& evaluator, const Value& value) {
  NnWorld& world = NnWorld::Of(evaluator);
  if (const auto* cls = value.As<ClassObject>()) {
    const auto layer = world.layer_names.find(cls);
    if (layer != world.layer_names.end()) return layer->second;
    return absl::StrCat(cls->module_name, ".", cls->qualname);
  }
  if (const auto* function = value.As<FunctionObject>()) {
    if (absl::StrContains(function->code->qualname, "<")) return "";  // a lambda, or a function of a function
    return absl::StrCat(function->module()->name, ".", function->code->qualname);
  }
  if (const auto* builtin = value.As<BuiltinObject>()) {
    const auto place = AllowedOperators().find(builtin->name());
    if (place == AllowedOperators().end()) return "";
    return absl::StrCat(place->second.function ? "torch." : "torch._C._nn.", builtin->name());
  }
  if (const auto* dtype = AsNative<DtypeObject>(value)) return absl::StrCat("torch.", DtypeName(dtype->dtype));
  return "";
}

Value AttributeValues::ToValue(const Attribute& attribute, ModuleValue module_value) {
  const void* shared = attribute.sequence();
  if (shared == nullptr) shared = attribute.dict();
  if (shared == nullptr) shared = attribute.object();
  if (shared == nullptr) return Make(attribute, module_value);
  const auto found = made_.find(shared);
  if (found != made_.end()) return found->second;
  Value value = Make(attribute, module_value);
  if (value) made_[shared] = value;
  return value;
}

Value AttributeValues::Make(const Attribute& attribute, ModuleValue module_value) {
  Heap& heap = evaluator_.heap();
  if (attribute.is_none()) return Value::None();
  if (const bool* value = attribute.bool_value()) return Value::Bool(*value);
  if (const int64_t* value = attribute.int_value()) return Value::Int(*value);
  if (const double* value = attribute.float_value()) return Value::Float(*value);
  if (const std::string* text = attribute.text()) return evaluator_.Text(*text);
  if (const at::Tensor* tensor = attribute.tensor()) return MakeTensor(evaluator_, *tensor);
  if (const Attribute::Symbol* symbol = attribute.symbol()) return FindByName(evaluator_, symbol->name);
  if (const std::shared_ptr<ModuleDef> def = attribute.module()) return module_value(def);
  if (const Attribute::Sequence* sequence = attribute.sequence()) {
    std::vector<Value> items;
    for (const Attribute& item : sequence->items) {
      Value value = ToValue(item, module_value);
      if (!value) return Value();
      items.push_back(std::move(value));
    }
    if (sequence->kind == Attribute::SequenceKind::kTuple) return Value(heap.New<TupleObject>(std::move(items)));
    if (sequence->kind == Attribute::SequenceKind::kList) return Value(heap.New<ListObject>(std::move(items)));
    auto* set = heap.New<SetObject>();
    const Value made(set);
    for (const Value& item : items) {
      if (!evaluator_.SetAdd(set, item)) return Value();
    }
    return made;
  }
  if (const Attribute::Dict* dict = attribute.dict()) {
    auto* object = heap.New<DictObject>();
    const Value made(object);
    for (const auto& [key, item] : dict->entries) {
      const Value key_value = ToValue(key, module_value);
      const Value item_value = key_value ? ToValue(item, module_value) : Value();
      if (!item_value || !evaluator_.DictSet(object, key_value, item_value)) return Value();
    }
    return made;
  }
  if (const Attribute::Object* object = attribute.object()) return MakeObject(*object, module_value);
  return evaluator_.Refuse(absl::StrCat("a value of type ", attribute.TypeName()));
}

Value AttributeValues::MakeObject(const Attribute::Object& object, ModuleValue module_value) {
  const Value cls = FindByName(evaluator_, object.class_name);
  if (!cls) return Value();
  if (!cls.is(Kind::kClass)) return evaluator_.Refuse(absl::StrCat("an object made by ", object.class_name));
  std::vector<Value> args;
  for (const Attribute& arg : object.args) {
    Value value = ToValue(arg, module_value);
    if (!value) return Value();
    args.push_back(std::move(value));
  }
  auto* made_class = cls.As<ClassObject>();
  Value made;
  if (made_class->native || !args.empty()) {
    made = evaluator_.Call(cls, args);
  } else if (made_class->make != nullptr) {
    made = made_class->make(evaluator_, made_class, {}, {});  // as unpickling does, without __init__
  }
  if (!made) return evaluator_.failed() ? Value() : evaluator_.Refuse(absl::StrCat("an object of ", object.class_name));
  for (const Attribute& item : object.items) {
    const Value value = ToValue(item, module_value);
    if (!value || !evaluator_.CallMethod(made, "append", {&value, 1})) return Value();
  }
  for (const auto& [key, item] : object.entries.entries) {
    const Value key_value = ToValue(key, module_value);
    const Value item_value = key_value ? ToValue(item, module_value) : Value();
    if (!item_value || !evaluator_.SetItem(made, key_value, item_value)) return Value();
  }
  if (object.state.is_none()) return made;
  const Value state = ToValue(object.state, module_value);
  if (!state) return Value();
  StrObject* set_state = evaluator_.Intern("__setstate__");
  if (made_class->Find(set_state) != nullptr) {
    return evaluator_.CallMethod(made, set_state->text(), {&state, 1}) ? made : Value();
  }
  auto* instance = made.As<InstanceObject>();
  const auto* dict = state.As<DictObject>();
  if (instance == nullptr || dict == nullptr) {
    return evaluator_.Refuse(absl::StrCat("the state of an object of ", object.class_name));
  }
  for (const Table::Entry& entry : dict->table.entries()) {
    if (!entry.key) continue;
    const auto* name = entry.key.As<StrObject>();
    if (name == nullptr || !evaluator_.SetOwn(instance, evaluator_.Intern(name->text()), entry.value)) return Value();
  }
  return made;
}

bool ToAttribute(Evaluator& evaluator, const Value& value, Attribute& attribute,
                 absl::FunctionRef<std::shared_ptr<ModuleDef>(const Value& module)> module_def) {
  if (value.is_none()) {
    attribute = Attribute();
  } else if (value.is_bool()) {
    attribute = Attribute(value.integer() != 0);
  } else if (value.is_int()) {
    attribute = Attribute(value.integer());
  } else if (value.is_float()) {
    attribute = Attribute(value.real());
  } else if (const auto* text = value.As<StrObject>()) {
    attribute = Attribute(std::string(text->text()));
  } else if (const at::Tensor* tensor = TensorOf(value)) {
    attribute = Attribute(*tensor);
  } else if (AsNative<ModuleInstance>(value) != nullptr) {
    std::shared_ptr<ModuleDef> def = module_def(value);
    if (def == nullptr) return false;
    attribute = Attribute(std::move(def));
  } else if (value.is(Kind::kTuple) || value.is(Kind::kList)) {
    Attribute::Sequence sequence;
    sequence.kind = value.is(Kind::kTuple) ? Attribute::SequenceKind::kTuple : Attribute::SequenceKind::kList;
    const std::vector<Value>& items =
        value.is(Kind::kTuple) ? value.As<TupleObject>()->items : value.As<ListObject>()->items;
    for (const Value& item : items) {
      Attribute one;
      if (!ToAttribute(evaluator, item, one, module_def)) return false;
      sequence.items.push_back(std::move(one));
    }
    attribute = Attribute(std::move(sequence));
  } else if (const auto* dict = value.As<DictObject>()) {
    Attribute::Dict entries;
    for (const Table::Entry& entry : dict->table.entries()) {
      if (!entry.key) continue;
      Attribute key, item;
      if (!ToAttribute(evaluator, entry.key, key, module_def)) return false;
      if (!ToAttribute(evaluator, entry.value, item, module_def)) return false;
      entries.entries.emplace_back(std::move(key), std::move(item));
    }
    attribute = Attribute(std::move(entries));
  } else {
    std::string name = QualifiedName(evaluator, value);
    if (name.empty()) {
      evaluator.Refuse(absl::StrCat("a ", evaluator.TypeName(value), " as an argument of a layer"));
      return false;
    }
    attribute = Attribute(Attribute::Symbol{std::move(name)});
  }
  return true;
}

}  // namespace loadstone::python
