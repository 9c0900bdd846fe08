#include "custom_ops/torch_nn/pooling.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/abs.h>
#include <ATen/ops/avg_pool1d.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/avg_pool3d.h>
#include <ATen/ops/max_pool1d.h>
#include <ATen/ops/max_pool1d_with_indices.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/max_pool2d_with_indices.h>
#include <ATen/ops/max_pool3d.h>
#include <ATen/ops/max_pool3d_with_indices.h>
#include <ATen/ops/neg.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sign.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

struct Window {
  Window(AttributeReader& attributes, size_t dims)
      : kernel_size(Sizes(attributes, "kernel_size", dims)), stride(SizesOr(attributes, "stride", kernel_size)) {}

  std::vector<int64_t> kernel_size;
  std::vector<int64_t> stride;
};

template <size_t kDims>
at::Tensor MaxPoolOf(const at::Tensor& input, const Window& window, at::IntArrayRef padding, at::IntArrayRef dilation,
                     bool ceil_mode) {
  if constexpr (kDims == 1) {
    return at::max_pool1d(input, window.kernel_size, window.stride, padding, dilation, ceil_mode);
  } else if constexpr (kDims == 2) {
    return at::max_pool2d(input, window.kernel_size, window.stride, padding, dilation, ceil_mode);
  } else {
    return at::max_pool3d(input, window.kernel_size, window.stride, padding, dilation, ceil_mode);
  }
}

template <size_t kDims>
at::Tensor AvgPoolOf(const at::Tensor& input, const Window& window, at::IntArrayRef padding, bool ceil_mode,
                     bool count_include_pad, std::optional<int64_t> divisor) {
  if constexpr (kDims == 1) {
    return at::avg_pool1d(input, window.kernel_size, window.stride, padding, ceil_mode, count_include_pad);
  } else if constexpr (kDims == 2) {
    return at::avg_pool2d(input, window.kernel_size, window.stride, padding, ceil_mode, count_include_pad, divisor);
  } else {
    return at::avg_pool3d(input, window.kernel_size, window.stride, padding, ceil_mode, count_include_pad, divisor);
  }
}

template <size_t kDims>
class MaxPool : public Module {
 public:
  explicit MaxPool(ModuleState& state)
      : Module(state),
        window_(state.attributes(), kDims),
        padding_(Sizes(state.attributes(), "padding", kDims)),
        dilation_(Sizes(state.attributes(), "dilation", kDims)),
        return_indices_(state.attributes().Bool("return_indices")),
        ceil_mode_(state.attributes().Bool("ceil_mode")) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    static constexpr absl::string_view kNames[] = {"input"};
    const at::Tensor input = BindInputs(inputs, kNames, 1).front().toTensor();
    if (!return_indices_) return MaxPoolOf<kDims>(input, window_, padding_, dilation_, ceil_mode_);
    return c10::IValue(WithIndices(input));
  }

  std::string ExtraRepr() const override {
    return FormatAttributes(*this, "kernel_size={kernel_size}, stride={stride}, padding={padding}, "
                                   "dilation={dilation}, ceil_mode={ceil_mode}");
  }

 private:
  std::tuple<at::Tensor, at::Tensor> WithIndices(const at::Tensor& input) const {
    const Window& w = window_;
    if constexpr (kDims == 1) {
      return at::max_pool1d_with_indices(input, w.kernel_size, w.stride, padding_, dilation_, ceil_mode_);
    } else if constexpr (kDims == 2) {
      return at::max_pool2d_with_indices(input, w.kernel_size, w.stride, padding_, dilation_, ceil_mode_);
    } else {
      return at::max_pool3d_with_indices(input, w.kernel_size, w.stride, padding_, dilation_, ceil_mode_);
    }
  }

  const Window window_;
  const std::vector<int64_t> padding_;
  const std::vector<int64_t> dilation_;
  const bool return_indices_;
  const bool ceil_mode_;
};

template <size_t kDims>
class AvgPool : public TensorModule {
 public:
  explicit AvgPool(ModuleState& state)
      : TensorModule(state),
        window_(state.attributes(), kDims),
        padding_(Sizes(state.attributes(), "padding", kDims)),
        ceil_mode_(state.attributes().Bool("ceil_mode")),
        count_include_pad_(state.attributes().Bool("count_include_pad")),
        divisor_override_(state.attributes().OptionalInt("divisor_override")) {}

  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    return AvgPoolOf<kDims>(input, window_, padding_, ceil_mode_, count_include_pad_, divisor_override_);
  }

  std::string ExtraRepr() const override {
    return FormatAttributes(*this, "kernel_size={kernel_size}, stride={stride}, padding={padding}");
  }

 private:
  const Window window_;
  const std::vector<int64_t> padding_;
  const bool ceil_mode_;
  const bool count_include_pad_;
  const std::optional<int64_t> divisor_override_;
};

