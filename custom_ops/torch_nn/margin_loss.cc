#include "custom_ops/torch_nn/margin_loss.h"

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/cosine_embedding_loss.h>
#include <ATen/ops/hinge_embedding_loss.h>
#include <ATen/ops/log_sigmoid.h>
#include <ATen/ops/margin_ranking_loss.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/multi_margin_loss.h>
#include <ATen/ops/multilabel_margin_loss.h>
#include <ATen/ops/soft_margin_loss.h>
#include <ATen/ops/triplet_margin_loss.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "custom_ops/torch_nn/loss_base.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

// Losses that are one operator of input, target and reduction.
template <at::Tensor (*kFunction)(const at::Tensor&, const at::Tensor&, int64_t)>
struct Plain : InputAndTarget {
  using InputAndTarget::InputAndTarget;
  at::Tensor operator()(const LossInputs& inputs) const {
    return kFunction(inputs[0].toTensor(), inputs[1].toTensor(), reduction);
  }
};

struct MultiLabelSoftMargin : Weighted {
  using Weighted::Weighted;
  at::Tensor operator()(const LossInputs& inputs) const {
    const at::Tensor input = inputs[0].toTensor();
    const at::Tensor target = inputs[1].toTensor();
    TORCH_CHECK_INDEX(input.dim() > 0, "multilabel_soft_margin_loss: input has no dimensions");
    at::Tensor loss =
        target.mul(at::log_sigmoid(input)).add(target.neg().add(1).mul(at::log_sigmoid(input.neg()))).neg();
    if (weight.defined()) loss = loss.mul(weight);
    return Reduce(loss.sum(input.dim() - 1).div(input.size(-1)), reduction);
  }
};

struct MultiMargin : Weighted {
  explicit MultiMargin(ModuleState& state)
      : Weighted(state), p(Number(state.attributes(), "p")), margin(Number(state.attributes(), "margin")) {
    if (p.toDouble() != 1 && p.toDouble() != 2) state.attributes().Fail("only p == 1 and p == 2 supported");
    if (weight.defined() && weight.dim() != 1) state.attributes().Fail("weight must be one-dimensional");
  }
  at::Tensor operator()(const LossInputs& inputs) const {
    return at::multi_margin_loss(inputs[0].toTensor(), inputs[1].toTensor(), p, margin, OrNone(weight), reduction);
  }
  at::Scalar p;
  at::Scalar margin;
};

struct HingeEmbedding : InputAndTarget {
  explicit HingeEmbedding(ModuleState& state) : InputAndTarget(state), margin(state.attributes().Float("margin")) {}
  at::Tensor operator()(const LossInputs& inputs) const {
    return at::hinge_embedding_loss(inputs[0].toTensor(), inputs[1].toTensor(), margin, reduction);
  }
  double margin;
};

// Losses of two inputs, a target, and the attributes margin and reduction.
template <auto kFunction>
struct TwoInputs {
  static constexpr absl::string_view kNames[] = {"input1", "input2", "target"};
  explicit TwoInputs(ModuleState& state)
      : reduction(ReductionOf(state.attributes())), margin(state.attributes().Float("margin")) {}
  at::Tensor operator()(const LossInputs& inputs) const {
    return kFunction(inputs[0].toTensor(), inputs[1].toTensor(), inputs[2].toTensor(), margin, reduction);
  }
  int64_t reduction;
  double margin;
};

at::Tensor MarginRanking(const at::Tensor& input1, const at::Tensor& input2, const at::Tensor& target, double margin,
                         int64_t reduction) {
  TORCH_CHECK(input1.dim() == input2.dim() && input1.dim() == target.dim(),
              "margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: ",
              input1.sizes(), ", input2: ", input2.sizes(), ", target: ", target.sizes());
  return at::margin_ranking_loss(input1, input2, target, margin, reduction);
}

class TripletMargin {
 public:
  static constexpr absl::string_view kNames[] = {"anchor", "positive", "negative"};
  explicit TripletMargin(ModuleState& state)
      : reduction_(ReductionOf(state.attributes())),
        margin_(state.attributes().Float("margin")),
        p_(state.attributes().Float("p")),
        eps_(state.attributes().Float("eps")),
        swap_(state.attributes().Bool("swap")) {
    if (!(margin_ > 0)) state.attributes().Fail("expected margin to be greater than 0");
  }
  at::Tensor operator()(const LossInputs& inputs) const {
    return at::triplet_margin_loss(inputs[0].toTensor(), inputs[1].toTensor(), inputs[2].toTensor(), margin_, p_, eps_,
                                   swap_, reduction_);
  }

 private:
  int64_t reduction_;
  double margin_;
  double p_;
  double eps_;
  bool swap_;
};

