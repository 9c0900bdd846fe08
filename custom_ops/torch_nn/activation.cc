#include "custom_ops/torch_nn/activation.h"

#include <string>
#include <utility>

#include <ATen/core/Tensor.h>
#include <ATen/ops/abs.h>
#include <ATen/ops/celu.h>
#include <ATen/ops/elu.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/glu.h>
#include <ATen/ops/hardshrink.h>
#include <ATen/ops/hardsigmoid.h>
#include <ATen/ops/hardswish.h>
#include <ATen/ops/hardtanh.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/log_sigmoid.h>
#include <ATen/ops/mish.h>
#include <ATen/ops/prelu.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/rrelu.h>
#include <ATen/ops/selu.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/softplus.h>
#include <ATen/ops/softshrink.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/threshold.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

// kFunction of the input and nothing else.
template <at::Tensor (*kFunction)(const at::Tensor&)>
class Plain : public TensorModule {
 public:
  using TensorModule::TensorModule;
  at::Tensor ForwardTensor(const at::Tensor& input) const override { return kFunction(input); }
};

at::Tensor Softsign(const at::Tensor& input) { return input.div(input.abs().add(1)); }
at::Tensor Tanhshrink(const at::Tensor& input) { return input.sub(input.tanh()); }

// Classes that may write their result into the input, which then changes for everyone who holds it, as in Python.
class InplaceModule : public TensorModule {
 public:
  explicit InplaceModule(ModuleState& state) : TensorModule(state), inplace_(state.attributes().Bool("inplace")) {}

 protected:
  const bool inplace_;
};

enum class Prints { kNothing, kInplace };

template <at::Tensor (*kFunction)(const at::Tensor&), at::Tensor& (*kInplaceFunction)(at::Tensor&), Prints kPrints>
class PlainInplace : public InplaceModule {
 public:
  using InplaceModule::InplaceModule;

  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    if (!inplace_) return kFunction(input);
    at::Tensor self = input;
    return kInplaceFunction(self);
  }

  std::string ExtraRepr() const override {
    return kPrints == Prints::kInplace ? FormatInplace(inplace_, InplaceText::kAlone) : "";
  }
};

// Functions with numbers, each from the attribute of its name. `Function` has kPattern, for extra_repr, and operator().
template <typename Function>
class WithNumbers : public TensorModule {
 public:
  explicit WithNumbers(ModuleState& state) : TensorModule(state), function_(state.attributes()) {}
  at::Tensor ForwardTensor(const at::Tensor& input) const override { return function_(input); }
  std::string ExtraRepr() const override { return FormatAttributes(*this, Function::kPattern); }

 private:
  const Function function_;
};

template <typename Function>
class WithNumbersInplace : public InplaceModule {
 public:
  explicit WithNumbersInplace(ModuleState& state) : InplaceModule(state), function_(state.attributes()) {}

  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    if (!inplace_) return function_(input);
    at::Tensor self = input;
    return function_.Inplace(self);
  }

  std::string ExtraRepr() const override {
    return absl::StrCat(FormatAttributes(*this, Function::kPattern),
                        FormatInplace(inplace_, InplaceText::kAfterOthers));
  }

 private:
  const Function function_;
};

struct Elu {
  static constexpr char kPattern[] = "alpha={alpha}";
  explicit Elu(AttributeReader& attributes) : alpha(Number(attributes, "alpha")) {}
  at::Tensor operator()(const at::Tensor& input) const { return at::elu(input, alpha); }
  at::Tensor Inplace(at::Tensor& self) const { return at::elu_(self, alpha); }
  at::Scalar alpha;
};

struct Celu : Elu {
  using Elu::Elu;
  at::Tensor operator()(const at::Tensor& input) const { return at::celu(input, alpha); }
  at::Tensor Inplace(at::Tensor& self) const { return at::celu_(self, alpha); }
};

struct LeakyRelu {
  static constexpr char kPattern[] = "negative_slope={negative_slope}";
  explicit LeakyRelu(AttributeReader& attributes) : negative_slope(Number(attributes, "negative_slope")) {}
  at::Tensor operator()(const at::Tensor& input) const { return at::leaky_relu(input, negative_slope); }
  at::Tensor Inplace(at::Tensor& self) const { return at::leaky_relu_(self, negative_slope); }
  at::Scalar negative_slope;
};

