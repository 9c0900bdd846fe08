#include "custom_ops/torch_nn/adaptive_softmax.h"

#include <cmath>
#include <cstdint>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/log_softmax.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/layout.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

// Frequent classes have a logit each in `head`; the others are grouped in clusters, each of which has one logit there
// and a layer of its own in `tail`.
class AdaptiveLogSoftmaxWithLoss : public Module {
 public:
  explicit AdaptiveLogSoftmaxWithLoss(ModuleState& state)
      : Module(state),
        cutoffs_(state.attributes().Ints("cutoffs")),
        shortlist_size_(state.attributes().Int("shortlist_size")),
        head_(state.Child("head")),
        tail_(state.Child("tail").children()) {
    bool complete = !cutoffs_.empty() && tail_.size() == cutoffs_.size() - 1;
    for (const Named<std::shared_ptr<Module>>& cluster : tail_) complete = complete && cluster.value != nullptr;
    if (!complete) {
      state.attributes().Fail(absl::StrCat(cutoffs_.size(), " cutoffs and ", tail_.size(), " modules in tail"));
    }
  }

  // (output, loss): the log probability of each target, and their negated mean.
  c10::IValue Forward(const Inputs& inputs) const override {
    static constexpr absl::string_view kNames[] = {"input_", "target_"};
    const std::vector<c10::IValue> bound = BindInputs(inputs, kNames, 2);
    at::Tensor input = bound[0].toTensor();
    at::Tensor target = bound[1].toTensor();
    const bool batched = target.dim() == 1;
    TORCH_CHECK(target.dim() <= 1, "0D or 1D target tensor expected, multi-target not supported");
    TORCH_CHECK(input.dim() == target.dim() + 1, target.dim(), "D target tensor expects ", target.dim() + 1,
                "D input tensors, but found inputs with size ", input.sizes());
    if (!batched) {
      input = input.unsqueeze(0);
      target = target.unsqueeze(0);
    }
    TORCH_CHECK(input.size(0) == target.size(0), "Input and target should have the same size in the batch dimension.");
    const at::Tensor output = LogProbabilities(input, target);
    const at::Tensor loss = output.neg().mean();
    return std::make_tuple(batched ? output : output.squeeze(0), loss);
  }

 private:
  at::Tensor LogProbabilities(const at::Tensor& input, const at::Tensor& target) const {
    const at::Tensor output = input.new_zeros({target.size(0)});
    const at::Tensor head_class = target.new_empty({target.size(0)});
    int64_t used_rows = 0;
    for (size_t i = 0; i < cutoffs_.size(); ++i) {
      const int64_t low = i == 0 ? 0 : cutoffs_[i - 1];
      const at::Tensor rows = target.ge(low).logical_and(target.lt(cutoffs_[i])).nonzero().squeeze(1);
      if (rows.numel() == 0) continue;
      used_rows += rows.numel();
      const at::Tensor targets = target.index_select(0, rows);
      if (i == 0) {
        head_class.index_copy_(0, rows, targets);
        continue;
      }
      const at::Tensor logits = (*tail_[i - 1].value)(input.index_select(0, rows));
      head_class.index_fill_(0, rows, shortlist_size_ + static_cast<int64_t>(i) - 1);
      output.index_copy_(0, rows, at::log_softmax(logits, 1).gather(1, targets.sub(low).unsqueeze(1)).squeeze(1));
    }
    TORCH_CHECK(used_rows == target.size(0), "Target values should be in [0, ", cutoffs_.back() - 1,
                "], but values in range [", target.min().item<int64_t>(), ", ", target.max().item<int64_t>(),
                "] were found.");
    const at::Tensor head = at::log_softmax(head_(input), 1).gather(1, head_class.unsqueeze(1));
    return output.add(head.squeeze(1));
  }

  const std::vector<int64_t> cutoffs_;  // the first class of each cluster, and the number of classes
  const int64_t shortlist_size_;
  const Module& head_;
  const NamedList<std::shared_ptr<Module>>& tail_;
};

bool AreCutoffs(const std::vector<int64_t>& cutoffs, int64_t n_classes) {
  int64_t previous = 0;
  for (const int64_t cutoff : cutoffs) {
    if (cutoff <= previous || cutoff > n_classes - 1) return false;
    previous = cutoff;
  }
  return !cutoffs.empty();
}

void ConstructAdaptive(AttributeReader& arguments, ModuleDefBuilder& self) {
  const int64_t in_features = arguments.Int("in_features");
  const int64_t n_classes = arguments.Int("n_classes");
  const double div_value = arguments.Float("div_value");
  std::vector<int64_t> cutoffs = arguments.Ints("cutoffs");
  if (!AreCutoffs(cutoffs, n_classes) || !(div_value > 0)) {
    return self.Fail("cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where "
                     "each value is between 1 and n_classes-1, and div_value positive");
  }
  cutoffs.push_back(n_classes);
  const auto clusters = static_cast<int64_t>(cutoffs.size()) - 1;
  const int64_t head_size = cutoffs.front() + clusters;
  StoreArguments(arguments, self, {"in_features", "n_classes"});
  self.Attribute("cutoffs", Attribute::List(std::vector<Attribute>(cutoffs.begin(), cutoffs.end())));
  StoreArguments(arguments, self, {"div_value", "head_bias"});
  self.Attribute("shortlist_size", cutoffs.front());
  self.Attribute("n_clusters", clusters);
  self.Attribute("head_size", head_size);
  const NamedList<Attribute> options = {{"device", arguments.Get("device")}, {"dtype", arguments.Get("dtype")}};
  self.Child("head", "torch.nn.Linear", {in_features, head_size, arguments.Get("head_bias")}, options);
  std::vector<Attribute> tail;
  for (int64_t i = 0; i < clusters; ++i) {
    // Python's //, which is exact where a division and floor may round up.
    const double divisor = std::pow(div_value, static_cast<double>(i + 1));
    const auto wide = static_cast<double>(in_features);
    const auto hidden = static_cast<int64_t>(std::round((wide - std::fmod(wide, divisor)) / divisor));
    const int64_t outputs = cutoffs[static_cast<size_t>(i) + 1] - cutoffs[static_cast<size_t>(i)];
    tail.emplace_back(self.New("torch.nn.Sequential",
                               {Attribute(self.New("torch.nn.Linear", {in_features, hidden, false}, options)),
                                Attribute(self.New("torch.nn.Linear", {hidden, outputs, false}, options))}));
  }
  self.Child("tail", "torch.nn.ModuleList", {Attribute::List(std::move(tail))});
}

}  // namespace

absl::Status RegisterAdaptiveSoftmax(PluginRegistry& registry) {
  return AddTorchNnClasses(
      registry, "torch.nn.modules.adaptive",
      {{.name = "AdaptiveLogSoftmaxWithLoss",
        .signature = "in_features, n_classes, cutoffs, div_value=4.0, head_bias=False, device=None, dtype=None",
        .construct = ConstructAdaptive,
        .build = BuildModule<AdaptiveLogSoftmaxWithLoss>}});
}

}  // namespace loadstone
