#include "custom_ops/torch_nn/normalization.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/avg_pool3d.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/pad.h>
#include <ATen/ops/rms_norm.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros_like.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

// torch.backends.cudnn.enabled
constexpr bool kCudnnEnabled = true;

class LayerNorm : public TensorModule {
 public:
  explicit LayerNorm(ModuleState& state)
      : TensorModule(state),
        weight_(SelfTensor(state, "weight")),
        bias_(SelfTensor(state, "bias")),
        normalized_shape_(state.attributes().Ints("normalized_shape")),
        eps_(state.attributes().Float("eps")) {}

  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    return at::layer_norm(input, normalized_shape_, OrNone(weight_), OrNone(bias_), eps_, kCudnnEnabled);
  }

  std::string ExtraRepr() const override {
    return absl::StrCat(
        FormatAttributes(*this, "{normalized_shape}, eps={eps}, elementwise_affine={elementwise_affine}, bias="),
        PythonBool(bias_.defined()));
  }

 private:
  const at::Tensor& weight_;
  const at::Tensor& bias_;
  const std::vector<int64_t> normalized_shape_;
  const double eps_;
};

class RmsNorm : public TensorModule {
 public:
  explicit RmsNorm(ModuleState& state)
      : TensorModule(state),
        weight_(SelfTensor(state, "weight")),
        normalized_shape_(state.attributes().Ints("normalized_shape")),
        eps_(state.attributes().OptionalFloat("eps")) {}

  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    return at::rms_norm(input, normalized_shape_, OrNone(weight_), eps_);
  }

  std::string ExtraRepr() const override {
    return FormatAttributes(*this, "{normalized_shape}, eps={eps}, elementwise_affine={elementwise_affine}");
  }

 private:
  const at::Tensor& weight_;
  const std::vector<int64_t> normalized_shape_;
  const std::optional<double> eps_;
};

class GroupNorm : public TensorModule {
 public:
  explicit GroupNorm(ModuleState& state)
      : TensorModule(state),
        weight_(SelfTensor(state, "weight")),
        bias_(SelfTensor(state, "bias")),
        num_groups_(state.attributes().Int("num_groups")),
        eps_(state.attributes().Float("eps")) {
    if (num_groups_ <= 0) state.attributes().Fail(absl::StrCat("num_groups is ", num_groups_, ", must be positive"));
  }

  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    TORCH_CHECK(input.dim() >= 2, "Expected at least 2 dimensions for input tensor but received ", input.dim());
    // torch.nn.functional._verify_batch_size
    int64_t values = input.size(0) * input.size(1) / num_groups_;
    for (int64_t d = 2; d < input.dim(); ++d) values *= input.size(d);
    TORCH_CHECK_VALUE(values != 1, "Expected more than 1 value per channel when training, got input size ",
                      input.sizes(), " and ", num_groups_, " groups");
    return at::group_norm(input, num_groups_, OrNone(weight_), OrNone(bias_), eps_, kCudnnEnabled);
  }

  std::string ExtraRepr() const override {
    return absl::StrCat(FormatAttributes(*this, "{num_groups}, {num_channels}, eps={eps}, affine={affine}, bias="),
                        PythonBool(bias_.defined()));
  }

 private:
  const at::Tensor& weight_;
  const at::Tensor& bias_;
  const int64_t num_groups_;
  const double eps_;
};

// What LocalResponseNorm and CrossMapLRN2d have in common.
class ResponseNorm : public TensorModule {
 public:
  explicit ResponseNorm(ModuleState& state)
      : TensorModule(state),
        size_(state.attributes().Int("size")),
        alpha_(Number(state.attributes(), "alpha")),
        beta_(Number(state.attributes(), "beta")),
        k_(Number(state.attributes(), "k")) {
    if (size_ <= 0) state.attributes().Fail(absl::StrCat("size is ", size_, ", must be positive"));
    FitsInt32(state.attributes(), "size", {size_});
  }

  std::string ExtraRepr() const override {
    return FormatAttributes(*this, "{size}, alpha={alpha}, beta={beta}, k={k}");
  }

 protected:
  const int64_t size_;
  const at::Scalar alpha_;
  const at::Scalar beta_;
  const at::Scalar k_;
};

class LocalResponseNorm : public ResponseNorm {
 public:
  using ResponseNorm::ResponseNorm;

  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    const int64_t dim = input.dim();
    TORCH_CHECK_VALUE(dim >= 3, "Expected 3D or higher dimensionality input (got ", dim, " dimensions)");
    if (input.numel() == 0) return input;
    at::Tensor squares = input.mul(input);
    if (dim == 3) {
      squares = at::pad(squares.unsqueeze(1), {0, 0, size_ / 2, (size_ - 1) / 2});
      squares = at::avg_pool2d(squares, {size_, 1}, 1).squeeze(1);
    } else {
      const at::IntArrayRef sizes = input.sizes();
      squares = squares.view({sizes[0], 1, sizes[1], sizes[2], -1});
      squares = at::pad(squares, {0, 0, 0, 0, size_ / 2, (size_ - 1) / 2});
      squares = at::avg_pool3d(squares, {size_, 1, 1}, 1).squeeze(1).view(sizes);
    }
    return input.div(squares.mul(alpha_).add(k_).pow(beta_));
  }
};

