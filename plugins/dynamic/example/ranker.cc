// shop.models.Ranker. In Python:
//
//   class Ranker(nn.Module):
//       def __init__(self, features, hidden=8, bias=True):
//           super().__init__()
//           self.scale = nn.Parameter(torch.ones(features))
//           self.hidden = nn.Linear(features, hidden, bias=bias)
//           self.score = nn.Linear(hidden, 1)
//       def extra_repr(self):
//           return f"features={self.scale.numel()}"
//       def forward(self, x):
//           return self.score(torch.tanh(self.hidden(x * self.scale))).squeeze(-1)
#include <cstdint>
#include <string>

#include <ATen/ops/mul.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/squeeze.h>
#include <ATen/ops/tanh.h>

#include "absl/strings/str_cat.h"
#include "engine/attribute_reader.h"
#include "engine/module.h"
#include "engine/module_def_builder.h"
#include "engine/module_state.h"
#include "shop.h"

namespace shop {
namespace {

class Ranker : public loadstone::TensorModule {
 public:
  // Python's __init__, without values for what a state dict brings.
  static void Construct(loadstone::AttributeReader& arguments, loadstone::ModuleDefBuilder& self) {
    const int64_t features = arguments.Int("features");
    const int64_t hidden = arguments.Int("hidden");
    self.Parameter("scale", at::ones({features}));
    self.Child("hidden", "torch.nn.Linear", {features, hidden}, {{"bias", arguments.Get("bias")}});
    self.Child("score", "torch.nn.Linear", {hidden, 1});
  }

  // From parts that are complete, of a full module's file or of Construct and a state dict.
  explicit Ranker(loadstone::ModuleState& state)
      : TensorModule(state),
        scale_(state.Parameter("scale")),
        hidden_(state.Child("hidden")),
        score_(state.Child("score")) {}

  std::string ExtraRepr() const override { return absl::StrCat("features=", scale_.numel()); }

  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    return at::squeeze(score_(at::tanh(hidden_(at::mul(input, scale_)))), -1);
  }

 private:
  const at::Tensor& scale_;  // placing the model on a device changes the tensor, not the reference
  const loadstone::Module& hidden_;
  const loadstone::Module& score_;
};

}  // namespace

absl::Status RegisterRanker(loadstone::PluginRegistry& registry) {
  return registry.AddModuleClass({
      .name = "shop.models.Ranker",
      .signature = "features, hidden=8, bias=True",
      .construct = Ranker::Construct,
      .build = loadstone::BuildModule<Ranker>,
  });
}

}  // namespace shop
