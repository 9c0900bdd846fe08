#include "custom_ops/torch_nn/distance.h"

#include <cstdint>
#include <vector>

#include <ATen/core/ivalue.h>
#include <ATen/ops/cosine_similarity.h>
#include <ATen/ops/pairwise_distance.h>

#include "custom_ops/torch_nn/layout.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

constexpr absl::string_view kNames[] = {"x1", "x2"};

class CosineSimilarity : public Module {
 public:
  explicit CosineSimilarity(ModuleState& state)
      : Module(state), dim_(state.attributes().Int("dim")), eps_(state.attributes().Float("eps")) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    const std::vector<c10::IValue> bound = BindInputs(inputs, kNames, 2);
    return at::cosine_similarity(bound[0].toTensor(), bound[1].toTensor(), dim_, eps_);
  }

 private:
  const int64_t dim_;
  const double eps_;
};

class PairwiseDistance : public Module {
 public:
  explicit PairwiseDistance(ModuleState& state)
      : Module(state),
        norm_(state.attributes().Float("norm")),
        eps_(state.attributes().Float("eps")),
        keepdim_(state.attributes().Bool("keepdim")) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    const std::vector<c10::IValue> bound = BindInputs(inputs, kNames, 2);
    return at::pairwise_distance(bound[0].toTensor(), bound[1].toTensor(), norm_, eps_, keepdim_);
  }

 private:
  const double norm_;
  const double eps_;
  const bool keepdim_;
};

void ConstructPairwiseDistance(AttributeReader& arguments, ModuleDefBuilder& self) {
  self.Attribute("norm", arguments.Get("p"));
  StoreArguments(arguments, self, {"eps", "keepdim"});
}

}  // namespace

absl::Status RegisterDistance(PluginRegistry& registry) {
  return AddTorchNnClasses(
      registry, "torch.nn.modules.distance",
      {{.name = "CosineSimilarity", .signature = "dim=1, eps=1e-08", .construct = StoreArguments({"dim", "eps"}),
        .build = BuildModule<CosineSimilarity>},
       {.name = "PairwiseDistance", .signature = "p=2.0, eps=1e-06, keepdim=False",
        .construct = ConstructPairwiseDistance, .build = BuildModule<PairwiseDistance>,
        .set_state = FillAbsent({{"keepdim", false}})}});
}

}  // namespace loadstone