class CrossMapLrn2d : public ResponseNorm {
 public:
  using ResponseNorm::ResponseNorm;

  // torch/nn/modules/_functions.py; the sums run in its order, so that they round alike.
  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    TORCH_CHECK_VALUE(input.dim() == 4, "CrossMapLRN2d: Expected input to be 4D, got ", input.dim(), "D instead.");
    const at::Tensor squares = input.pow(2);
    const int64_t channels = input.size(1);
    TORCH_CHECK_INDEX(channels > 0, "CrossMapLRN2d: input has no channels");
    const int64_t ahead = (size_ - 1) / 2 + 1;
    std::vector<at::Tensor> sums;
    at::Tensor sum = at::zeros_like(squares.select(1, 0));
    for (int64_t c = 0; c < std::min(ahead, channels); ++c) sum = sum.add(squares.select(1, c));
    sums.push_back(sum);
    for (int64_t c = 1; c < channels; ++c) {
      if (c < channels - ahead + 1) sum = sum.add(squares.select(1, c + ahead - 1));
      if (c > ahead) sum = sum.sub(squares.select(1, c - ahead));
      sums.push_back(sum);
    }
    const at::Tensor scale = at::stack(sums, 1).mul(alpha_.toDouble() / static_cast<double>(size_)).add(k_);
    return scale.pow(-beta_.toDouble()).mul(input);
  }
};

// normalized_shape as a tuple.
std::vector<int64_t> NormalizedShape(AttributeReader& arguments, ModuleDefBuilder& self) {
  const std::vector<int64_t> shape = arguments.Get("normalized_shape").sequence() == nullptr
                                         ? std::vector<int64_t>{arguments.Int("normalized_shape")}
                                         : arguments.Ints("normalized_shape");
  self.Attribute("normalized_shape", Attribute::Ints(shape));
  return shape;
}

enum class HasBias { kNo, kYes };

// weight of ones and bias of zeros, each there or None.
void AddAffine(AttributeReader& arguments, ModuleDefBuilder& self, const std::vector<int64_t>& shape,
               absl::string_view switch_name, HasBias has_bias) {
  const bool affine = arguments.Bool(switch_name);
  if (affine) {
    AddParameter(arguments, self, "weight", shape, 1);
  } else {
    self.NoParameter("weight");
  }
  if (has_bias == HasBias::kNo) return;
  if (affine && arguments.Bool("bias")) {
    AddParameter(arguments, self, "bias", shape, 0);
  } else {
    self.NoParameter("bias");
  }
}

void ConstructLayerNorm(AttributeReader& arguments, ModuleDefBuilder& self) {
  const std::vector<int64_t> shape = NormalizedShape(arguments, self);
  StoreArguments(arguments, self, {"eps", "elementwise_affine"});
  AddAffine(arguments, self, shape, "elementwise_affine", HasBias::kYes);
}

void ConstructRmsNorm(AttributeReader& arguments, ModuleDefBuilder& self) {
  const std::vector<int64_t> shape = NormalizedShape(arguments, self);
  StoreArguments(arguments, self, {"eps", "elementwise_affine"});
  AddAffine(arguments, self, shape, "elementwise_affine", HasBias::kNo);
}

void ConstructGroupNorm(AttributeReader& arguments, ModuleDefBuilder& self) {
  const int64_t num_groups = arguments.Int("num_groups");
  const int64_t num_channels = arguments.Int("num_channels");
  if (num_groups <= 0 || num_channels % num_groups != 0) {
    return self.Fail(
        absl::StrCat("num_channels (", num_channels, ") must be divisible by num_groups (", num_groups, ")"));
  }
  StoreArguments(arguments, self, {"num_groups", "num_channels", "eps", "affine"});
  AddAffine(arguments, self, {num_channels}, "affine", HasBias::kYes);
}

}  // namespace

absl::Status RegisterNormalization(PluginRegistry& registry) {
  const ConstructFunction construct_response_norm = StoreArguments({"size", "alpha", "beta", "k"});
  return AddTorchNnClasses(
      registry, "torch.nn.modules.normalization",
      {{.name = "LayerNorm",
        .signature = "normalized_shape, eps=1e-05, elementwise_affine=True, bias=True, device=None, dtype=None",
        .construct = ConstructLayerNorm, .build = BuildModule<LayerNorm>},
       {.name = "GroupNorm",
        .signature = "num_groups, num_channels, eps=1e-05, affine=True, device=None, dtype=None, *, bias=True",
        .construct = ConstructGroupNorm, .build = BuildModule<GroupNorm>},
       {.name = "RMSNorm",
        .signature = "normalized_shape, eps=None, elementwise_affine=True, device=None, dtype=None",
        .construct = ConstructRmsNorm, .build = BuildModule<RmsNorm>},
       {.name = "LocalResponseNorm", .signature = "size, alpha=0.0001, beta=0.75, k=1.0",
        .construct = construct_response_norm, .build = BuildModule<LocalResponseNorm>},
       {.name = "CrossMapLRN2d", .signature = "size, alpha=0.0001, beta=0.75, k=1",
        .construct = construct_response_norm, .build = BuildModule<CrossMapLrn2d>}});
}

}  // namespace loadstone
