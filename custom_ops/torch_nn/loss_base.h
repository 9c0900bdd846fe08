// What the losses share: their reduction, constructors and older releases' state.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_LOSS_BASE_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_LOSS_BASE_H_

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "engine/attribute_reader.h"
#include "engine/module.h"
#include "engine/module_def_builder.h"
#include "engine/module_state.h"

namespace loadstone {

// at::Reduction of the attribute `reduction`; another text is noted.
int64_t ReductionOf(AttributeReader& attributes);
// `loss` summed, averaged or as it is.
at::Tensor Reduce(const at::Tensor& loss, int64_t reduction);

// What the losses' inputs are called in most forwards.
struct InputAndTarget {
  static constexpr absl::string_view kNames[] = {"input", "target"};
  explicit InputAndTarget(ModuleState& state) : reduction(ReductionOf(state.attributes())) {}
  int64_t reduction;
};

// Those with a weight for each class.
struct Weighted : InputAndTarget {
  explicit Weighted(ModuleState& state) : InputAndTarget(state), weight(SelfTensor(state, "weight")) {}
  const at::Tensor& weight;  // may be undefined
};

// The tensors of one forward, bound to the loss's input names.
using LossInputs = std::vector<c10::IValue>;

// A loss whose work is done by `Function`, which has kNames (of its inputs), is made from a ModuleState, and computes
// the loss of LossInputs.
template <typename Function>
class Loss : public Module {
 public:
  explicit Loss(ModuleState& state) : Module(state), function_(state) {}
  c10::IValue Forward(const Inputs& inputs) const override {
    constexpr absl::Span<const absl::string_view> kNames(Function::kNames);
    return function_(BindInputs(inputs, kNames, kNames.size()));
  }

 private:
  const Function function_;
};

// _Loss.__init__ and what follows it: `reduction`, or what size_average and reduce say; optional tensors as buffers;
// and the other arguments as attributes.
ConstructFunction ConstructLoss(std::vector<std::string> buffers, std::vector<std::string> attributes);
// set_state: `reduction` from the size_average and reduce of 0.4 and earlier, and then the other defaults.
SetStateFunction SetLossState(NamedList<Attribute> defaults);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_LOSS_BASE_H_
