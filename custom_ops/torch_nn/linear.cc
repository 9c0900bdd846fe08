#include "custom_ops/torch_nn/linear.h"

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/bilinear.h>
#include <ATen/ops/linear.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

class Linear : public TensorModule {
 public:
  explicit Linear(ModuleState& state)
      : TensorModule(state), weight_(RequiredTensor(state, "weight")), bias_(SelfTensor(state, "bias")) {}

  at::Tensor ForwardTensor(const at::Tensor& input) const override { return at::linear(input, weight_, OrNone(bias_)); }

  std::string ExtraRepr() const override {
    return absl::StrCat(FormatAttributes(*this, "in_features={in_features}, out_features={out_features}, bias="),
                        PythonBool(bias_.defined()));
  }

 private:
  const at::Tensor& weight_;
  const at::Tensor& bias_;
};

class Bilinear : public Module {
 public:
  explicit Bilinear(ModuleState& state)
      : Module(state), weight_(RequiredTensor(state, "weight")), bias_(SelfTensor(state, "bias")) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    static constexpr absl::string_view kNames[] = {"input1", "input2"};
    const std::vector<c10::IValue> bound = BindInputs(inputs, kNames, 2);
    return at::bilinear(bound[0].toTensor(), bound[1].toTensor(), weight_, OrNone(bias_));
  }

  std::string ExtraRepr() const override {
    return absl::StrCat(
        FormatAttributes(*this,
                         "in1_features={in1_features}, in2_features={in2_features}, out_features={out_features}"),
        ", bias=", PythonBool(bias_.defined()));
  }

 private:
  const at::Tensor& weight_;
  const at::Tensor& bias_;
};

// Gives back whatever it is given.
class Identity : public Module {
 public:
  using Module::Module;
  c10::IValue Forward(const Inputs& inputs) const override {
    static constexpr absl::string_view kNames[] = {"input"};
    return BindInputs(inputs, kNames, 0).front();
  }

 protected:
  at::Tensor CallWithTensor(const at::Tensor& input) const override { return input; }
};

void AddBias(AttributeReader& arguments, ModuleDefBuilder& self, int64_t size) {
  if (arguments.Bool("bias")) {
    AddParameter(arguments, self, "bias", {size});
  } else {
    self.NoParameter("bias");
  }
}

void ConstructLinear(AttributeReader& arguments, ModuleDefBuilder& self) {
  StoreArguments(arguments, self, {"in_features", "out_features"});
  const int64_t out_features = arguments.Int("out_features");
  AddParameter(arguments, self, "weight", {out_features, arguments.Int("in_features")});
  AddBias(arguments, self, out_features);
}

void ConstructBilinear(AttributeReader& arguments, ModuleDefBuilder& self) {
  StoreArguments(arguments, self, {"in1_features", "in2_features", "out_features"});
  const int64_t in1_features = arguments.Int("in1_features");
  if (in1_features <= 0) {
    self.Fail(absl::StrCat("in1_features must be > 0, but got (in1_features=", in1_features, ")"));
  }
  const int64_t out_features = arguments.Int("out_features");
  AddParameter(arguments, self, "weight", {out_features, in1_features, arguments.Int("in2_features")});
  AddBias(arguments, self, out_features);
}

}  // namespace

absl::Status RegisterLinear(PluginRegistry& registry) {
  constexpr char kLinearSignature[] = "in_features, out_features, bias=True, device=None, dtype=None";
  absl::Status status = AddTorchNnClasses(
      registry, "torch.nn.modules.linear",
      {{.name = "Linear", .signature = kLinearSignature, .construct = ConstructLinear, .build = BuildModule<Linear>},
       {.name = "NonDynamicallyQuantizableLinear", .signature = kLinearSignature, .construct = ConstructLinear,
        .build = BuildModule<Linear>},
       {.name = "Bilinear",
        .signature = "in1_features, in2_features, out_features, bias=True, device=None, dtype=None",
        .construct = ConstructBilinear, .build = BuildModule<Bilinear>},
       {.name = "Identity", .signature = "*args, **kwargs", .construct = StoreNothing(),
        .build = BuildModule<Identity>}});
  // MultiheadAttention.out_proj in files of 1.7 and 1.8.
  status.Update(registry.AddClassAlias("torch.nn.modules.linear._LinearWithBias", "torch.nn.modules.linear.Linear"));
  return status;
}

}  // namespace loadstone
