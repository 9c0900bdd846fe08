#include "custom_ops/torch_nn/parameter_container.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <c10/core/ScalarType.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "custom_ops/torch_nn/layout.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

enum class DtypeText { kDtype, kTensorType };

// "torch.float32", or the older "torch.FloatTensor" (torch.typename), which ParameterDict still prints.
std::string TypeText(const at::Tensor& tensor, DtypeText style) {
  if (style == DtypeText::kDtype) {
    return absl::StrCat("torch.", std::string(c10::getDtypeNames(tensor.scalar_type()).first));
  }
  return absl::StrCat("torch.", tensor.is_cuda() ? "cuda." : "", c10::toString(tensor.scalar_type()), "Tensor");
}

std::string TensorText(const at::Tensor& tensor, absl::string_view what, DtypeText style) {
  const std::string device = tensor.is_cuda() ? absl::StrCat(" (", tensor.device().str(), ")") : "";
  return absl::StrCat(what, " containing: [", TypeText(tensor, style), " of size ", absl::StrJoin(tensor.sizes(), "x"),
                      device, "]");
}

// type(value).__name__
std::string ShortTypeName(const Attribute& value) {
  if (value.is_none()) return "NoneType";
  const std::string name = value.TypeName();
  return name.substr(name.rfind('.') + 1);
}

// Entries that a parent reads by name; they print as Python does.
template <DtypeText kStyle>
class ParameterContainer : public Module {
 public:
  ParameterContainer(ModuleState& state, std::vector<std::string> keys)
      : Module(state), parts_(state.parts()), keys_(std::move(keys)) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    TORCH_CHECK(false, type_name(), " should not be called.");
  }

  std::string ExtraRepr() const override {
    return absl::StrJoin(keys_, "\n", [this](std::string* out, const std::string& key) {
      absl::StrAppend(out, "  (", key, "): ", EntryText(key));
    });
  }

 private:
  std::string EntryText(const std::string& key) const {
    const at::Tensor* parameter = FindNamed(parts_.parameters, key);
    if (parameter != nullptr && parameter->defined()) return TensorText(*parameter, "Parameter", kStyle);
    const at::Tensor* tensor = FindNamed(parts_.tensors, key);
    if (tensor != nullptr && tensor->defined()) return TensorText(*tensor, "Tensor", kStyle);
    const std::shared_ptr<Module>* child = FindNamed(children(), key);
    if (child != nullptr && *child != nullptr) return absl::StrCat("Object of type: ", (*child)->type_name());
    const Attribute* value = FindNamed(attributes(), key);
    return absl::StrCat("Object of type: ", value == nullptr ? "NoneType" : ShortTypeName(*value));
  }

  const ModuleParts& parts_;  // this module's own
  const std::vector<std::string> keys_;
};

std::vector<std::string> ParameterNames(const ModuleParts& parts) {
  std::vector<std::string> names;
  for (const Named<at::Tensor>& parameter : parts.parameters) names.push_back(parameter.name);
  return names;
}

// Before 1.12 there was no `_size`: all entries were parameters.
std::vector<std::string> ListKeys(ModuleState& state) {
  if (!state.attributes().Has("_size")) return ParameterNames(state.parts());
  const int64_t size = state.attributes().Int("_size");
  const ModuleParts& parts = state.parts();
  const size_t most = parts.parameters.size() + parts.tensors.size() + parts.children.size() + parts.attributes.size();
  if (size < 0 || static_cast<size_t>(size) > most) {
    state.attributes().Fail(absl::StrCat("'_size' is ", size, ", there are ", most, " values"));
    return {};
  }
  std::vector<std::string> keys;
  for (int64_t i = 0; i < size; ++i) keys.push_back(absl::StrCat(i));
  return keys;
}

// `_keys` is a dict of names to None; older releases had an ordinary dict of other values, a set, or no `_keys`.
std::vector<std::string> DictKeys(ModuleState& state) {
  const Attribute& names = state.attributes().Get("_keys");
  std::vector<Attribute> items;
  if (const Attribute::Dict* dict = names.dict()) {
    for (const auto& [key, none] : dict->entries) items.push_back(key);
  } else if (names.sequence() != nullptr) {
    items = names.sequence()->items;
  } else {
    return ParameterNames(state.parts());
  }
  std::vector<std::string> keys;
  for (const Attribute& item : items) {
    if (item.text() == nullptr) state.attributes().Fail(absl::StrCat("'_keys' holds ", item.TypeName(), ", needs str"));
    if (item.text() != nullptr) keys.push_back(*item.text());
  }
  return keys;
}

class ParameterList : public ParameterContainer<DtypeText::kDtype> {
 public:
  explicit ParameterList(ModuleState& state) : ParameterContainer(state, ListKeys(state)) {}
};

class ParameterDict : public ParameterContainer<DtypeText::kTensorType> {
 public:
  explicit ParameterDict(ModuleState& state) : ParameterContainer(state, DictKeys(state)) {}
};

void SetEntry(ModuleDefBuilder& self, absl::string_view name, const Attribute& value) {
  if (value.tensor() != nullptr) return self.Parameter(name, *value.tensor());
  if (value.module() != nullptr) return self.Child(name, value.module());
  self.Attribute(name, value);
}

void ConstructParameterList(AttributeReader& arguments, ModuleDefBuilder& self) {
  const Attribute& values = arguments.Get("values");
  const Attribute::Sequence* sequence = values.sequence();
  if (sequence == nullptr && !values.is_none()) {
    return self.Fail(absl::StrCat("'values' is ", values.TypeName(), ", needs a list"));
  }
  const std::vector<Attribute> items = sequence == nullptr ? std::vector<Attribute>{} : sequence->items;
  self.Attribute("_size", static_cast<int64_t>(items.size()));
  for (size_t i = 0; i < items.size(); ++i) SetEntry(self, absl::StrCat(i), items[i]);
}

void ConstructParameterDict(AttributeReader& arguments, ModuleDefBuilder& self) {
  const Attribute& parameters = arguments.Get("parameters");
  if (parameters.dict() == nullptr && !parameters.is_none()) {
    return self.Fail(absl::StrCat("'parameters' is ", parameters.TypeName(), ", needs a dict"));
  }
  NamedList<Attribute> entries;
  for (const auto& [key, value] : parameters.is_none() ? Attribute::Dict{}.entries : parameters.dict()->entries) {
    if (key.text() == nullptr) return self.Fail(absl::StrCat("a key is ", key.TypeName(), ", needs a str"));
    entries.push_back({*key.text(), value});
  }
  // ParameterDict.update sorts an ordinary dict.
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Named<Attribute>& a, const Named<Attribute>& b) { return a.name < b.name; });
  Attribute::Dict keys;
  for (const Named<Attribute>& entry : entries) keys.entries.emplace_back(entry.name, Attribute());
  self.Attribute("_keys", std::move(keys));
  for (const Named<Attribute>& entry : entries) SetEntry(self, entry.name, entry.value);
}

}  // namespace

absl::Status RegisterParameterContainers(PluginRegistry& registry) {
  return AddTorchNnClasses(registry, "torch.nn.modules.container",
                           {{.name = "ParameterList", .signature = "values=None",
                             .construct = ConstructParameterList, .build = BuildModule<ParameterList>},
                            {.name = "ParameterDict", .signature = "parameters=None",
                             .construct = ConstructParameterDict, .build = BuildModule<ParameterDict>}});
}

}  // namespace loadstone
