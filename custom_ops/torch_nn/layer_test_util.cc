#include "custom_ops/torch_nn/layer_test_util.h"

#include <memory>
#include <utility>
#include <vector>

#include <ATen/ops/linspace.h>

#include "custom_ops/torch_nn/register.h"
#include "engine/base/status_macros.h"
#include "engine/module_def_builder.h"
#include "engine/plugin_registry.h"

namespace loadstone::testing {
namespace {

const PluginRegistry& TorchNn() {
  static const PluginRegistry* const kRegistry = [] {
    auto* registry = new PluginRegistry();
    return RegisterTorchNn(*registry).ok() ? registry : nullptr;
  }();
  return *kRegistry;
}

}  // namespace

absl::StatusOr<std::shared_ptr<ModuleDef>> ConstructLayer(absl::string_view class_name, const Arguments& arguments) {
  return Construct(class_name, arguments, TorchNn());
}

at::Tensor Ramp(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  return at::linspace(-0.5, 0.5, count).reshape(shape);
}

absl::StatusOr<std::shared_ptr<Module>> BuildLayer(ModuleDef& def) {
  ASSIGN_OR_RETURN(const ModuleClass* module_class, TorchNn().FindModuleClass(def.class_name));
  if (module_class->set_state != nullptr) module_class->set_state(def);
  ModuleParts parts;
  parts.class_name = def.class_name;
  for (const Named<std::shared_ptr<ModuleDef>>& child : def.children) {
    std::shared_ptr<Module> module;
    if (child.value != nullptr) {
      ASSIGN_OR_RETURN(module, BuildLayer(*child.value));
    }
    parts.children.push_back({child.name, std::move(module)});
  }
  parts.attributes = def.attributes;
  parts.parameters = def.parameters;
  parts.buffers = def.buffers;
  for (Named<at::Tensor>& parameter : parts.parameters) {
    if (parameter.value.defined() && parameter.value.is_meta()) parameter.value = Ramp(parameter.value.sizes().vec());
  }
  return module_class->build(std::move(parts));
}

absl::StatusOr<std::shared_ptr<Module>> BuildLayer(absl::string_view class_name, const Arguments& arguments) {
  ASSIGN_OR_RETURN(const std::shared_ptr<ModuleDef> def, ConstructLayer(class_name, arguments));
  return BuildLayer(*def);
}

std::vector<float> Numbers(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.contiguous();
  return {flat.const_data_ptr<float>(), flat.const_data_ptr<float>() + flat.numel()};
}

}  // namespace loadstone::testing
