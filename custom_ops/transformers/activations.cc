#include "custom_ops/transformers/activations.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/tanh.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone::transformers {
namespace {

// A class without state, whose forward is one function.
template <at::Tensor (*kFunction)(const at::Tensor&)>
class Activation : public TensorModule {
 public:
  explicit Activation(ModuleState& state) : TensorModule(state) {}
  at::Tensor ForwardTensor(const at::Tensor& input) const override { return kFunction(input); }
};

at::Tensor Gelu(const at::Tensor& x) { return at::gelu(x); }
at::Tensor GeluTanh(const at::Tensor& x) { return at::gelu(x, "tanh"); }
at::Tensor Silu(const at::Tensor& x) { return at::silu(x); }
at::Tensor QuickGelu(const at::Tensor& x) { return x * at::sigmoid(1.702 * x); }
at::Tensor NewGelu(const at::Tensor& x) {
  return 0.5 * x * (1.0 + at::tanh(std::sqrt(2.0 / M_PI) * (x + 0.044715 * at::pow(x, 3.0))));
}
at::Tensor FastGelu(const at::Tensor& x) {
  return 0.5 * x * (1.0 + at::tanh(x * 0.7978845608 * (1.0 + 0.044715 * x * x)));
}

template <at::Tensor (*kFunction)(const at::Tensor&)>
ModuleClass ActivationClass(absl::string_view name) {
  return {.name = absl::StrCat("transformers.activations.", name),
          .construct = [](AttributeReader&, ModuleDefBuilder&) {},
          .build = BuildModule<Activation<kFunction>>};
}

struct ActivationName {
  absl::string_view name;
  absl::string_view class_name;
};

// transformers.activations.ACT2CLS
constexpr ActivationName kActivations[] = {
    {"gelu", "transformers.activations.GELUActivation"},
    {"gelu_fast", "transformers.activations.FastGELUActivation"},
    {"gelu_new", "transformers.activations.NewGELUActivation"},
    {"gelu_pytorch_tanh", "transformers.activations.GELUTanh"},
    {"mish", "torch.nn.Mish"},
    {"quick_gelu", "transformers.activations.QuickGELUActivation"},
    {"relu", "torch.nn.ReLU"},
    {"sigmoid", "torch.nn.Sigmoid"},
    {"silu", "transformers.activations.SiLUActivation"},
    {"swish", "torch.nn.SiLU"},
    {"tanh", "torch.nn.Tanh"},
};

}  // namespace

absl::Status RegisterActivations(PluginRegistry& registry) {
  RETURN_IF_ERROR(registry.AddModuleClass(ActivationClass<Gelu>("GELUActivation")));
  RETURN_IF_ERROR(registry.AddModuleClass(ActivationClass<NewGelu>("NewGELUActivation")));
  RETURN_IF_ERROR(registry.AddModuleClass(ActivationClass<FastGelu>("FastGELUActivation")));
  RETURN_IF_ERROR(registry.AddModuleClass(ActivationClass<QuickGelu>("QuickGELUActivation")));
  RETURN_IF_ERROR(registry.AddModuleClass(ActivationClass<GeluTanh>("GELUTanh")));
  RETURN_IF_ERROR(registry.AddModuleClass(ActivationClass<Silu>("SiLUActivation")));
  return registry.AddClassAlias("transformers.activations.PytorchGELUTanh", "transformers.activations.GELUTanh");
}

std::shared_ptr<ModuleDef> NewActivation(ModuleDefBuilder& self, absl::string_view name) {
  std::vector<absl::string_view> names;
  for (const ActivationName& activation : kActivations) {
    if (activation.name == name) return self.New(activation.class_name);
    names.push_back(activation.name);
  }
  self.Fail(absl::StrCat("hidden_act is ", name, ", needs one of ", absl::StrJoin(names, ", ")));
  return nullptr;
}

}  // namespace loadstone::transformers
