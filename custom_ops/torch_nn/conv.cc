#include "custom_ops/torch_nn/conv.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv3d.h>
#include <ATen/ops/conv_transpose1d.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/conv_transpose3d.h>
#include <ATen/ops/pad.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/conv_layout.h"
#include "custom_ops/torch_nn/layer.h"
#include "engine/module.h"
#include "engine/module_state.h"
#include "engine/python_format.h"

namespace loadstone {
namespace {

// What Conv and ConvTranspose have in common.
class ConvParts {
 public:
  ConvParts(ModuleState& state, size_t dims)
      : weight(RequiredTensor(state, "weight")),
        bias(SelfTensor(state, "bias")),
        stride(Sizes(state.attributes(), "stride", dims)),
        dilation(Sizes(state.attributes(), "dilation", dims)),
        groups(state.attributes().Int("groups")) {
    AttributeReader& attributes = state.attributes();
    if (groups <= 0) attributes.Fail(absl::StrCat("groups is ", groups, ", must be positive"));
    if (!weight.defined()) return;
    const at::IntArrayRef sizes = weight.sizes();
    const std::string shape = ShapeText({sizes.data(), sizes.size()});
    if (sizes.size() != dims + 2) {
      attributes.Fail(absl::StrCat("weight is ", shape, ", needs ", dims + 2, " dimensions"));
    } else if (std::find(sizes.begin() + 2, sizes.end(), 0) != sizes.end()) {
      attributes.Fail(absl::StrCat("weight is ", shape, ", has an empty kernel"));
    }
  }

  const at::Tensor& weight;
  const at::Tensor& bias;
  const std::vector<int64_t> stride;
  const std::vector<int64_t> dilation;
  const int64_t groups;
};

// `Padding` is a list of ints, or the text of 'same' and 'valid'.
template <size_t kDims, typename Padding>
at::Tensor Convolve(const at::Tensor& input, const ConvParts& conv, Padding padding) {
  if constexpr (kDims == 1) {
    return at::conv1d(input, conv.weight, OrNone(conv.bias), conv.stride, padding, conv.dilation, conv.groups);
  } else if constexpr (kDims == 2) {
    return at::conv2d(input, conv.weight, OrNone(conv.bias), conv.stride, padding, conv.dilation, conv.groups);
  } else {
    return at::conv3d(input, conv.weight, OrNone(conv.bias), conv.stride, padding, conv.dilation, conv.groups);
  }
}

template <size_t kDims>
class Conv : public TensorModule {
 public:
  explicit Conv(ModuleState& state)
      : TensorModule(state), parts_(state, kDims), padding_mode_(state.attributes().Text("padding_mode")) {
    AttributeReader& attributes = state.attributes();
    if (padding_mode_ != "zeros" && padding_mode_ != "reflect" && padding_mode_ != "replicate" &&
        padding_mode_ != "circular") {
      attributes.Fail(absl::StrCat("padding_mode is ", PythonQuote(padding_mode_),
                                   ", must be 'zeros', 'reflect', 'replicate' or 'circular'"));
    }
    if (const std::string* text = attributes.Get("padding").text()) {
      padding_text_ = *text;
      if (*text != "same" && *text != "valid") {
        attributes.Fail(absl::StrCat("padding is ", PythonQuote(*text), ", must be 'same', 'valid' or ints"));
      }
    } else {
      padding_ = Sizes(attributes, "padding", kDims);
    }
    if (padding_mode_ == "zeros") return;
    edges_ = attributes.Ints("_reversed_padding_repeated_twice");
    FitsInt32(attributes, "_reversed_padding_repeated_twice", edges_);
  }

  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    if (padding_mode_ != "zeros") {
      return Convolve<kDims>(at::pad(input, edges_, padding_mode_), parts_, at::IntArrayRef(kNoPadding, kDims));
    }
    if (!padding_text_.empty()) return Convolve<kDims>(input, parts_, c10::string_view(padding_text_));
    return Convolve<kDims>(input, parts_, at::IntArrayRef(padding_));
  }

  std::string ExtraRepr() const override { return ConvExtraRepr(*this, parts_.bias.defined()); }

 private:
  static constexpr int64_t kNoPadding[kDims] = {};

