#include "custom_ops/torch_nn/functions.h"

#include <algorithm>

#include <ATen/TensorOperators.h>
#include <ATen/ops/abs.h>
#include <ATen/ops/celu.h>
#include <ATen/ops/cos.h>
#include <ATen/ops/elu.h>
#include <ATen/ops/erf.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/glu.h>
#include <ATen/ops/hardshrink.h>
#include <ATen/ops/hardsigmoid.h>
#include <ATen/ops/hardswish.h>
#include <ATen/ops/hardtanh.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/log.h>
#include <ATen/ops/log_sigmoid.h>
#include <ATen/ops/mish.h>
#include <ATen/ops/neg.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/relu6.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/selu.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/sin.h>
#include <ATen/ops/softplus.h>
#include <ATen/ops/softshrink.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/square.h>
#include <ATen/ops/tanh.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace loadstone {
namespace {

struct NamedFunction {
  absl::string_view name;
  UnaryFunction function;
};

constexpr NamedFunction kFunctions[] = {
    {"abs", [](const at::Tensor& x) { return at::abs(x); }},
    {"celu", [](const at::Tensor& x) { return at::celu(x); }},
    {"cos", [](const at::Tensor& x) { return at::cos(x); }},
    {"elu", [](const at::Tensor& x) { return at::elu(x); }},
    {"erf", [](const at::Tensor& x) { return at::erf(x); }},
    {"exp", [](const at::Tensor& x) { return at::exp(x); }},
    {"gelu", [](const at::Tensor& x) { return at::gelu(x); }},
    {"glu", [](const at::Tensor& x) { return at::glu(x); }},
    {"hardshrink", [](const at::Tensor& x) { return at::hardshrink(x); }},
    {"hardsigmoid", [](const at::Tensor& x) { return at::hardsigmoid(x); }},
    {"hardswish", [](const at::Tensor& x) { return at::hardswish(x); }},
    {"hardtanh", [](const at::Tensor& x) { return at::hardtanh(x); }},
    {"leaky_relu", [](const at::Tensor& x) { return at::leaky_relu(x); }},
    {"log", [](const at::Tensor& x) { return at::log(x); }},
    {"log_sigmoid", [](const at::Tensor& x) { return at::log_sigmoid(x); }},
    {"logsigmoid", [](const at::Tensor& x) { return at::log_sigmoid(x); }},
    {"mish", [](const at::Tensor& x) { return at::mish(x); }},
    {"neg", [](const at::Tensor& x) { return at::neg(x); }},
    {"relu", [](const at::Tensor& x) { return at::relu(x); }},
    {"relu6", [](const at::Tensor& x) { return at::relu6(x); }},
    {"rsqrt", [](const at::Tensor& x) { return at::rsqrt(x); }},
    {"selu", [](const at::Tensor& x) { return at::selu(x); }},
    {"sigmoid", [](const at::Tensor& x) { return at::sigmoid(x); }},
    {"silu", [](const at::Tensor& x) { return at::silu(x); }},
    {"sin", [](const at::Tensor& x) { return at::sin(x); }},
    {"softplus", [](const at::Tensor& x) { return at::softplus(x); }},
    {"softshrink", [](const at::Tensor& x) { return at::softshrink(x); }},
    {"softsign", [](const at::Tensor& x) { return x / (at::abs(x) + 1); }},
    {"sqrt", [](const at::Tensor& x) { return at::sqrt(x); }},
    {"square", [](const at::Tensor& x) { return at::square(x); }},
    {"tanh", [](const at::Tensor& x) { return at::tanh(x); }},
    {"tanhshrink", [](const at::Tensor& x) { return x - at::tanh(x); }},
};

// The same function under any of these is the same function; "torch." itself comes last.
constexpr absl::string_view kPrefixes[] = {"torch.nn.functional.", "torch._C._nn.", "torch._C._VariableFunctionsClass.",
                                           "torch._C._VariableFunctions.", "torch."};

}  // namespace

UnaryFunction FindUnaryFunction(absl::string_view qualified_name) {
  const auto prefix = std::find_if(std::begin(kPrefixes), std::end(kPrefixes), [&](absl::string_view candidate) {
    return absl::StartsWith(qualified_name, candidate);
  });
  if (prefix == std::end(kPrefixes)) return nullptr;
  const absl::string_view name = absl::StripPrefix(qualified_name, *prefix);
  for (const NamedFunction& entry : kFunctions) {
    if (entry.name == name) return entry.function;
  }
  return nullptr;
}

UnaryCallable::UnaryCallable(ModuleState& state, absl::string_view name) {
  // As for any object, Python looks into the instance before Module.__getattr__ looks into the children.
  if (!state.attributes().Has(name)) module_ = state.OptionalChild(name);
  if (module_ != nullptr) return;
  const Attribute& value = state.attributes().Get(name);
  if (value.symbol() != nullptr) function_ = FindUnaryFunction(value.symbol()->name);
  if (function_ != nullptr) return;
  state.attributes().Fail(absl::StrCat("'", name, "' is ", value.TypeName(),
                                       ", needs a module or a function of torch.nn.functional that takes one tensor"));
}

}  // namespace loadstone
