#include "custom_ops/torch_nn/loss.h"

#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>
#include <vector>

#include <ATen/core/Reduction.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/binary_cross_entropy.h>
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/broadcast_tensors.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/ctc_loss.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/huber_loss.h>
#include <ATen/ops/kl_div.h>
#include <ATen/ops/l1_loss.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/nll_loss_nd.h>
#include <ATen/ops/poisson_nll_loss.h>
#include <ATen/ops/smooth_l1_loss.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "custom_ops/torch_nn/loss_base.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

// Losses that are one operator of input and target, broadcast to one shape, and reduction.
template <at::Tensor (*kFunction)(const at::Tensor&, const at::Tensor&, int64_t)>
struct Broadcast : InputAndTarget {
  using InputAndTarget::InputAndTarget;
  at::Tensor operator()(const LossInputs& inputs) const {
    const std::vector<at::Tensor> both = at::broadcast_tensors({inputs[0].toTensor(), inputs[1].toTensor()});
    return kFunction(both[0], both[1], reduction);
  }
};

struct SmoothL1 : InputAndTarget {
  explicit SmoothL1(ModuleState& state) : InputAndTarget(state), beta(state.attributes().Float("beta")) {}
  at::Tensor operator()(const LossInputs& inputs) const {
    const std::vector<at::Tensor> both = at::broadcast_tensors({inputs[0].toTensor(), inputs[1].toTensor()});
    return beta == 0 ? at::l1_loss(both[0], both[1], reduction) : at::smooth_l1_loss(both[0], both[1], reduction, beta);
  }
  double beta;
};

struct Huber : InputAndTarget {
  explicit Huber(ModuleState& state) : InputAndTarget(state), delta(state.attributes().Float("delta")) {}
  at::Tensor operator()(const LossInputs& inputs) const {
    const std::vector<at::Tensor> both = at::broadcast_tensors({inputs[0].toTensor(), inputs[1].toTensor()});
    return at::huber_loss(both[0], both[1], reduction, delta);
  }
  double delta;
};

struct Nll : Weighted {
  explicit Nll(ModuleState& state) : Weighted(state), ignore_index(state.attributes().Int("ignore_index")) {}
  at::Tensor operator()(const LossInputs& inputs) const {
    return at::nll_loss_nd(inputs[0].toTensor(), inputs[1].toTensor(), OrNone(weight), reduction, ignore_index);
  }
  int64_t ignore_index;
};

struct CrossEntropy : Nll {
  explicit CrossEntropy(ModuleState& state)
      : Nll(state), label_smoothing(state.attributes().Float("label_smoothing")) {}
  at::Tensor operator()(const LossInputs& inputs) const {
    return at::cross_entropy_loss(inputs[0].toTensor(), inputs[1].toTensor(), OrNone(weight), reduction, ignore_index,
                                  label_smoothing);
  }
  double label_smoothing;
};

void CheckSameSize(const at::Tensor& input, const at::Tensor& target) {
  TORCH_CHECK_VALUE(input.sizes() == target.sizes(), "Target size (", target.sizes(),
                    ") must be the same as input size (", input.sizes(), ")");
}

struct Bce : Weighted {
  using Weighted::Weighted;
  at::Tensor operator()(const LossInputs& inputs) const {
    const at::Tensor input = inputs[0].toTensor();
    const at::Tensor target = inputs[1].toTensor();
    CheckSameSize(input, target);
    if (!weight.defined()) return at::binary_cross_entropy(input, target, {}, reduction);
    return at::binary_cross_entropy(input, target, at::broadcast_tensors({weight, target})[0], reduction);
  }
};

struct BceWithLogits : Weighted {
  explicit BceWithLogits(ModuleState& state) : Weighted(state), pos_weight(SelfTensor(state, "pos_weight")) {}
  at::Tensor operator()(const LossInputs& inputs) const {
    const at::Tensor input = inputs[0].toTensor();
    const at::Tensor target = inputs[1].toTensor();
    CheckSameSize(input, target);
    return at::binary_cross_entropy_with_logits(input, target, OrNone(weight), OrNone(pos_weight), reduction);
  }
  const at::Tensor& pos_weight;
};

