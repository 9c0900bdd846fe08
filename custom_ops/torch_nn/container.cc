#include "custom_ops/torch_nn/container.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/ivalue.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "custom_ops/torch_nn/layout.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

// Holds children for a parent that calls them one by one.
class ModuleContainer : public Module {
 public:
  using Module::Module;
  c10::IValue Forward(const Inputs& inputs) const override {
    TORCH_CHECK_NOT_IMPLEMENTED(false, "Module [", type_name(), "] is missing the required \"forward\" function");
  }
};

class Sequential : public Module {
 public:
  using Module::Module;
  c10::IValue Forward(const Inputs& inputs) const override {
    static constexpr absl::string_view kNames[] = {"input"};
    c10::IValue value = std::move(BindInputs(inputs, kNames, 0).front());
    for (const Named<std::shared_ptr<Module>>& child : children()) {
      TORCH_CHECK_TYPE(child.value != nullptr, "module (", child.name, ") of ", class_name(), " is None");
      value = (*child.value)(Inputs{std::move(value)});
    }
    return value;
  }
};

class ModuleList : public ModuleContainer {
 public:
  using ModuleContainer::ModuleContainer;
  // ModuleList.__repr__: equal neighbours are printed once, numbered by position.
  std::string ToString() const override {
    if (children().empty()) return absl::StrCat(type_name(), "()");
    std::vector<std::string> texts;
    for (const Named<std::shared_ptr<Module>>& child : children()) {
      texts.push_back(child.value == nullptr ? "None" : child.value->ToString());
    }
    std::vector<std::string> lines;
    for (size_t first = 0, next = 0; first < texts.size(); first = next) {
      while (next < texts.size() && texts[next] == texts[first]) ++next;
      const std::string place = next - first == 1
                                    ? absl::StrCat("(", first, "): ")
                                    : absl::StrCat("(", first, "-", next - 1, "): ", next - first, " x ");
      lines.push_back(absl::StrReplaceAll(absl::StrCat(place, texts[first]), {{"\n", "\n  "}}));
    }
    return absl::StrCat(type_name(), "(\n  ", absl::StrJoin(lines, "\n  "), "\n)");
  }
};

void AddChild(ModuleDefBuilder& self, absl::string_view name, const Attribute& value) {
  std::shared_ptr<ModuleDef> module = value.module();
  if (module == nullptr && !value.is_none()) {
    self.Fail(absl::StrCat("'", name, "' is ", value.TypeName(), ", needs a module"));
  }
  self.Child(name, std::move(module));
}

// The text of a dict's key; another key is noted.
std::string KeyText(ModuleDefBuilder& self, const Attribute& key) {
  if (key.text() == nullptr) self.Fail(absl::StrCat("a key is ", key.TypeName(), ", needs a str"));
  return key.text() == nullptr ? "" : *key.text();
}

void AddChildren(ModuleDefBuilder& self, const std::vector<Attribute>& modules) {
  for (size_t i = 0; i < modules.size(); ++i) AddChild(self, absl::StrCat(i), modules[i]);
}

void ConstructSequential(AttributeReader& arguments, ModuleDefBuilder& self) {
  const std::vector<Attribute>& modules = arguments.Get("args").sequence()->items;
  const Attribute::Dict* named = modules.size() == 1 ? modules.front().dict() : nullptr;
  if (named == nullptr) return AddChildren(self, modules);
  for (const auto& [key, module] : named->entries) AddChild(self, KeyText(self, key), module);
}

void ConstructModuleList(AttributeReader& arguments, ModuleDefBuilder& self) {
  const Attribute& modules = arguments.Get("modules");
  if (modules.is_none()) return;
  if (modules.sequence() == nullptr) {
    return self.Fail(absl::StrCat("'modules' is ", modules.TypeName(), ", needs a list of modules"));
  }
  AddChildren(self, modules.sequence()->items);
}

void ConstructModuleDict(AttributeReader& arguments, ModuleDefBuilder& self) {
  const Attribute& modules = arguments.Get("modules");
  if (modules.is_none()) return;
  if (const Attribute::Dict* named = modules.dict()) {
    for (const auto& [key, module] : named->entries) AddChild(self, KeyText(self, key), module);
    return;
  }
  const Attribute::Sequence* pairs = modules.sequence();
  for (const Attribute& pair : pairs == nullptr ? std::vector<Attribute>{modules} : pairs->items) {
    const Attribute::Sequence* key_and_module = pair.sequence();
    if (key_and_module == nullptr || key_and_module->items.size() != 2) {
      return self.Fail(absl::StrCat("'modules' holds ", pair.TypeName(), ", needs a dict or pairs of name and module"));
    }
    AddChild(self, KeyText(self, key_and_module->items[0]), key_and_module->items[1]);
  }
}

void ConstructContainer(AttributeReader& arguments, ModuleDefBuilder& self) {
  for (const auto& [key, module] : arguments.Get("kwargs").dict()->entries) AddChild(self, KeyText(self, key), module);
}

}  // namespace

absl::Status RegisterContainers(PluginRegistry& registry) {
  absl::Status status = AddTorchNnClasses(
      registry, "torch.nn.modules.container",
      {{.name = "Sequential", .signature = "*args", .construct = ConstructSequential,
        .build = BuildModule<Sequential>},
       {.name = "ModuleList", .signature = "modules=None", .construct = ConstructModuleList,
        .build = BuildModule<ModuleList>},
       {.name = "ModuleDict", .signature = "modules=None", .construct = ConstructModuleDict,
        .build = BuildModule<ModuleContainer>},
       {.name = "Container", .signature = "**kwargs", .construct = ConstructContainer,
        .build = BuildModule<ModuleContainer>}});
  // Authors hang children on a bare nn.Module().
  status.Update(AddTorchNnClasses(
      registry, "torch.nn.modules.module",
      {{.name = "Module", .signature = "*args, **kwargs", .construct = StoreNothing(),
        .build = BuildModule<ModuleContainer>}}));
  return status;
}

}  // namespace loadstone
