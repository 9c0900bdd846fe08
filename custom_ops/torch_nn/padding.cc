#include "custom_ops/torch_nn/padding.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/ops/pad.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

enum class Kind { kZero, kConstant, kReflection, kReplication, kCircular };

// at::pad's name of it.
constexpr const char* ModeOf(Kind kind) {
  switch (kind) {
    case Kind::kReflection: return "reflect";
    case Kind::kReplication: return "replicate";
    case Kind::kCircular: return "circular";
    default: return "constant";
  }
}

constexpr bool HasValue(Kind kind) { return kind == Kind::kZero || kind == Kind::kConstant; }

template <Kind kKind, size_t kDims>
class Pad : public TensorModule {
 public:
  explicit Pad(ModuleState& state) : TensorModule(state) {
    AttributeReader& attributes = state.attributes();
    // As in Python, a tuple may have another length, and then pads fewer or more dimensions.
    padding_ = attributes.Get("padding").sequence() == nullptr ? attributes.Ints("padding", 2 * kDims)
                                                               : attributes.Ints("padding");
    FitsInt32(attributes, "padding", padding_);
    if constexpr (HasValue(kKind)) value_ = attributes.Float("value");
  }

  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    if constexpr (kKind == Kind::kCircular) {
      constexpr int64_t kLeast = kDims + 1;
      TORCH_CHECK_VALUE(input.dim() == kLeast || input.dim() == kLeast + 1, "expected ", kLeast, "D or ", kLeast + 1,
                        "D input (got ", input.dim(), "D input)");
    }
    return at::pad(input, padding_, ModeOf(kKind), value_);
  }

  std::string ExtraRepr() const override {
    return FormatAttributes(*this, kKind == Kind::kConstant ? "padding={padding}, value={value}" : "{padding}");
  }

 private:
  std::vector<int64_t> padding_;
  std::optional<double> value_;
};

template <Kind kKind, size_t kDims>
ModuleClass PadClass(absl::string_view prefix) {
  return {.name = absl::StrCat(prefix, "Pad", kDims, "d"),
          .signature = kKind == Kind::kConstant ? "padding, value" : "padding",
          .construct =
              [](AttributeReader& arguments, ModuleDefBuilder& self) {
                if constexpr (kKind == Kind::kConstant) self.Attribute("value", arguments.Get("value"));
                if constexpr (kKind == Kind::kZero) self.Attribute("value", 0.0);
                self.Attribute("padding", NTuple(arguments.Get("padding"), 2 * kDims));
              },
          .build = BuildModule<Pad<kKind, kDims>>,
          // In old files ZeroPad2d has no value.
          .set_state = kKind == Kind::kZero ? FillAbsent({{"value", 0.0}}) : SetStateFunction()};
}

template <size_t kDims>
void AppendClasses(std::vector<ModuleClass>& classes) {
  classes.push_back(PadClass<Kind::kZero, kDims>("Zero"));
  classes.push_back(PadClass<Kind::kConstant, kDims>("Constant"));
  classes.push_back(PadClass<Kind::kReflection, kDims>("Reflection"));
  classes.push_back(PadClass<Kind::kReplication, kDims>("Replication"));
  classes.push_back(PadClass<Kind::kCircular, kDims>("Circular"));
}

}  // namespace

absl::Status RegisterPadding(PluginRegistry& registry) {
  std::vector<ModuleClass> classes;
  AppendClasses<1>(classes);
  AppendClasses<2>(classes);
  AppendClasses<3>(classes);
  return AddTorchNnClasses(registry, "torch.nn.modules.padding", std::move(classes));
}

}  // namespace loadstone