struct PoissonNll {
  static constexpr absl::string_view kNames[] = {"log_input", "target"};
  explicit PoissonNll(ModuleState& state)
      : reduction(ReductionOf(state.attributes())),
        log_input(state.attributes().Bool("log_input")),
        full(state.attributes().Bool("full")),
        eps(state.attributes().Float("eps")) {}
  at::Tensor operator()(const LossInputs& inputs) const {
    return at::poisson_nll_loss(inputs[0].toTensor(), inputs[1].toTensor(), log_input, full, eps, reduction);
  }
  int64_t reduction;
  bool log_input;
  bool full;
  double eps;
};

// torch.nn.functional.gaussian_nll_loss, without its look for negative variances, which would read the tensor.
struct GaussianNll {
  static constexpr absl::string_view kNames[] = {"input", "target", "var"};
  explicit GaussianNll(ModuleState& state)
      : reduction(ReductionOf(state.attributes())),
        full(state.attributes().Bool("full")),
        eps(state.attributes().Float("eps")) {}

  at::Tensor operator()(const LossInputs& inputs) const {
    const at::Tensor input = inputs[0].toTensor();
    const at::Tensor variance = Variance(input, inputs[2]).clamp_min(eps);
    const at::Tensor error = input.sub(inputs[1].toTensor()).pow(2).div(variance);
    at::Tensor loss = variance.log().add(error).mul(0.5);
    if (full) loss = loss.add(0.5 * std::log(2 * std::numbers::pi));
    return Reduce(loss, reduction);
  }

  static at::Tensor Variance(const at::Tensor& input, const c10::IValue& given) {
    if (given.isDouble() || given.isInt()) {
      TORCH_CHECK_VALUE(given.toScalar().toDouble() >= 0, "var has negative entry/entries");
      return at::full_like(input, given.toScalar());
    }
    const at::Tensor variance = given.toTensor();
    if (variance.sizes() == input.sizes()) return variance;
    if (input.dim() > 0 && input.sizes().slice(0, input.sizes().size() - 1) == variance.sizes()) {
      return variance.unsqueeze(-1);
    }
    int64_t differing = 0;
    bool fits = input.dim() == variance.dim();
    for (int64_t d = 0; fits && d < input.dim(); ++d) {
      if (input.size(d) != variance.size(d)) differing += variance.size(d);
    }
    TORCH_CHECK_VALUE(fits && differing == 1, "var is of incorrect size");
    return variance;
  }

  int64_t reduction;
  bool full;
  double eps;
};

struct KlDiv {
  static constexpr absl::string_view kNames[] = {"input", "target"};
  explicit KlDiv(ModuleState& state)
      : batch_mean(state.attributes().Text("reduction") == "batchmean"),
        reduction(batch_mean ? int64_t{at::Reduction::Sum} : ReductionOf(state.attributes())),
        log_target(state.attributes().Bool("log_target")) {}
  at::Tensor operator()(const LossInputs& inputs) const {
    const at::Tensor input = inputs[0].toTensor();
    const at::Tensor loss = at::kl_div(input, inputs[1].toTensor(), reduction, log_target);
    return batch_mean && input.dim() != 0 ? loss.div(input.size(0)) : loss;
  }
  bool batch_mean;
  int64_t reduction;
  bool log_target;
};

struct Ctc {
  static constexpr absl::string_view kNames[] = {"log_probs", "targets", "input_lengths", "target_lengths"};
  explicit Ctc(ModuleState& state)
      : reduction(ReductionOf(state.attributes())),
        blank(state.attributes().Int("blank")),
        zero_infinity(state.attributes().Bool("zero_infinity")) {}
  at::Tensor operator()(const LossInputs& inputs) const {
    const at::Tensor log_probs = inputs[0].toTensor();
    const at::Tensor targets = inputs[1].toTensor();
    if (inputs[2].isTensor() && inputs[3].isTensor()) {
      return at::ctc_loss(log_probs, targets, inputs[2].toTensor(), inputs[3].toTensor(), blank, reduction,
                          zero_infinity);
    }
    return at::ctc_loss(log_probs, targets, IntsInput(inputs[2], kNames[2]), IntsInput(inputs[3], kNames[3]), blank,
                        reduction, zero_infinity);
  }
  int64_t reduction;
  int64_t blank;
  bool zero_infinity;
};

