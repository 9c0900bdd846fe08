// A class shop.models.Scale that multiplies by FACTOR: libraries of different factors are different classes of one
// name.
#include <ATen/ops/mul.h>

#include "engine/module_state.h"
#include "engine/plugin_descriptor.h"
#include "engine/plugin_registry.h"

namespace {

class Scale : public loadstone::TensorModule {
 public:
  using TensorModule::TensorModule;
  at::Tensor ForwardTensor(const at::Tensor& input) const override { return at::mul(input, FACTOR); }
};

absl::Status Install(loadstone::PluginRegistry& registry) {
  return registry.AddModuleClass({.name = "shop.models.Scale", .build = loadstone::BuildModule<Scale>});
}

}  // namespace

LOADSTONE_PLUGIN(Install);