  const ConvParts parts_;
  const std::string padding_mode_;
  std::string padding_text_;
  std::vector<int64_t> padding_;  // when there is no padding_text_
  std::vector<int64_t> edges_;    // for at::pad, when padding_mode_ is not zeros
};

template <size_t kDims>
class ConvTranspose : public Module {
 public:
  explicit ConvTranspose(ModuleState& state)
      : Module(state),
        parts_(state, kDims),
        kernel_size_(Sizes(state.attributes(), "kernel_size", kDims)),
        padding_(Sizes(state.attributes(), "padding", kDims)),
        output_padding_(Sizes(state.attributes(), "output_padding", kDims)) {
    if (state.attributes().Text("padding_mode") != "zeros") {
      state.attributes().Fail(absl::StrCat("Only \"zeros\" padding mode is supported for ", type_name()));
    }
  }

  c10::IValue Forward(const Inputs& inputs) const override {
    static constexpr absl::string_view kNames[] = {"input", "output_size"};
    const std::vector<c10::IValue> bound = BindInputs(inputs, kNames, 1);
    const at::Tensor input = bound[0].toTensor();
    if (bound[1].isNone()) return Run(input, output_padding_);
    return Run(input, OutputPadding(input, IntsInput(bound[1], "output_size")));
  }

  std::string ExtraRepr() const override { return ConvExtraRepr(*this, parts_.bias.defined()); }

 protected:
  at::Tensor CallWithTensor(const at::Tensor& input) const override { return Run(input, output_padding_); }

 private:
  at::Tensor Run(const at::Tensor& input, const std::vector<int64_t>& output_padding) const {
    const ConvParts& conv = parts_;
    if constexpr (kDims == 1) {
      return at::conv_transpose1d(input, conv.weight, OrNone(conv.bias), conv.stride, padding_, output_padding,
                                  conv.groups, conv.dilation);
    } else if constexpr (kDims == 2) {
      return at::conv_transpose2d(input, conv.weight, OrNone(conv.bias), conv.stride, padding_, output_padding,
                                  conv.groups, conv.dilation);
    } else {
      return at::conv_transpose3d(input, conv.weight, OrNone(conv.bias), conv.stride, padding_, output_padding,
                                  conv.groups, conv.dilation);
    }
  }

  // _ConvTransposeNd._output_padding
  std::vector<int64_t> OutputPadding(const at::Tensor& input, std::vector<int64_t> output_size) const {
    const size_t other_dims = input.dim() == kDims + 2 ? 2 : 1;
    if (output_size.size() == other_dims + kDims) {
      output_size.erase(output_size.begin(), output_size.begin() + other_dims);
    }
    TORCH_CHECK_VALUE(output_size.size() == kDims, "ConvTranspose", kDims, "D: for ", input.dim(),
                      "D input, output_size must have ", kDims, " or ", other_dims + kDims, " elements (got ",
                      output_size.size(), ")");
    std::vector<int64_t> output_padding;
    for (size_t d = 0; d < kDims; ++d) {
      const int64_t smallest = (input.size(static_cast<int64_t>(d + other_dims)) - 1) * parts_.stride[d] -
                               2 * padding_[d] + parts_.dilation[d] * (kernel_size_[d] - 1) + 1;
      const int64_t largest = smallest + parts_.stride[d] - 1;
      TORCH_CHECK_VALUE(output_size[d] >= smallest && output_size[d] <= largest, "requested an output size of ",
                        output_size, ", but valid sizes of dim ", d, " range from ", smallest, " to ", largest);
      output_padding.push_back(output_size[d] - smallest);
    }
    return output_padding;
  }

  const ConvParts parts_;
  const std::vector<int64_t> kernel_size_;
  const std::vector<int64_t> padding_;
  const std::vector<int64_t> output_padding_;
};

}  // namespace

absl::Status RegisterConv(PluginRegistry& registry) {
  return AddConvClasses(registry, {BuildModule<Conv<1>>, BuildModule<Conv<2>>, BuildModule<Conv<3>>},
                        {BuildModule<ConvTranspose<1>>, BuildModule<ConvTranspose<2>>, BuildModule<ConvTranspose<3>>});
}

}  // namespace loadstone
