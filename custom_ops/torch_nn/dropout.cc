#include "custom_ops/torch_nn/dropout.h"

#include <string>

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "engine/module.h"
#include "engine/module_state.h"
#include "engine/python_format.h"

namespace loadstone {
namespace {

// In eval mode every dropout gives its input back.
class Dropout : public TensorModule {
 public:
  explicit Dropout(ModuleState& state) : TensorModule(state) {
    const double p = state.attributes().Float("p");
    if (!(p >= 0 && p <= 1)) {
      state.attributes().Fail(
          absl::StrCat("dropout probability has to be between 0 and 1, but got ", PythonFloat(p)));
    }
  }

  at::Tensor ForwardTensor(const at::Tensor& input) const override { return input; }
  std::string ExtraRepr() const override { return FormatAttributes(*this, "p={p}, inplace={inplace}"); }
};

class Dropout1d : public Dropout {
 public:
  using Dropout::Dropout;
  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    TORCH_CHECK(input.dim() == 2 || input.dim() == 3, "dropout1d: Expected 2D or 3D input, but received a ",
                input.dim(), "D input.");
    return input;
  }
};

template <typename T>
ModuleClass DropoutClass(absl::string_view name) {
  return {.name = std::string(name), .signature = "p=0.5, inplace=False", .construct = StoreArguments({"p", "inplace"}),
          .build = BuildModule<T>, .set_state = FillAbsent({{"inplace", false}})};
}

}  // namespace

absl::Status RegisterDropout(PluginRegistry& registry) {
  return AddTorchNnClasses(
      registry, "torch.nn.modules.dropout",
      {DropoutClass<Dropout>("Dropout"), DropoutClass<Dropout1d>("Dropout1d"), DropoutClass<Dropout>("Dropout2d"),
       DropoutClass<Dropout>("Dropout3d"), DropoutClass<Dropout>("AlphaDropout"),
       DropoutClass<Dropout>("FeatureAlphaDropout")});
}

}  // namespace loadstone
