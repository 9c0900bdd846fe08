#include "custom_ops/torch_nn/adaptive_pooling.h"

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/adaptive_avg_pool1d.h>
#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/adaptive_avg_pool3d.h>
#include <ATen/ops/adaptive_max_pool1d.h>
#include <ATen/ops/adaptive_max_pool2d.h>
#include <ATen/ops/adaptive_max_pool3d.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

// output_size: an int, or a tuple of ints and, where the input's own size is kept, None.
template <size_t kDims>
class OutputSize {
 public:
  explicit OutputSize(AttributeReader& attributes) {
    const Attribute& value = attributes.Get("output_size");
    if (value.sequence() == nullptr || kDims == 1) {
      for (const int64_t size : attributes.Ints("output_size", kDims)) sizes_.emplace_back(size);
    } else {
      for (const Attribute& item : value.sequence()->items) {
        sizes_.push_back(AsInt(item));
        if (!sizes_.back().has_value() && !item.is_none()) attributes.Fail("output_size holds neither int nor None");
      }
    }
    if (sizes_.size() != kDims) {
      attributes.Fail(absl::StrCat("output_size has ", sizes_.size(), " elements, needs ", kDims));
    }
    for (const std::optional<int64_t>& size : sizes_) FitsInt32(attributes, "output_size", {size.value_or(1)});
  }

  // torch.nn.modules.utils._list_with_default
  std::vector<int64_t> For(const at::Tensor& input) const {
    constexpr int64_t kCount = kDims;
    TORCH_CHECK_VALUE(input.dim() > kCount, "Input dimension should be at least ", kCount + 1);
    std::vector<int64_t> sizes;
    for (int64_t d = 0; d < kCount; ++d) {
      sizes.push_back(sizes_[static_cast<size_t>(d)].value_or(input.size(d - kCount)));
    }
    return sizes;
  }

 private:
  std::vector<std::optional<int64_t>> sizes_;
};

template <size_t kDims>
class AdaptiveAvgPool : public TensorModule {
 public:
  explicit AdaptiveAvgPool(ModuleState& state) : TensorModule(state), output_size_(state.attributes()) {}

  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    const std::vector<int64_t> size = output_size_.For(input);
    if constexpr (kDims == 1) {
      return at::adaptive_avg_pool1d(input, size);
    } else if constexpr (kDims == 2) {
      return at::adaptive_avg_pool2d(input, size);
    } else {
      return at::adaptive_avg_pool3d(input, size);
    }
  }

  std::string ExtraRepr() const override { return FormatAttributes(*this, "output_size={output_size}"); }

 private:
  const OutputSize<kDims> output_size_;
};

template <size_t kDims>
class AdaptiveMaxPool : public Module {
 public:
  explicit AdaptiveMaxPool(ModuleState& state)
      : Module(state),
        output_size_(state.attributes()),
        return_indices_(state.attributes().Bool("return_indices")) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    static constexpr absl::string_view kNames[] = {"input"};
    const at::Tensor input = BindInputs(inputs, kNames, 1).front().toTensor();
    std::tuple<at::Tensor, at::Tensor> values_and_indices = Pool(input, output_size_.For(input));
    if (return_indices_) return c10::IValue(std::move(values_and_indices));
    return std::get<0>(std::move(values_and_indices));
  }

  std::string ExtraRepr() const override { return FormatAttributes(*this, "output_size={output_size}"); }

 private:
  static std::tuple<at::Tensor, at::Tensor> Pool(const at::Tensor& input, const std::vector<int64_t>& size) {
    if constexpr (kDims == 1) {
      return at::adaptive_max_pool1d(input, size);
    } else if constexpr (kDims == 2) {
      return at::adaptive_max_pool2d(input, size);
    } else {
      return at::adaptive_max_pool3d(input, size);
    }
  }

  const OutputSize<kDims> output_size_;
  const bool return_indices_;
};

template <size_t kDims>
void AppendClasses(std::vector<ModuleClass>& classes) {
  classes.push_back({.name = absl::StrCat("AdaptiveAvgPool", kDims, "d"), .signature = "output_size",
                     .construct = StoreArguments({"output_size"}), .build = BuildModule<AdaptiveAvgPool<kDims>>});
  classes.push_back({.name = absl::StrCat("AdaptiveMaxPool", kDims, "d"),
                     .signature = "output_size, return_indices=False",
                     .construct = StoreArguments({"output_size", "return_indices"}),
                     .build = BuildModule<AdaptiveMaxPool<kDims>>,
                     .set_state = FillAbsent({{"return_indices", false}})});
}

}  // namespace

absl::Status RegisterAdaptivePooling(PluginRegistry& registry) {
  std::vector<ModuleClass> classes;
  AppendClasses<1>(classes);
  AppendClasses<2>(classes);
  AppendClasses<3>(classes);
  return AddTorchNnClasses(registry, "torch.nn.modules.pooling", std::move(classes));
}

}  // namespace loadstone