// Files of 0.4 lack the buffer pos_weight.
void SetBceWithLogitsState(ModuleDef& state) {
  SetLossState({})(state);
  if (FindNamed(state.buffers, "pos_weight") == nullptr) state.buffers.push_back({"pos_weight", at::Tensor()});
}

constexpr char kSignature[] = "size_average=None, reduce=None, reduction='mean'";
constexpr char kWeightedSignature[] = "weight=None, size_average=None, reduce=None, reduction='mean'";
constexpr char kNllSignature[] =
    "weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'";

}  // namespace

absl::Status RegisterLoss(PluginRegistry& registry) {
  const SetStateFunction set_nll_state = SetLossState({{"ignore_index", -100}});
  return AddTorchNnClasses(
      registry, "torch.nn.modules.loss",
      {{.name = "L1Loss", .signature = kSignature, .construct = ConstructLoss({}, {}),
        .build = BuildModule<Loss<Broadcast<at::l1_loss>>>, .set_state = SetLossState({})},
       {.name = "MSELoss", .signature = kSignature, .construct = ConstructLoss({}, {}),
        .build = BuildModule<Loss<Broadcast<at::mse_loss>>>, .set_state = SetLossState({})},
       {.name = "SmoothL1Loss", .signature = "size_average=None, reduce=None, reduction='mean', beta=1.0",
        .construct = ConstructLoss({}, {"beta"}), .build = BuildModule<Loss<SmoothL1>>,
        .set_state = SetLossState({{"beta", 1.0}})},
       {.name = "HuberLoss", .signature = "reduction='mean', delta=1.0", .construct = ConstructLoss({}, {"delta"}),
        .build = BuildModule<Loss<Huber>>},
       {.name = "NLLLoss", .signature = kNllSignature, .construct = ConstructLoss({"weight"}, {"ignore_index"}),
        .build = BuildModule<Loss<Nll>>, .set_state = set_nll_state},
       {.name = "NLLLoss2d", .signature = kNllSignature, .construct = ConstructLoss({"weight"}, {"ignore_index"}),
        .build = BuildModule<Loss<Nll>>, .set_state = set_nll_state},
       {.name = "CrossEntropyLoss", .signature = absl::StrCat(kNllSignature, ", label_smoothing=0.0"),
        .construct = ConstructLoss({"weight"}, {"ignore_index", "label_smoothing"}),
        .build = BuildModule<Loss<CrossEntropy>>,
        .set_state = SetLossState({{"ignore_index", -100}, {"label_smoothing", 0.0}})},
       {.name = "BCELoss", .signature = kWeightedSignature, .construct = ConstructLoss({"weight"}, {}),
        .build = BuildModule<Loss<Bce>>, .set_state = SetLossState({})},
       {.name = "BCEWithLogitsLoss", .signature = absl::StrCat(kWeightedSignature, ", pos_weight=None"),
        .construct = ConstructLoss({"weight", "pos_weight"}, {}), .build = BuildModule<Loss<BceWithLogits>>,
        .set_state = SetBceWithLogitsState},
       {.name = "PoissonNLLLoss",
        .signature = "log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, reduction='mean'",
        .construct = ConstructLoss({}, {"log_input", "full", "eps"}), .build = BuildModule<Loss<PoissonNll>>,
        .set_state = SetLossState({{"eps", 1e-8}})},
       {.name = "GaussianNLLLoss", .signature = "*, full=False, eps=1e-06, reduction='mean'",
        .construct = ConstructLoss({}, {"full", "eps"}), .build = BuildModule<Loss<GaussianNll>>},
       {.name = "KLDivLoss", .signature = absl::StrCat(kSignature, ", log_target=False"),
        .construct = ConstructLoss({}, {"log_target"}), .build = BuildModule<Loss<KlDiv>>,
        .set_state = SetLossState({{"log_target", false}})},
       {.name = "CTCLoss", .signature = "blank=0, reduction='mean', zero_infinity=False",
        .construct = ConstructLoss({}, {"blank", "zero_infinity"}), .build = BuildModule<Loss<Ctc>>,
        .set_state = SetLossState({{"zero_infinity", false}})}});
}

}  // namespace loadstone
