#include "custom_ops/torch_nn/batchnorm.h"

#include <cstdint>
#include <string>

#include <ATen/core/Tensor.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/instance_norm.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "engine/module.h"
#include "engine/module_state.h"
#include "engine/python_format.h"

namespace loadstone {
namespace {

// torch.backends.cudnn.enabled
constexpr bool kCudnnEnabled = true;

// _NormBase of batchnorm.py
class NormBase : public TensorModule {
 public:
  explicit NormBase(ModuleState& state)
      : TensorModule(state),
        weight_(SelfTensor(state, "weight")),
        bias_(SelfTensor(state, "bias")),
        running_mean_(SelfTensor(state, "running_mean")),
        running_var_(SelfTensor(state, "running_var")),
        eps_(state.attributes().Float("eps")) {}

  std::string ExtraRepr() const override {
    return absl::StrCat(
        FormatAttributes(*this, "{num_features}, eps={eps}, momentum={momentum}, affine={affine}, bias="),
        PythonBool(bias_.defined()), FormatAttributes(*this, ", track_running_stats={track_running_stats}"));
  }

 protected:
  const at::Tensor& weight_;
  const at::Tensor& bias_;
  const at::Tensor& running_mean_;
  const at::Tensor& running_var_;
  const double eps_;
};

// kMinDim or kMaxDim dimensions; a kMaxDim of 0, for SyncBatchNorm, is any number.
template <int64_t kMinDim, int64_t kMaxDim>
class BatchNorm : public NormBase {
 public:
  using NormBase::NormBase;

  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    CheckDims(input);
    // In eval mode, the batch's own statistics stand in where none are kept.
    const bool use_batch = !running_mean_.defined() && !running_var_.defined();
    if (use_batch) CheckBatchSize(input);
    TORCH_CHECK_VALUE(use_batch ? eps_ > 0 : eps_ >= 0, "batch_norm eps must be ",
                      use_batch ? "positive" : "non-negative", ", but got ", eps_);
    return at::batch_norm(input, OrNone(weight_), OrNone(bias_), OrNone(running_mean_), OrNone(running_var_), use_batch,
                          /*momentum=*/0, eps_, kCudnnEnabled);
  }

 private:
  static constexpr int64_t kAnyDim = 0;

  static void CheckDims(const at::Tensor& input) {
    const int64_t dim = input.dim();
    if constexpr (kMaxDim == kAnyDim) {
      TORCH_CHECK_VALUE(dim >= kMinDim, "expected at least 2D input (got ", dim, "D input)");
      TORCH_CHECK_VALUE(input.size(1) != 0, "SyncBatchNorm number of input channels should be non-zero");
    } else if constexpr (kMinDim == kMaxDim) {
      TORCH_CHECK_VALUE(dim == kMinDim, "expected ", kMinDim, "D input (got ", dim, "D input)");
    } else {
      TORCH_CHECK_VALUE(dim == kMinDim || dim == kMaxDim, "expected ", kMinDim, "D or ", kMaxDim, "D input (got ", dim,
                        "D input)");
    }
  }

  // torch.nn.functional._verify_batch_size
  static void CheckBatchSize(const at::Tensor& input) {
    int64_t values = input.size(0);
    for (int64_t d = 2; d < input.dim(); ++d) values *= input.size(d);
    TORCH_CHECK_VALUE(values != 1, "Expected more than 1 value per channel when training, got input size ",
                      input.sizes());
  }
};

// kDims: of an input without a batch.
template <int64_t kDims>
class InstanceNorm : public NormBase {
 public:
  explicit InstanceNorm(ModuleState& state)
      : NormBase(state),
        num_features_(state.attributes().Int("num_features")),
        affine_(state.attributes().Bool("affine")),
        use_input_stats_(!state.attributes().Bool("track_running_stats")) {}

  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    const int64_t dim = input.dim();
    TORCH_CHECK_VALUE(dim == kDims || dim == kDims + 1, "expected ", kDims, "D or ", kDims + 1, "D input (got ", dim,
                      "D input)");
    const int64_t feature_dim = dim - kDims;
    TORCH_CHECK_VALUE(!affine_ || input.size(feature_dim) == num_features_,
                      "expected input's size at dim=", feature_dim, " to match num_features (", num_features_,
                      "), but got: ", input.size(feature_dim), ".");
    if (dim == kDims) return Normalize(input.unsqueeze(0)).squeeze(0);
    return Normalize(input);
  }

