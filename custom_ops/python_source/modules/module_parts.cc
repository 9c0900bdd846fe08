#include "custom_ops/python_source/modules/module_parts.h"

#include <string>
#include <utility>

#include <ATen/ops/zeros.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/modules/module_attributes.h"
#include "custom_ops/python_source/modules/values.h"
#include "custom_ops/python_source/torch_api/aten_call.h"

namespace loadstone::python {
namespace {

constexpr int kDeepest = 200;

bool IsOwnName(const NnWorld& world, const StrObject* name) {
  return name == world.parameters || name == world.buffers || name == world.modules || name == world.non_persistent;
}

std::string_view TextOf(const Value& key) {
  const absl::string_view text = key.As<StrObject>()->text();
  return {text.data(), text.size()};
}

at::Tensor TensorOrNone(const Value& value) {
  const at::Tensor* tensor = TensorOf(value);
  return tensor == nullptr ? at::Tensor() : *tensor;
}

// Calls visit(name, value) for the entries of one of the instance's dicts.
template <typename Visit>
void ForEachIn(Evaluator& evaluator, const ModuleInstance* instance, StrObject* dict, Visit visit) {
  const DictObject* read = ReadDict(evaluator, instance, dict);
  if (read == nullptr) return;
  for (const Table::Entry& entry : read->table.entries()) {
    if (entry.key && entry.key.is(Kind::kStr)) visit(std::string(TextOf(entry.key)), entry.value);
  }
}

}  // namespace

std::shared_ptr<ModuleDef> ModuleDefs::Make(const Value& module) {
  const auto found = made_.find(module.object());
  if (found != made_.end()) {
    if (found->second == nullptr) evaluator_.Raise("RecursionError", "a module contains itself");
    return found->second;
  }
  if (depth_ >= kDeepest) {
    evaluator_.Exceed("modules nested deeper than 200");
    return nullptr;
  }
  made_[module.object()] = nullptr;
  ++depth_;
  NnWorld& world = NnWorld::Of(evaluator_);
  const auto* instance = AsNative<ModuleInstance>(module);
  auto def = std::make_shared<ModuleDef>();
  def->class_name = QualifiedName(evaluator_, Value(instance->cls()));
  if (instance->cls()->Find(evaluator_.Intern("_load_from_state_dict")) != nullptr) {
    evaluator_.Refuse(absl::StrCat(def->class_name, "._load_from_state_dict, by which a class reads its weights itself"));
    return nullptr;
  }
  const bool layer = world.layer_names.contains(instance->cls());
  bool fine = true;
  for (const Table::Entry& entry : instance->attributes.entries()) {
    if (!entry.key || IsOwnName(world, entry.key.As<StrObject>())) continue;
    Attribute attribute;
    // A layer's attributes are what it is built of. Others stay in the world; here they are only told.
    fine = fine && (ToAttribute(evaluator_, entry.value, attribute, [&](const Value& value) { return Make(value); }) ||
                    !layer);
    if (!fine) break;
    if (evaluator_.failed()) {
      evaluator_.TakeError().IgnoreError();
      continue;
    }
    def->attributes.push_back({std::string(TextOf(entry.key)), std::move(attribute)});
  }
  if (fine) {
    def->attributes.push_back({kInstanceAttribute, Attribute(static_cast<int64_t>(instances_.size()))});
    instances_.push_back(module);
  }
  ForEachIn(evaluator_, instance, world.parameters, [&](std::string name, const Value& value) {
    def->parameters.push_back({std::move(name), TensorOrNone(value)});
  });
  ForEachIn(evaluator_, instance, world.buffers, [&](std::string name, const Value& value) {
    def->buffers.push_back({std::move(name), TensorOrNone(value)});
  });
  if (const auto* excluded = evaluator_.PeekOwn(instance, world.non_persistent).As<SetObject>()) {
    for (const SetTable::Entry& entry : excluded->table.entries()) {
      if (entry.key) def->non_persistent_buffers.emplace_back(TextOf(entry.key));
    }
  }
  ForEachIn(evaluator_, instance, world.modules, [&](std::string name, const Value& value) {
    std::shared_ptr<ModuleDef> child;
    if (fine && !value.is_none()) {
      child = Make(value);
      fine = child != nullptr;
    }
    def->children.push_back({std::move(name), std::move(child)});
  });
  --depth_;
  if (!fine) return nullptr;
  made_[module.object()] = def;
  return def;
}

bool FillFromDef(Evaluator& evaluator, ModuleInstance* instance, const ModuleDef& def) {
  NnWorld& world = NnWorld::Of(evaluator);
  if (!InitModule(evaluator, instance)) return false;
  AttributeValues values(evaluator);
  for (const Named<Attribute>& attribute : def.attributes) {
    if (attribute.name == kInstanceAttribute) {
      evaluator.Refuse("a module of the source as an argument of a layer that copies it");
      return false;
    }
    const Value value = values.ToValue(attribute.value, [&](const std::shared_ptr<ModuleDef>& inner) {
      return InstanceOfDef(evaluator, *inner);
    });
    if (!value || !evaluator.SetOwn(instance, evaluator.Intern(attribute.name), value)) return false;
  }
  const auto set = [&](StrObject* dict, const std::string& name, const Value& value) {
    return value && evaluator.DictSet(evaluator.GetOwn(instance, dict).As<DictObject>(),
                                      Value(evaluator.Intern(name)), value);
  };
  for (const Named<at::Tensor>& parameter : def.parameters) {
    const Value value = parameter.value.defined() ? MakeParameter(evaluator, parameter.value) : Value::None();
    if (!set(world.parameters, parameter.name, value)) return false;
  }
  for (const Named<at::Tensor>& buffer : def.buffers) {
    const Value value = buffer.value.defined() ? MakeTensor(evaluator, buffer.value) : Value::None();
    if (!set(world.buffers, buffer.name, value)) return false;
  }
  for (const std::string& name : def.non_persistent_buffers) {
    auto* excluded = evaluator.GetOwn(instance, world.non_persistent).As<SetObject>();
    if (!evaluator.SetAdd(excluded, Value(evaluator.Intern(name)))) return false;
  }
  for (const Named<std::shared_ptr<ModuleDef>>& child : def.children) {
    const Value value = child.value == nullptr ? Value::None() : InstanceOfDef(evaluator, *child.value);
    if (!set(world.modules, child.name, value)) return false;
  }
  return true;
}

Value InstanceOfDef(Evaluator& evaluator, const ModuleDef& def) {
  const Value cls = FindByName(evaluator, def.class_name);
  if (!cls) return Value();
  auto* module_class = cls.As<ClassObject>();
  if (module_class == nullptr || !module_class->IsSubclassOf(NnWorld::Of(evaluator).module_class)) {
    return evaluator.Refuse(absl::StrCat(def.class_name, ", which is no module"));
  }
  auto* instance = evaluator.heap().New<ModuleInstance>(module_class);
  const Value made(instance);
  return FillFromDef(evaluator, instance, def) ? made : Value();
}

std::shared_ptr<const Module> BuildLayer(Evaluator& evaluator, const ModuleInstance* instance, LayerData data) {
  NnWorld& world = NnWorld::Of(evaluator);
  const std::string& name = world.LayerName(instance->cls());
  const absl::StatusOr<const ModuleClass*> module_class = world.registry.FindModuleClass(name);
  if (!module_class.ok()) {
    evaluator.Fail(module_class.status());
    return nullptr;
  }
  ModuleParts parts;
  parts.class_name = name;
  bool fine = true;
  for (const Table::Entry& entry : instance->attributes.entries()) {
    if (!entry.key || IsOwnName(world, entry.key.As<StrObject>())) continue;
    Attribute attribute;
    const auto no_module = [&](const Value&) {
      evaluator.Refuse("a module in an attribute of a layer");
      return std::shared_ptr<ModuleDef>();
    };
    if (ToAttribute(evaluator, entry.value, attribute, no_module)) {
      parts.attributes.push_back({std::string(TextOf(entry.key)), std::move(attribute)});
    } else {
      evaluator.TakeError().IgnoreError();  // of a class that derives from the layer: the layer itself does not know it
    }
  }
  ForEachIn(evaluator, instance, world.parameters, [&](std::string key, const Value& value) {
    at::Tensor tensor = TensorOrNone(value);
    if (data == LayerData::kShapes && tensor.defined() && tensor.is_meta()) {
      tensor = at::zeros(tensor.sizes(), tensor.options().device(at::kCPU));
    }
    parts.parameters.push_back({std::move(key), std::move(tensor)});
  });
  ForEachIn(evaluator, instance, world.buffers, [&](std::string key, const Value& value) {
    parts.buffers.push_back({std::move(key), TensorOrNone(value)});
  });
  ForEachIn(evaluator, instance, world.modules, [&](std::string key, const Value& value) {
    std::shared_ptr<Module> child;
    if (fine && !value.is_none()) {
      const auto* child_instance = AsNative<ModuleInstance>(value);
      std::shared_ptr<const Module> built = child_instance->layer;
      if (built == nullptr) built = BuildLayer(evaluator, child_instance, data);
      fine = built != nullptr;
      child = std::const_pointer_cast<Module>(std::move(built));
    }
    parts.children.push_back({std::move(key), std::move(child)});
  });
  if (!fine) return nullptr;
  absl::StatusOr<std::unique_ptr<Module>> built = absl::InternalError("a layer was not built");
  const Value done = CatchAten(evaluator, [&] {
    built = (*module_class)->build(std::move(parts));
    return Value::None();
  });
  if (!done) return nullptr;
  if (built.ok()) return *std::move(built);
  evaluator.Fail(built.status());
  return nullptr;
}

}  // namespace loadstone::python
