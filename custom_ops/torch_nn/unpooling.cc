#include "custom_ops/torch_nn/unpooling.h"

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/fractional_max_pool2d.h>
#include <ATen/ops/fractional_max_pool3d.h>
#include <ATen/ops/max_unpool2d.h>
#include <ATen/ops/max_unpool3d.h>
#include <ATen/ops/rand.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

template <size_t kDims>
class MaxUnpool : public Module {
 public:
  explicit MaxUnpool(ModuleState& state)
      : Module(state),
        kernel_size_(Sizes(state.attributes(), "kernel_size", kDims)),
        stride_(SizesOr(state.attributes(), "stride", kernel_size_)),
        padding_(Sizes(state.attributes(), "padding", kDims)) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    static constexpr absl::string_view kNames[] = {"input", "indices", "output_size"};
    const std::vector<c10::IValue> bound = BindInputs(inputs, kNames, 2);
    const at::Tensor input = bound[0].toTensor();
    const at::Tensor indices = bound[1].toTensor();
    std::vector<int64_t> size = OutputSize(input, bound[2]);
    if constexpr (kDims == 1) {
      size.push_back(1);
      return at::max_unpool2d(input.unsqueeze(-1), indices.unsqueeze(-1), size).squeeze(-1);
    } else if constexpr (kDims == 2) {
      return at::max_unpool2d(input, indices, size);
    } else {
      return at::max_unpool3d(input, indices, size, stride_, padding_);
    }
  }

  std::string ExtraRepr() const override {
    return FormatAttributes(*this, "kernel_size={kernel_size}, stride={stride}, padding={padding}");
  }

 private:
  // torch.nn.functional._unpool_output_size
  std::vector<int64_t> OutputSize(const at::Tensor& input, const c10::IValue& given) const {
    constexpr int64_t kCount = kDims;
    TORCH_CHECK_INDEX(input.dim() >= kCount, "input has ", input.dim(), " dimensions, needs at least ", kCount);
    std::vector<int64_t> size;
    for (size_t d = 0; d < kDims; ++d) {
      size.push_back((input.size(static_cast<int64_t>(d) - kCount) - 1) * stride_[d] + kernel_size_[d] -
                     2 * padding_[d]);
    }
    if (given.isNone()) return Checked(std::move(size));
    std::vector<int64_t> wanted = IntsInput(given, "output_size");
    if (wanted.size() == kDims + 2) wanted.erase(wanted.begin(), wanted.begin() + 2);
    TORCH_CHECK_VALUE(wanted.size() == kDims, "output_size should be a sequence containing ", kDims, " or ", kDims + 2,
                      " elements, but it has a length of '", wanted.size(), "'");
    for (size_t d = 0; d < kDims; ++d) {
      TORCH_CHECK_VALUE(size[d] - stride_[d] < wanted[d] && wanted[d] < size[d] + stride_[d], "invalid output_size \"",
                        wanted, "\" (dim ", d, " must be between ", size[d] - stride_[d], " and ", size[d] + stride_[d],
                        ")");
    }
    return Checked(std::move(wanted));
  }

  static std::vector<int64_t> Checked(std::vector<int64_t> size) {
    for (const int64_t each : size) {
      TORCH_CHECK_VALUE(each >= 0, "max_unpooling: output_size must contain non-negative spatial dimensions, but got ",
                        size);
    }
    return size;
  }

  const std::vector<int64_t> kernel_size_;
  const std::vector<int64_t> stride_;
  const std::vector<int64_t> padding_;
};

template <size_t kDims>
class FractionalMaxPool : public Module {
 public:
  explicit FractionalMaxPool(ModuleState& state)
      : Module(state),
        random_samples_(SelfTensor(state, "_random_samples")),
        kernel_size_(Sizes(state.attributes(), "kernel_size", kDims)),
        return_indices_(state.attributes().Bool("return_indices")) {
    AttributeReader& attributes = state.attributes();
    const bool has_size = !attributes.Get("output_size").is_none();
    const Attribute& ratios = attributes.Get("output_ratio");
    if (has_size != ratios.is_none()) attributes.Fail("needs either an output_size or an output_ratio");
    if (has_size) output_size_ = Sizes(attributes, "output_size", kDims);
    if (ratios.is_none()) return;
    for (size_t d = 0; d < kDims; ++d) {
      const Attribute::Sequence* sequence = ratios.sequence();
      const bool fits = sequence == nullptr || sequence->items.size() == kDims;
      const double ratio = fits ? AsFloat(sequence == nullptr ? ratios : sequence->items[d]).value_or(0) : 0;
      output_ratio_[d] = ratio;
      if (!(ratio > 0 && ratio < 1)) attributes.Fail("output_ratio must be between 0 and 1");
    }
  }

