#include "custom_ops/torch_nn/reshaping.h"

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/ops/channel_shuffle.h>
#include <ATen/ops/col2im.h>
#include <ATen/ops/flatten.h>
#include <ATen/ops/im2col.h>
#include <ATen/ops/pixel_shuffle.h>
#include <ATen/ops/pixel_unshuffle.h>
#include <ATen/ops/unflatten.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

class Flatten : public TensorModule {
 public:
  explicit Flatten(ModuleState& state)
      : TensorModule(state),
        start_dim_(state.attributes().Int("start_dim")),
        end_dim_(state.attributes().Int("end_dim")) {}

  at::Tensor ForwardTensor(const at::Tensor& input) const override { return at::flatten(input, start_dim_, end_dim_); }
  std::string ExtraRepr() const override { return FormatAttributes(*this, "start_dim={start_dim}, end_dim={end_dim}"); }

 private:
  const int64_t start_dim_;
  const int64_t end_dim_;
};

class Unflatten : public TensorModule {
 public:
  explicit Unflatten(ModuleState& state)
      : TensorModule(state),
        dim_(state.attributes().Int("dim")),
        unflattened_size_(state.attributes().Ints("unflattened_size")) {
    FitsInt32(state.attributes(), "unflattened_size", unflattened_size_);
  }

  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    return at::unflatten(input, dim_, unflattened_size_);
  }
  std::string ExtraRepr() const override {
    return FormatAttributes(*this, "dim={dim}, unflattened_size={unflattened_size}");
  }

 private:
  const int64_t dim_;
  const std::vector<int64_t> unflattened_size_;
};

// The shuffles: kFunction of the input and one number, `Traits::kName`.
template <typename Traits>
class Shuffle : public TensorModule {
 public:
  explicit Shuffle(ModuleState& state) : TensorModule(state), factor_(state.attributes().Int(Traits::kName)) {
    if (factor_ <= 0) state.attributes().Fail(absl::StrCat(Traits::kName, " is ", factor_, ", must be positive"));
    FitsInt32(state.attributes(), Traits::kName, {factor_});
  }

  at::Tensor ForwardTensor(const at::Tensor& input) const override { return Traits::Run(input, factor_); }
  std::string ExtraRepr() const override {
    return FormatAttributes(*this, absl::StrCat(Traits::kName, "={", Traits::kName, "}"));
  }

 private:
  const int64_t factor_;
};

struct PixelShuffle {
  static constexpr char kName[] = "upscale_factor";
  static at::Tensor Run(const at::Tensor& input, int64_t factor) { return at::pixel_shuffle(input, factor); }
};

struct PixelUnshuffle {
  static constexpr char kName[] = "downscale_factor";
  static at::Tensor Run(const at::Tensor& input, int64_t factor) { return at::pixel_unshuffle(input, factor); }
};

struct ChannelShuffle {
  static constexpr char kName[] = "groups";
  static at::Tensor Run(const at::Tensor& input, int64_t groups) { return at::channel_shuffle(input, groups); }
};

// The sliding blocks of Fold and Unfold.
struct Blocks {
  explicit Blocks(AttributeReader& attributes)
      : kernel_size(Sizes(attributes, "kernel_size", 2)),
        dilation(Sizes(attributes, "dilation", 2)),
        padding(Sizes(attributes, "padding", 2)),
        stride(Sizes(attributes, "stride", 2)) {}

  std::vector<int64_t> kernel_size;
  std::vector<int64_t> dilation;
  std::vector<int64_t> padding;
  std::vector<int64_t> stride;
};

class Fold : public TensorModule {
 public:
  explicit Fold(ModuleState& state)
      : TensorModule(state), output_size_(Sizes(state.attributes(), "output_size", 2)), blocks_(state.attributes()) {}

  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    const Blocks& b = blocks_;
    return at::col2im(input, output_size_, b.kernel_size, b.dilation, b.padding, b.stride);
  }
  std::string ExtraRepr() const override {
    return FormatAttributes(*this, "output_size={output_size}, kernel_size={kernel_size}, dilation={dilation}, "
                                   "padding={padding}, stride={stride}");
  }

 private:
  const std::vector<int64_t> output_size_;
  const Blocks blocks_;
};

class Unfold : public TensorModule {
 public:
  explicit Unfold(ModuleState& state) : TensorModule(state), blocks_(state.attributes()) {}

  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    const Blocks& b = blocks_;
    return at::im2col(input, b.kernel_size, b.dilation, b.padding, b.stride);
  }
  std::string ExtraRepr() const override {
    return FormatAttributes(*this,
                            "kernel_size={kernel_size}, dilation={dilation}, padding={padding}, stride={stride}");
  }

 private:
  const Blocks blocks_;
};

template <typename Traits>
ModuleClass ShuffleClass(absl::string_view name) {
  return {.name = std::string(name), .signature = Traits::kName, .construct = StoreArguments({Traits::kName}),
          .build = BuildModule<Shuffle<Traits>>};
}

}  // namespace

absl::Status RegisterReshaping(PluginRegistry& registry) {
  absl::Status status = AddTorchNnClasses(
      registry, "torch.nn.modules.flatten",
      {{.name = "Flatten", .signature = "start_dim=1, end_dim=-1",
        .construct = StoreArguments({"start_dim", "end_dim"}), .build = BuildModule<Flatten>},
       {.name = "Unflatten", .signature = "dim, unflattened_size",
        .construct = StoreArguments({"dim", "unflattened_size"}), .build = BuildModule<Unflatten>}});
  status.Update(AddTorchNnClasses(
      registry, "torch.nn.modules.pixelshuffle",
      {ShuffleClass<PixelShuffle>("PixelShuffle"), ShuffleClass<PixelUnshuffle>("PixelUnshuffle")}));
  status.Update(AddTorchNnClasses(registry, "torch.nn.modules.channelshuffle",
                                  {ShuffleClass<ChannelShuffle>("ChannelShuffle")}));
  status.Update(AddTorchNnClasses(
      registry, "torch.nn.modules.fold",
      {{.name = "Fold", .signature = "output_size, kernel_size, dilation=1, padding=0, stride=1",
        .construct = StoreArguments({"output_size", "kernel_size", "dilation", "padding", "stride"}),
        .build = BuildModule<Fold>},
       {.name = "Unfold", .signature = "kernel_size, dilation=1, padding=0, stride=1",
        .construct = StoreArguments({"kernel_size", "dilation", "padding", "stride"}),
        .build = BuildModule<Unfold>}}));
  return status;
}

}  // namespace loadstone