// The distance is a child here: any module of two inputs. Python also takes functions.
class TripletMarginWithDistance {
 public:
  static constexpr absl::string_view kNames[] = {"anchor", "positive", "negative"};
  explicit TripletMarginWithDistance(ModuleState& state)
      : distance_(state.Child("distance_function")),
        reduction_(ReductionOf(state.attributes())),
        margin_(state.attributes().Float("margin")),
        swap_(state.attributes().Bool("swap")) {
    if (!(margin_ > 0)) state.attributes().Fail("expected margin to be greater than 0");
  }
  at::Tensor operator()(const LossInputs& inputs) const {
    const int64_t dim = inputs[0].toTensor().dim();
    TORCH_CHECK(inputs[1].toTensor().dim() == dim && inputs[2].toTensor().dim() == dim,
                "The anchor, positive, and negative tensors are expected to have the same number of dimensions");
    const at::Tensor to_positive = distance_(Inputs{inputs[0], inputs[1]}).toTensor();
    at::Tensor to_negative = distance_(Inputs{inputs[0], inputs[2]}).toTensor();
    if (swap_) to_negative = at::minimum(to_negative, distance_(Inputs{inputs[1], inputs[2]}).toTensor());
    return Reduce(to_positive.add(margin_).sub(to_negative).clamp_min(0), reduction_);
  }

 private:
  const Module& distance_;
  int64_t reduction_;
  double margin_;
  bool swap_;
};

void ConstructTripletMarginWithDistance(AttributeReader& arguments, ModuleDefBuilder& self) {
  StoreArguments(arguments, self, {"reduction", "margin", "swap"});
  const Attribute& distance = arguments.Get("distance_function");
  if (distance.is_none()) return self.Child("distance_function", "torch.nn.modules.distance.PairwiseDistance");
  if (distance.module() == nullptr) return self.Fail("distance_function must be a module");
  self.Child("distance_function", distance.module());
}

constexpr char kSignature[] = "size_average=None, reduce=None, reduction='mean'";

std::string SignatureAfter(absl::string_view parameters) { return absl::StrCat(parameters, ", ", kSignature); }

}  // namespace

absl::Status RegisterMarginLoss(PluginRegistry& registry) {
  const SetStateFunction set_state = SetLossState({});
  return AddTorchNnClasses(
      registry, "torch.nn.modules.loss",
      {{.name = "MultiLabelMarginLoss", .signature = kSignature, .construct = ConstructLoss({}, {}),
        .build = BuildModule<Loss<Plain<at::multilabel_margin_loss>>>, .set_state = set_state},
       {.name = "SoftMarginLoss", .signature = kSignature, .construct = ConstructLoss({}, {}),
        .build = BuildModule<Loss<Plain<at::soft_margin_loss>>>, .set_state = set_state},
       {.name = "MultiLabelSoftMarginLoss", .signature = SignatureAfter("weight=None"),
        .construct = ConstructLoss({"weight"}, {}), .build = BuildModule<Loss<MultiLabelSoftMargin>>,
        .set_state = set_state},
       {.name = "MultiMarginLoss", .signature = SignatureAfter("p=1, margin=1.0, weight=None"),
        .construct = ConstructLoss({"weight"}, {"p", "margin"}), .build = BuildModule<Loss<MultiMargin>>,
        .set_state = set_state},
       {.name = "HingeEmbeddingLoss", .signature = SignatureAfter("margin=1.0"),
        .construct = ConstructLoss({}, {"margin"}), .build = BuildModule<Loss<HingeEmbedding>>,
        .set_state = set_state},
       {.name = "CosineEmbeddingLoss", .signature = SignatureAfter("margin=0.0"),
        .construct = ConstructLoss({}, {"margin"}), .build = BuildModule<Loss<TwoInputs<at::cosine_embedding_loss>>>,
        .set_state = set_state},
       {.name = "MarginRankingLoss", .signature = SignatureAfter("margin=0.0"),
        .construct = ConstructLoss({}, {"margin"}), .build = BuildModule<Loss<TwoInputs<MarginRanking>>>,
        .set_state = set_state},
       {.name = "TripletMarginLoss", .signature = SignatureAfter("margin=1.0, p=2.0, eps=1e-06, swap=False"),
        .construct = ConstructLoss({}, {"margin", "p", "eps", "swap"}), .build = BuildModule<Loss<TripletMargin>>,
        .set_state = set_state},
       {.name = "TripletMarginWithDistanceLoss",
        .signature = "*, distance_function=None, margin=1.0, swap=False, reduction='mean'",
        .construct = ConstructTripletMarginWithDistance, .build = BuildModule<Loss<TripletMarginWithDistance>>}});
}

}  // namespace loadstone