 private:
  at::Tensor Normalize(const at::Tensor& input) const {
    if (!use_input_stats_) {
      return at::instance_norm(input, OrNone(weight_), OrNone(bias_), OrNone(running_mean_), OrNone(running_var_),
                               /*use_input_stats=*/false, /*momentum=*/0, eps_, kCudnnEnabled);
    }
    // torch.nn.functional._verify_spatial_size
    int64_t positions = 1;
    for (int64_t d = 2; d < input.dim(); ++d) positions *= input.size(d);
    TORCH_CHECK_VALUE(positions != 1, "Expected more than 1 spatial element when training, got input size ",
                      input.sizes());
    // Without the running statistics, which it would update.
    return at::instance_norm(input, OrNone(weight_), OrNone(bias_), {}, {}, /*use_input_stats=*/true, /*momentum=*/0,
                             eps_, kCudnnEnabled);
  }

  const int64_t num_features_;
  const bool affine_;
  const bool use_input_stats_;
};

// _NormBase.__init__
void ConstructNorm(AttributeReader& arguments, ModuleDefBuilder& self) {
  StoreArguments(arguments, self, {"num_features", "eps", "momentum", "affine", "track_running_stats"});
  const int64_t num_features = arguments.Int("num_features");
  const bool affine = arguments.Bool("affine");
  if (affine) {
    AddParameter(arguments, self, "weight", {num_features}, 1);
  } else {
    self.NoParameter("weight");
  }
  if (affine && arguments.Bool("bias")) {
    AddParameter(arguments, self, "bias", {num_features}, 0);
  } else {
    self.NoParameter("bias");
  }
  if (arguments.Bool("track_running_stats")) {
    AddBuffer(arguments, self, "running_mean", {num_features}, 0);
    AddBuffer(arguments, self, "running_var", {num_features}, 1);
    self.Buffer("num_batches_tracked", at::zeros({}, at::kLong));
  } else {
    for (const char* name : {"running_mean", "running_var", "num_batches_tracked"}) self.Buffer(name, at::Tensor());
  }
}

void ConstructSyncBatchNorm(AttributeReader& arguments, ModuleDefBuilder& self) {
  ConstructNorm(arguments, self);
  self.Attribute("process_group", arguments.Get("process_group"));
}

// Before 0.4 batch norm always kept running statistics; before 0.4.1 it did not count batches.
void SetBatchNormState(ModuleDef& state) {
  FillAbsent(state, "track_running_stats", true);
  if (FindNamed(state.buffers, "running_mean") != nullptr &&
      FindNamed(state.buffers, "num_batches_tracked") == nullptr) {
    state.buffers.push_back({"num_batches_tracked", at::zeros({}, at::kLong)});
  }
}

template <typename T>
ModuleClass BatchNormClass(absl::string_view name) {
  return {.name = std::string(name),
          .signature = "num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, device=None, "
                       "dtype=None, *, bias=True",
          .construct = ConstructNorm,
          .build = BuildModule<T>,
          .set_state = SetBatchNormState,
          .added_entries = {{"num_batches_tracked", 2}}};
}

template <typename T>
ModuleClass InstanceNormClass(absl::string_view name) {
  return {.name = std::string(name),
          .signature = "num_features, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False, device=None, "
                       "dtype=None, *, bias=True",
          .construct = ConstructNorm,
          .build = BuildModule<T>,
          .set_state = FillAbsent({{"track_running_stats", false}}),
          .added_entries = {{"num_batches_tracked", 2}}};
}

}  // namespace

absl::Status RegisterBatchNorm(PluginRegistry& registry) {
  absl::Status status = AddTorchNnClasses(
      registry, "torch.nn.modules.batchnorm",
      {BatchNormClass<BatchNorm<2, 3>>("BatchNorm1d"), BatchNormClass<BatchNorm<4, 4>>("BatchNorm2d"),
       BatchNormClass<BatchNorm<5, 5>>("BatchNorm3d"),
       {.name = "SyncBatchNorm",
        .signature = "num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, "
                     "process_group=None, device=None, dtype=None, *, bias=True",
        .construct = ConstructSyncBatchNorm,
        .build = BuildModule<BatchNorm<2, 0>>,
        .set_state = SetBatchNormState,
        .added_entries = {{"num_batches_tracked", 2}}}});
  status.Update(AddTorchNnClasses(
      registry, "torch.nn.modules.instancenorm",
      {InstanceNormClass<InstanceNorm<2>>("InstanceNorm1d"), InstanceNormClass<InstanceNorm<3>>("InstanceNorm2d"),
       InstanceNormClass<InstanceNorm<4>>("InstanceNorm3d")}));
  return status;
}

}  // namespace loadstone