  c10::IValue Forward(const Inputs& inputs) const override {
    static constexpr absl::string_view kNames[] = {"input"};
    const at::Tensor input = BindInputs(inputs, kNames, 1).front().toTensor();
    constexpr int64_t kCount = kDims;
    TORCH_CHECK_INDEX(input.dim() > kCount, "input has ", input.dim(), " dimensions, needs at least ", kCount + 1);
    std::tuple<at::Tensor, at::Tensor> values_and_indices = Pool(input, OutputSize(input), Samples(input));
    if (return_indices_) return c10::IValue(std::move(values_and_indices));
    return std::get<0>(std::move(values_and_indices));
  }

 private:
  std::vector<int64_t> OutputSize(const at::Tensor& input) const {
    if (!output_size_.empty()) return output_size_;
    std::vector<int64_t> size;
    for (size_t d = 0; d < kDims; ++d) {
      const int64_t whole = input.size(static_cast<int64_t>(d) - static_cast<int64_t>(kDims));
      size.push_back(static_cast<int64_t>(static_cast<double>(whole) * output_ratio_[d]));
    }
    return size;
  }

  at::Tensor Samples(const at::Tensor& input) const {
    constexpr int64_t kCount = kDims;
    // Clamped, for ATen computes addresses from them.
    if (random_samples_.defined()) return random_samples_.clamp(0, 1);
    const int64_t batch = input.dim() == kCount + 1 ? 1 : input.size(0);
    return at::rand({batch, input.size(-kCount - 1), kCount}, input.options());
  }

  std::tuple<at::Tensor, at::Tensor> Pool(const at::Tensor& input, const std::vector<int64_t>& size,
                                          const at::Tensor& samples) const {
    if constexpr (kDims == 2) {
      return at::fractional_max_pool2d(input, kernel_size_, size, samples);
    } else {
      return at::fractional_max_pool3d(input, kernel_size_, size, samples);
    }
  }

  const at::Tensor& random_samples_;
  const std::vector<int64_t> kernel_size_;
  const bool return_indices_;
  std::vector<int64_t> output_size_;  // empty: output_ratio_ counts
  double output_ratio_[kDims] = {};
};

template <size_t kDims>
ModuleClass MaxUnpoolClass() {
  return {.name = absl::StrCat("MaxUnpool", kDims, "d"),
          .signature = "kernel_size, stride=None, padding=0",
          .construct =
              [](AttributeReader& arguments, ModuleDefBuilder& self) {
                const Attribute& kernel_size = arguments.Get("kernel_size");
                const Attribute& stride = arguments.Get("stride");
                self.Attribute("kernel_size", NTuple(kernel_size, kDims));
                self.Attribute("stride", NTuple(stride.is_none() ? kernel_size : stride, kDims));
                self.Attribute("padding", NTuple(arguments.Get("padding"), kDims));
              },
          .build = BuildModule<MaxUnpool<kDims>>};
}

// An optional tensor argument as a buffer.
void AddTensorBuffer(AttributeReader& arguments, ModuleDefBuilder& self, absl::string_view name) {
  const Attribute& value = arguments.Get(name);
  if (value.tensor() == nullptr && !value.is_none()) {
    self.Fail(absl::StrCat(name, " is ", value.TypeName(), ", needs a tensor"));
  }
  self.Buffer(name, value.tensor() == nullptr ? at::Tensor() : *value.tensor());
}

template <size_t kDims>
ModuleClass FractionalMaxPoolClass() {
  return {.name = absl::StrCat("FractionalMaxPool", kDims, "d"),
          .signature = "kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None",
          .construct =
              [](AttributeReader& arguments, ModuleDefBuilder& self) {
                self.Attribute("kernel_size", NTuple(arguments.Get("kernel_size"), kDims));
                StoreArguments(arguments, self, {"return_indices"});
                AddTensorBuffer(arguments, self, "_random_samples");
                for (const char* name : {"output_size", "output_ratio"}) {
                  const Attribute& value = arguments.Get(name);
                  self.Attribute(name, value.is_none() ? value : NTuple(value, kDims));
                }
              },
          .build = BuildModule<FractionalMaxPool<kDims>>};
}

}  // namespace

absl::Status RegisterUnpooling(PluginRegistry& registry) {
  return AddTorchNnClasses(registry, "torch.nn.modules.pooling",
                           {MaxUnpoolClass<1>(), MaxUnpoolClass<2>(), MaxUnpoolClass<3>(), FractionalMaxPoolClass<2>(),
                            FractionalMaxPoolClass<3>()});
}

}  // namespace loadstone
