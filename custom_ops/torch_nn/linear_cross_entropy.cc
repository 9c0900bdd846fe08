#include "custom_ops/torch_nn/linear_cross_entropy.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "custom_ops/torch_nn/loss_base.h"
#include "engine/module.h"
#include "engine/module_state.h"
#include "engine/python_format.h"

namespace loadstone {
namespace {

// Cross entropy of a child Linear's output. Python's `options` only cut the work into pieces; they are not used here.
class LinearCrossEntropyLoss : public Module {
 public:
  explicit LinearCrossEntropyLoss(ModuleState& state)
      : Module(state),
        weight_(SelfTensor(state, "weight")),
        linear_(state.Child("linear")),
        reduction_(ReductionOf(state.attributes())),
        num_classes_(state.attributes().Int("num_classes")),
        out_features_(state.attributes().Ints("out_features")),
        ignore_index_(state.attributes().OptionalInt("ignore_index")),
        label_smoothing_(state.attributes().Float("label_smoothing")) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    static constexpr absl::string_view kNames[] = {"input", "target"};
    const std::vector<c10::IValue> bound = BindInputs(inputs, kNames, 2);
    const at::Tensor input = bound[0].toTensor();
    const at::Tensor target = bound[1].toTensor();
    TORCH_CHECK(input.dim() == 1 || input.dim() == 2, "expected input with dimensionality 1 or 2, got ", input.dim());
    TORCH_CHECK(out_features_.empty() || input.dim() == 2, "K-dimensional loss requires batched input");
    std::vector<int64_t> shape(input.sizes().begin(), input.sizes().end() - 1);
    shape.push_back(num_classes_);
    shape.insert(shape.end(), out_features_.begin(), out_features_.end());
    TORCH_CHECK(!ignore_index_.has_value() || target.sizes() != at::IntArrayRef(shape),
                "ignore_index cannot be specified when target contains probabilities");
    return at::cross_entropy_loss(linear_(input).reshape(shape), target, OrNone(weight_), reduction_,
                                  ignore_index_.value_or(-100), label_smoothing_);
  }

  std::string ExtraRepr() const override {
    return absl::StrCat(FormatAttributes(linear_, "in_features={in_features}, "),
                        FormatAttributes(*this, "num_classes={num_classes}, out_features={out_features}, bias="),
                        PythonBool(linear_.FindParameter("bias").ok()),
                        FormatAttributes(*this, ", reduction={reduction}, ignore_index={ignore_index}, "
                                                "label_smoothing={label_smoothing}, options="),
                        OptionsText());
  }

 private:
  // LinearCrossEntropyOptions.__repr__. A dataclass with slots is pickled as the list of its fields' values.
  std::string OptionsText() const {
    static constexpr absl::string_view kFields[] = {"allow_retain_graph", "batch_chunk_size", "chunking_method",
                                                    "acc_policy", "acc_dtype"};
    const Attribute* options = FindNamed(attributes(), "options");
    if (options == nullptr || options->object() == nullptr) {
      return PythonStr(options == nullptr ? Attribute() : *options);
    }
    const Attribute::Sequence* values = options->object()->state.sequence();
    std::vector<std::string> fields;
    for (size_t i = 0; values != nullptr && i < std::min(values->items.size(), std::size(kFields)); ++i) {
      fields.push_back(absl::StrCat(kFields[i], "=", PythonRepr(values->items[i])));
    }
    return absl::StrCat("LinearCrossEntropyOptions(", absl::StrJoin(fields, ", "), ")");
  }

  const at::Tensor& weight_;
  const Module& linear_;
  const int64_t reduction_;
  const int64_t num_classes_;
  const std::vector<int64_t> out_features_;
  const std::optional<int64_t> ignore_index_;
  const double label_smoothing_;
};

void ConstructLinearCrossEntropy(AttributeReader& arguments, ModuleDefBuilder& self) {
  ConstructLoss({"weight"}, {"num_classes", "out_features", "ignore_index", "label_smoothing"})(arguments, self);
  const double label_smoothing = arguments.Float("label_smoothing");
  if (!(label_smoothing >= 0 && label_smoothing <= 1)) self.Fail("expected label_smoothing to be in range [0, 1]");
  int64_t outputs = arguments.Int("num_classes");
  for (const int64_t size : arguments.Ints("out_features")) {
    if (__builtin_mul_overflow(outputs, size, &outputs)) return self.Fail("out_features is too large");
  }
  self.Child("linear", "torch.nn.modules.linear.Linear", {arguments.Get("in_features"), outputs},
             {{"bias", arguments.Get("bias")}, {"dtype", arguments.Get("dtype")}});
  StoreArguments(arguments, self, {"options"});
}

}  // namespace

absl::Status RegisterLinearCrossEntropy(PluginRegistry& registry) {
  return AddTorchNnClasses(
      registry, "torch.nn.modules.loss",
      {{.name = "LinearCrossEntropyLoss",
        .signature = "in_features, num_classes, *, out_features=(), bias=False, device=None, dtype=None, "
                     "reduction='mean', weight=None, ignore_index=None, label_smoothing=0.0, options=None",
        .construct = ConstructLinearCrossEntropy, .build = BuildModule<LinearCrossEntropyLoss>}});
}

}  // namespace loadstone
