#include "custom_ops/torch_nn/hooks.h"

#include <string>
#include <utility>

#include <ATen/ops/_weight_norm.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/reparametrization.h"
#include "engine/attribute_reader.h"
#include "engine/base/status_macros.h"

namespace loadstone {
namespace {

// The attributes of a hook object.
NamedList<Attribute> StateOf(const Attribute& hook) {
  NamedList<Attribute> state;
  const Attribute::Object* object = hook.object();
  const Attribute::Dict* dict = object == nullptr ? nullptr : object->state.dict();
  if (dict == nullptr) return state;
  for (const auto& [name, value] : dict->entries) {
    if (name.text() != nullptr) state.push_back({*name.text(), value});
  }
  return state;
}

// A parameter or buffer of the module.
absl::StatusOr<at::Tensor> Tensor(const ModuleDef& module, const std::string& name) {
  for (const NamedList<at::Tensor>* list : {&module.parameters, &module.buffers}) {
    const at::Tensor* tensor = FindNamed(*list, name);
    if (tensor != nullptr && tensor->defined()) return *tensor;
  }
  return absl::InvalidArgumentError(absl::StrCat(module.class_name, " has no tensor '", name, "'"));
}

void SetTensor(ModuleDef& module, const std::string& name, at::Tensor value) {
  if (Attribute* existing = FindNamed(module.attributes, name)) {
    *existing = Attribute(std::move(value));
  } else {
    module.attributes.push_back({name, Attribute(std::move(value))});
  }
}

// torch.nn.utils.weight_norm.WeightNorm.compute_weight
absl::Status ApplyWeightNorm(const Attribute& hook, ModuleDef& module) {
  const NamedList<Attribute> state = StateOf(hook);
  AttributeReader read("WeightNorm", state);
  const std::string name = read.Text("name");
  const int64_t dim = read.Int("dim");  // -1: one norm of the whole tensor
  RETURN_IF_ERROR(read.status());
  ASSIGN_OR_RETURN(const at::Tensor g, Tensor(module, name + "_g"));
  ASSIGN_OR_RETURN(const at::Tensor v, Tensor(module, name + "_v"));
  SetTensor(module, name, at::_weight_norm(v, g, dim));
  return absl::OkStatus();
}

absl::Status ApplySpectralNorm(const Attribute& hook, ModuleDef& module) {
  const NamedList<Attribute> state = StateOf(hook);
  AttributeReader read("SpectralNorm", state);
  const std::string name = read.Text("name");
  const int64_t dim = read.Int("dim", 0);
  RETURN_IF_ERROR(read.status());
  ASSIGN_OR_RETURN(const at::Tensor weight, Tensor(module, name + "_orig"));
  ASSIGN_OR_RETURN(const at::Tensor u, Tensor(module, name + "_u"));
  ASSIGN_OR_RETURN(const at::Tensor v, Tensor(module, name + "_v"));
  SetTensor(module, name, SpectralNormWeight(weight, u, v, dim));
  return absl::OkStatus();
}

absl::Status ApplyPruning(const Attribute& hook, ModuleDef& module) {
  const NamedList<Attribute> state = StateOf(hook);
  AttributeReader read("pruning method", state);
  const std::string name = read.Text("_tensor_name");
  RETURN_IF_ERROR(read.status());
  ASSIGN_OR_RETURN(const at::Tensor original, Tensor(module, name + "_orig"));
  ASSIGN_OR_RETURN(const at::Tensor mask, Tensor(module, name + "_mask"));
  SetTensor(module, name, PrunedTensor(original, mask));
  return absl::OkStatus();
}

}  // namespace

absl::Status RegisterHooks(PluginRegistry& registry) {
  RETURN_IF_ERROR(
      registry.AddForwardHook({.name = "torch.nn.utils.weight_norm.WeightNorm", .apply = ApplyWeightNorm}));
  RETURN_IF_ERROR(
      registry.AddForwardHook({.name = "torch.nn.utils.spectral_norm.SpectralNorm", .apply = ApplySpectralNorm}));
  for (const absl::string_view method : {"PruningContainer", "Identity", "RandomUnstructured", "L1Unstructured",
                                         "RandomStructured", "LnStructured", "CustomFromMask"}) {
    RETURN_IF_ERROR(
        registry.AddForwardHook({.name = absl::StrCat("torch.nn.utils.prune.", method), .apply = ApplyPruning}));
  }
  return absl::OkStatus();
}

}  // namespace loadstone