struct Hardtanh {
  static constexpr char kPattern[] = "min_val={min_val}, max_val={max_val}";
  explicit Hardtanh(AttributeReader& attributes)
      : min_val(Number(attributes, "min_val")), max_val(Number(attributes, "max_val")) {
    if (min_val.toDouble() > max_val.toDouble()) attributes.Fail("min_val cannot be greater than max_val");
  }
  at::Tensor operator()(const at::Tensor& input) const { return at::hardtanh(input, min_val, max_val); }
  at::Tensor Inplace(at::Tensor& self) const { return at::hardtanh_(self, min_val, max_val); }
  at::Scalar min_val;
  at::Scalar max_val;
};

class Relu6 : public WithNumbersInplace<Hardtanh> {
 public:
  using WithNumbersInplace::WithNumbersInplace;
  std::string ExtraRepr() const override { return FormatInplace(inplace_, InplaceText::kAlone); }
};

struct RRelu {
  static constexpr char kPattern[] = "lower={lower}, upper={upper}";
  explicit RRelu(AttributeReader& attributes)
      : lower(Number(attributes, "lower")), upper(Number(attributes, "upper")) {}
  at::Tensor operator()(const at::Tensor& input) const { return at::rrelu(input, lower, upper, /*training=*/false); }
  at::Tensor Inplace(at::Tensor& self) const { return at::rrelu_(self, lower, upper, /*training=*/false); }
  at::Scalar lower;
  at::Scalar upper;
};

struct Threshold {
  static constexpr char kPattern[] = "threshold={threshold}, value={value}";
  explicit Threshold(AttributeReader& attributes)
      : threshold(Number(attributes, "threshold")), value(Number(attributes, "value")) {}
  at::Tensor operator()(const at::Tensor& input) const { return at::threshold(input, threshold, value); }
  at::Tensor Inplace(at::Tensor& self) const { return at::threshold_(self, threshold, value); }
  at::Scalar threshold;
  at::Scalar value;
};

struct Softplus {
  static constexpr char kPattern[] = "beta={beta}, threshold={threshold}";
  explicit Softplus(AttributeReader& attributes)
      : beta(Number(attributes, "beta")), threshold(Number(attributes, "threshold")) {}
  at::Tensor operator()(const at::Tensor& input) const { return at::softplus(input, beta, threshold); }
  at::Scalar beta;
  at::Scalar threshold;
};

struct Softshrink {
  static constexpr char kPattern[] = "{lambd}";
  explicit Softshrink(AttributeReader& attributes) : lambd(Number(attributes, "lambd")) {}
  at::Tensor operator()(const at::Tensor& input) const { return at::softshrink(input, lambd); }
  at::Scalar lambd;
};

struct Hardshrink : Softshrink {
  using Softshrink::Softshrink;
  at::Tensor operator()(const at::Tensor& input) const { return at::hardshrink(input, lambd); }
};

struct Gelu {
  static constexpr char kPattern[] = "approximate={approximate!r}";
  explicit Gelu(AttributeReader& attributes) : approximate(attributes.Text("approximate")) {}
  at::Tensor operator()(const at::Tensor& input) const { return at::gelu(input, approximate); }
  std::string approximate;
};

struct Glu {
  static constexpr char kPattern[] = "dim={dim}";
  explicit Glu(AttributeReader& attributes) : dim(attributes.Int("dim")) {}
  at::Tensor operator()(const at::Tensor& input) const {
    TORCH_CHECK(input.dim() > 0, "glu does not support scalars because halving size must be even");
    return at::glu(input, dim);
  }
  int64_t dim;
};

class PRelu : public TensorModule {
 public:
  explicit PRelu(ModuleState& state) : TensorModule(state), weight_(RequiredTensor(state, "weight")) {}
  at::Tensor ForwardTensor(const at::Tensor& input) const override { return at::prelu(input, weight_); }
  std::string ExtraRepr() const override { return FormatAttributes(*this, "num_parameters={num_parameters}"); }

 private:
  const at::Tensor& weight_;
};

void ConstructPRelu(AttributeReader& arguments, ModuleDefBuilder& self) {
  StoreArguments(arguments, self, {"num_parameters", "init"});
  AddParameter(arguments, self, "weight", {arguments.Int("num_parameters")}, arguments.Float("init"));
}

void ConstructHardtanh(AttributeReader& arguments, ModuleDefBuilder& self) {
  for (const auto& [name, old_name] : {std::pair("min_val", "min_value"), std::pair("max_val", "max_value")}) {
    self.Attribute(name, arguments.Get(arguments.Get(old_name).is_none() ? name : old_name));
  }
  StoreArguments(arguments, self, {"inplace"});
}

void ConstructRelu6(AttributeReader& arguments, ModuleDefBuilder& self) {
  self.Super("torch.nn.modules.activation.Hardtanh", {0.0, 6.0, arguments.Get("inplace")});
}

