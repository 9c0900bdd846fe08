// Joins the engine's modules with the objects of a Program's world.

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/modules/module_attributes.h"
#include "custom_ops/python_source/modules/module_parts.h"
#include "custom_ops/python_source/modules/program.h"
#include "custom_ops/python_source/modules/values.h"

namespace loadstone::python {
namespace {

// The object of `name` in one of the instance's dicts; null: none, or None.
const Value* Entry(Evaluator& evaluator, const ModuleInstance* instance, StrObject* dict, const std::string& name) {
  const DictObject* read = ReadDict(evaluator, instance, dict);
  const Value* found = read == nullptr ? nullptr : read->table.FindName(evaluator.Intern(name));
  return found == nullptr || found->is_none() ? nullptr : found;
}

void SetTensor(const Value* value, const at::Tensor& tensor) {
  if (value == nullptr || !tensor.defined()) return;
  if (auto* object = AsNative<TensorObject>(*value)) object->tensor = tensor;
}

}  // namespace

Value Program::ObjectOf(const Module& module, const ModuleParts* parts) {
  const auto joined = joined_.find(&module);
  if (joined != joined_.end()) return joined->second.object;
  // A file may have an attribute of that name too, with anything in it.
  const Attribute* attribute = FindNamed(module.attributes(), kInstanceAttribute);
  const int64_t* number = attribute == nullptr ? nullptr : attribute->int_value();
  if (number == nullptr || *number < 0 || *number >= static_cast<int64_t>(constructed_.size())) {
    return ObjectOfFile(module, parts);
  }
  const Value object = constructed_[static_cast<size_t>(*number)];
  return loader_->SetOwn(AsNative<ModuleInstance>(object), world_->training, Value::Bool(false)) ? object : Value();
}

Value Program::ObjectOfFile(const Module& module, const ModuleParts* parts) {
  const auto made = layer_objects_.find(&module);
  if (made != layer_objects_.end()) return made->second;
  const Value cls = FindByName(*loader_, module.class_name());
  if (!cls) return Value();
  auto* instance_class = cls.As<ClassObject>();
  if (instance_class == nullptr || !instance_class->IsSubclassOf(world_->module_class)) {
    return loader_->Refuse(absl::StrCat(module.class_name(), ", which is no nn.Module"));
  }
  auto* instance = loader_->heap().New<ModuleInstance>(instance_class);
  const Value object(instance);
  if (!InitModule(*loader_, instance)) return Value();
  const auto set = [&](StrObject* dict, const std::string& name, const Value& value) {
    return value && loader_->DictSet(loader_->GetOwn(instance, dict).As<DictObject>(), Value(loader_->Intern(name)),
                                     value);
  };
  for (const Named<at::Tensor>& parameter : module.parameters()) {
    const Value value = parameter.value.defined() ? MakeParameter(*loader_, parameter.value) : Value::None();
    if (!set(world_->parameters, parameter.name, value)) return Value();
  }
  if (parts != nullptr) {
    for (const Named<at::Tensor>& buffer : parts->buffers) {
      const Value value = buffer.value.defined() ? MakeTensor(*loader_, buffer.value) : Value::None();
      if (!set(world_->buffers, buffer.name, value)) return Value();
    }
  } else {
    for (const auto& [name, buffer] : module.named_buffers()) {
      if (name.find('.') != std::string::npos) continue;
      if (!set(world_->buffers, name, MakeTensor(*loader_, buffer))) return Value();
    }
  }
  for (const Named<std::shared_ptr<Module>>& child : module.children()) {
    const Value value = child.value == nullptr ? Value::None() : ObjectOf(*child.value, nullptr);
    if (!set(world_->modules, child.name, value)) return Value();
  }
  for (const Named<Attribute>& attribute : module.attributes()) {
    const Value value = attributes_->ToValue(
        attribute.value, [this](const std::shared_ptr<ModuleDef>& def) { return ObjectOfDef(*def); });
    if (!value) {
      instance->unavailable[attribute.name] = std::string(loader_->TakeError().message());
    } else if (!loader_->SetOwn(instance, loader_->Intern(attribute.name), value)) {
      return Value();
    }
  }
  if (!loader_->SetOwn(instance, world_->training, Value::Bool(false))) return Value();
  if (parts == nullptr) layer_objects_[&module] = object;
  return SetState(object) ? object : Value();
}

void Program::NoteModules(const ModuleDef& def, const Module& module) {
  if (!def_modules_.emplace(&def, &module).second) return;
  for (size_t i = 0; i < def.children.size() && i < module.children().size(); ++i) {
    const std::shared_ptr<ModuleDef>& child = def.children[i].value;
    const std::shared_ptr<Module>& built = module.children()[i].value;
    if (child != nullptr && built != nullptr) NoteModules(*child, *built);
  }
}

Value Program::ObjectOfDef(const ModuleDef& def) {
  const auto built = def_modules_.find(&def);
  if (built != def_modules_.end()) return ObjectOf(*built->second, nullptr);
  // What was built gave its attributes away; only its parent's parent can say where it is.
  if (def.attributes.empty()) return loader_->Refuse("a module of another part of the model in an attribute");
  return InstanceOfDef(*loader_, def);
}

bool Program::SetState(const Value& object) {
  auto* instance = AsNative<ModuleInstance>(object);
  StrObject* name = loader_->Intern("__setstate__");
  const Value* method = instance->cls()->Find(name);
  if (method == nullptr || method->Is(*world_->module_class->Find(name))) return true;
  auto* state = loader_->heap().New<DictObject>();
  const Value held(state);
  for (const Table::Entry& entry : instance->attributes.entries()) {
    if (entry.key && !loader_->DictSet(state, entry.key, entry.value)) return false;
  }
  return static_cast<bool>(loader_->CallMethod(object, name->text(), {&held, 1}));
}

bool Program::BindTensors(const Value& object, const Module& module, const ModuleParts* parts) {
  const auto* instance = AsNative<ModuleInstance>(object);
  for (const Named<at::Tensor>& parameter : module.parameters()) {
    SetTensor(Entry(*loader_, instance, world_->parameters, parameter.name), parameter.value);
  }
  if (parts != nullptr) {
    for (const Named<at::Tensor>& buffer : parts->buffers) {
      SetTensor(Entry(*loader_, instance, world_->buffers, buffer.name), buffer.value);
    }
    for (const Named<at::Tensor>& tensor : parts->tensors) {
      const Value own = loader_->GetOwn(instance, loader_->Intern(tensor.name));
      SetTensor(&own, tensor.value);
    }
  } else {
    for (const auto& [name, buffer] : module.named_buffers()) {
      if (name.find('.') == std::string::npos) SetTensor(Entry(*loader_, instance, world_->buffers, name), buffer);
    }
  }
  for (const Named<std::shared_ptr<Module>>& child : module.children()) {
    const Value* child_object = Entry(*loader_, instance, world_->modules, child.name);
    auto* child_instance = child_object == nullptr ? nullptr : AsNative<ModuleInstance>(*child_object);
    if (child.value == nullptr || child_instance == nullptr || joined_.contains(child.value.get())) continue;
    if (!loader_->SetOwn(child_instance, world_->training, Value::Bool(false))) return false;
    if (!BindTensors(*child_object, *child.value, nullptr)) return false;
    // The tree owns its layers; the objects only use them.
    if (world_->layer_names.contains(child_instance->cls())) {
      child_instance->layer = std::shared_ptr<const Module>(std::shared_ptr<const Module>(), child.value.get());
    }
  }
  return true;
}

}  // namespace loadstone::python
