#include "custom_ops/torch_nn/softmax.h"

#include <cstdint>
#include <optional>
#include <string>

#include <ATen/core/Tensor.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/neg.h>
#include <ATen/ops/softmax.h>
#include <c10/util/Exception.h>

#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

enum class Kind { kSoftmax, kSoftmin, kLogSoftmax };

template <Kind kKind>
class SoftmaxLayer : public TensorModule {
 public:
  explicit SoftmaxLayer(ModuleState& state) : TensorModule(state), dim_(state.attributes().OptionalInt("dim")) {}

  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    const int64_t dim = dim_.value_or(ImplicitDim(input.dim()));
    switch (kKind) {
      case Kind::kSoftmax: return at::softmax(input, dim);
      case Kind::kSoftmin: return at::softmax(input.neg(), dim);
      case Kind::kLogSoftmax: return at::log_softmax(input, dim);
    }
  }

  std::string ExtraRepr() const override { return FormatAttributes(*this, "dim={dim}"); }

 private:
  // torch.nn.functional._get_softmax_dim
  static int64_t ImplicitDim(int64_t dims) { return dims == 0 || dims == 1 || dims == 3 ? 0 : 1; }

  const std::optional<int64_t> dim_;
};

class Softmax2d : public TensorModule {
 public:
  using TensorModule::TensorModule;
  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    TORCH_CHECK_VALUE(input.dim() == 3 || input.dim() == 4, "Softmax2d: expected input to be 3D or 4D, got ",
                      input.dim(), "D instead");
    return at::softmax(input, -3);
  }
};

template <Kind kKind>
ModuleClass SoftmaxClass(absl::string_view name) {
  return {.name = std::string(name), .signature = "dim=None", .construct = StoreArguments({"dim"}),
          .build = BuildModule<SoftmaxLayer<kKind>>, .set_state = FillAbsent({{"dim", {}}})};
}

}  // namespace

absl::Status RegisterSoftmax(PluginRegistry& registry) {
  return AddTorchNnClasses(registry, "torch.nn.modules.activation",
                           {SoftmaxClass<Kind::kSoftmax>("Softmax"), SoftmaxClass<Kind::kSoftmin>("Softmin"),
                            SoftmaxClass<Kind::kLogSoftmax>("LogSoftmax"),
                            {.name = "Softmax2d", .signature = "*args, **kwargs", .construct = StoreNothing(),
                             .build = BuildModule<Softmax2d>}});
}

}  // namespace loadstone