template <typename T>
ModuleClass PlainClass(absl::string_view name) {
  return {.name = std::string(name), .signature = "*args, **kwargs", .construct = StoreNothing(),
          .build = BuildModule<T>};
}

template <typename T>
ModuleClass InplaceClass(absl::string_view name) {
  return {.name = std::string(name), .signature = "inplace=False", .construct = StoreArguments({"inplace"}),
          .build = BuildModule<T>, .set_state = FillAbsent({{"inplace", false}})};
}

}  // namespace

absl::Status RegisterActivation(PluginRegistry& registry) {
  const SetStateFunction not_inplace = FillAbsent({{"inplace", false}});
  return AddTorchNnClasses(
      registry, "torch.nn.modules.activation",
      {PlainClass<Plain<at::sigmoid>>("Sigmoid"),
       PlainClass<Plain<at::tanh>>("Tanh"),
       PlainClass<Plain<at::log_sigmoid>>("LogSigmoid"),
       PlainClass<Plain<Softsign>>("Softsign"),
       PlainClass<Plain<Tanhshrink>>("Tanhshrink"),
       InplaceClass<PlainInplace<at::relu, at::relu_, Prints::kInplace>>("ReLU"),
       InplaceClass<PlainInplace<at::selu, at::selu_, Prints::kInplace>>("SELU"),
       InplaceClass<PlainInplace<at::silu, at::silu_, Prints::kInplace>>("SiLU"),
       InplaceClass<PlainInplace<at::mish, at::mish_, Prints::kInplace>>("Mish"),
       InplaceClass<PlainInplace<at::hardswish, at::hardswish_, Prints::kNothing>>("Hardswish"),
       InplaceClass<PlainInplace<at::hardsigmoid, at::hardsigmoid_, Prints::kNothing>>("Hardsigmoid"),
       {.name = "ReLU6", .signature = "inplace=False", .construct = ConstructRelu6, .build = BuildModule<Relu6>,
        .set_state = FillAbsent({{"min_val", 0.0}, {"max_val", 6.0}, {"inplace", false}})},
       {.name = "Hardtanh",
        .signature = "min_val=-1.0, max_val=1.0, inplace=False, min_value=None, max_value=None",
        .construct = ConstructHardtanh, .build = BuildModule<WithNumbersInplace<Hardtanh>>, .set_state = not_inplace},
       {.name = "ELU", .signature = "alpha=1.0, inplace=False", .construct = StoreArguments({"alpha", "inplace"}),
        .build = BuildModule<WithNumbersInplace<Elu>>, .set_state = not_inplace},
       {.name = "CELU", .signature = "alpha=1.0, inplace=False", .construct = StoreArguments({"alpha", "inplace"}),
        .build = BuildModule<WithNumbersInplace<Celu>>, .set_state = not_inplace},
       {.name = "LeakyReLU", .signature = "negative_slope=0.01, inplace=False",
        .construct = StoreArguments({"negative_slope", "inplace"}),
        .build = BuildModule<WithNumbersInplace<LeakyRelu>>, .set_state = not_inplace},
       {.name = "RReLU", .signature = "lower=0.125, upper=0.3333333333333333, inplace=False",
        .construct = StoreArguments({"lower", "upper", "inplace"}), .build = BuildModule<WithNumbersInplace<RRelu>>,
        .set_state = not_inplace},
       {.name = "Threshold", .signature = "threshold, value, inplace=False",
        .construct = StoreArguments({"threshold", "value", "inplace"}),
        .build = BuildModule<WithNumbersInplace<Threshold>>, .set_state = not_inplace},
       {.name = "Softplus", .signature = "beta=1.0, threshold=20.0", .construct = StoreArguments({"beta", "threshold"}),
        .build = BuildModule<WithNumbers<Softplus>>},
       {.name = "Softshrink", .signature = "lambd=0.5", .construct = StoreArguments({"lambd"}),
        .build = BuildModule<WithNumbers<Softshrink>>},
       {.name = "Hardshrink", .signature = "lambd=0.5", .construct = StoreArguments({"lambd"}),
        .build = BuildModule<WithNumbers<Hardshrink>>},
       {.name = "GELU", .signature = "approximate='none'", .construct = StoreArguments({"approximate"}),
        .build = BuildModule<WithNumbers<Gelu>>, .set_state = FillAbsent({{"approximate", "none"}})},
       {.name = "GLU", .signature = "dim=-1", .construct = StoreArguments({"dim"}),
        .build = BuildModule<WithNumbers<Glu>>},
       {.name = "PReLU", .signature = "num_parameters=1, init=0.25, device=None, dtype=None",
        .construct = ConstructPRelu, .build = BuildModule<PRelu>}});
}

}  // namespace loadstone