template <size_t kDims>
class LpPool : public TensorModule {
 public:
  explicit LpPool(ModuleState& state)
      : TensorModule(state),
        window_(state.attributes(), kDims),
        norm_type_(state.attributes().Float("norm_type")),
        ceil_mode_(state.attributes().Bool("ceil_mode")) {
    if (norm_type_ == 0) state.attributes().Fail("norm_type is 0");
  }

  // torch.nn.functional.lp_pool1d and its like
  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    if (std::isinf(norm_type_)) {
      if (norm_type_ > 0) return MaxPoolOf<kDims>(input.abs(), window_, kZeros, kOnes, ceil_mode_);
      return MaxPoolOf<kDims>(input.abs().neg(), window_, kZeros, kOnes, ceil_mode_).neg();
    }
    const at::Tensor mean = AvgPoolOf<kDims>(input.pow(norm_type_), window_, kZeros, ceil_mode_,
                                             /*count_include_pad=*/true, /*divisor=*/std::nullopt);
    double count = 1;
    for (const int64_t size : window_.kernel_size) count *= static_cast<double>(size);
    return at::sign(mean).mul(at::relu(at::abs(mean))).mul(count).pow(1.0 / norm_type_);
  }

  std::string ExtraRepr() const override {
    return FormatAttributes(
        *this, "norm_type={norm_type}, kernel_size={kernel_size}, stride={stride}, ceil_mode={ceil_mode}");
  }

 private:
  static constexpr int64_t kZeros[] = {0};  // for every dimension
  static constexpr int64_t kOnes[] = {1};

  const Window window_;
  const double norm_type_;
  const bool ceil_mode_;
};

// stride if stride is not None else kernel_size
const Attribute& StrideOrKernel(AttributeReader& arguments) {
  return arguments.Get(arguments.Get("stride").is_none() ? "kernel_size" : "stride");
}

void ConstructMaxPool(AttributeReader& arguments, ModuleDefBuilder& self) {
  self.Attribute("kernel_size", arguments.Get("kernel_size"));
  self.Attribute("stride", StrideOrKernel(arguments));
  StoreArguments(arguments, self, {"padding", "dilation", "return_indices", "ceil_mode"});
}

void ConstructAvgPool1d(AttributeReader& arguments, ModuleDefBuilder& self) {
  self.Attribute("kernel_size", NTuple(arguments.Get("kernel_size"), 1));
  self.Attribute("stride", NTuple(StrideOrKernel(arguments), 1));
  self.Attribute("padding", NTuple(arguments.Get("padding"), 1));
  StoreArguments(arguments, self, {"ceil_mode", "count_include_pad"});
}

void ConstructAvgPool(AttributeReader& arguments, ModuleDefBuilder& self) {
  self.Attribute("kernel_size", arguments.Get("kernel_size"));
  self.Attribute("stride", StrideOrKernel(arguments));
  StoreArguments(arguments, self, {"padding", "ceil_mode", "count_include_pad", "divisor_override"});
}

template <size_t kDims>
void AppendClasses(std::vector<ModuleClass>& classes) {
  classes.push_back(
      {.name = absl::StrCat("MaxPool", kDims, "d"),
       .signature = "kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False",
       .construct = ConstructMaxPool, .build = BuildModule<MaxPool<kDims>>,
       .set_state = FillAbsent({{"return_indices", false}, {"ceil_mode", false}, {"dilation", 1}})});
  const std::string avg_signature = "kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True";
  classes.push_back(
      {.name = absl::StrCat("AvgPool", kDims, "d"),
       .signature = absl::StrCat(avg_signature, kDims == 1 ? "" : ", divisor_override=None"),
       .construct = kDims == 1 ? ConstructAvgPool1d : ConstructAvgPool, .build = BuildModule<AvgPool<kDims>>,
       .set_state = FillAbsent({{"padding", 0}, {"ceil_mode", false}, {"count_include_pad", true}})});
  classes.push_back({.name = absl::StrCat("LPPool", kDims, "d"),
                     .signature = "norm_type, kernel_size, stride=None, ceil_mode=False",
                     .construct = StoreArguments({"norm_type", "kernel_size", "stride", "ceil_mode"}),
                     .build = BuildModule<LpPool<kDims>>, .set_state = FillAbsent({{"ceil_mode", false}})});
}

}  // namespace

absl::Status RegisterPooling(PluginRegistry& registry) {
  std::vector<ModuleClass> classes;
  AppendClasses<1>(classes);
  AppendClasses<2>(classes);
  AppendClasses<3>(classes);
  return AddTorchNnClasses(registry, "torch.nn.modules.pooling", std::move(classes));
}

}  // namespace loadstone
