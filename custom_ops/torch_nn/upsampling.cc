#include "custom_ops/torch_nn/upsampling.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/interpolate.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

class Upsample : public TensorModule {
 public:
  explicit Upsample(ModuleState& state) : TensorModule(state) {
    AttributeReader& attributes = state.attributes();
    options_.mode = attributes.Text("mode");
    ReadSize(attributes);
    ReadScale(attributes);
    if (options_.size.empty() == options_.scale_factor.empty()) {
      attributes.Fail("exactly one of size and scale_factor should be defined");
    }
    if (!attributes.Get("align_corners").is_none()) options_.align_corners = attributes.Bool("align_corners");
    if (!attributes.Get("recompute_scale_factor").is_none()) {
      options_.recompute_scale_factor = attributes.Bool("recompute_scale_factor");
    }
  }

  at::Tensor ForwardTensor(const at::Tensor& input) const override { return Interpolate(input, options_); }

  std::string ExtraRepr() const override {
    const Attribute* scale = FindNamed(attributes(), "scale_factor");
    const bool has_scale = scale != nullptr && !scale->is_none();
    return FormatAttributes(
        *this, has_scale ? "scale_factor={scale_factor!r}, mode={mode!r}" : "size={size!r}, mode={mode!r}");
  }

 private:
  void ReadSize(AttributeReader& attributes) {
    const Attribute& size = attributes.Get("size");
    if (size.is_none()) return;
    options_.size = size.sequence() == nullptr ? attributes.Ints("size", 1) : attributes.Ints("size");
    options_.size_is_one_number = size.sequence() == nullptr;
    FitsInt32(attributes, "size", options_.size);
  }

  void ReadScale(AttributeReader& attributes) {
    const Attribute& scale = attributes.Get("scale_factor");
    if (scale.is_none()) return;
    options_.scale_is_one_number = scale.sequence() == nullptr;
    for (const Attribute& item :
         scale.sequence() == nullptr ? std::vector<Attribute>{scale} : scale.sequence()->items) {
      const double factor = AsFloat(item).value_or(0);
      if (!std::isfinite(factor) || factor <= 0 || factor > std::numeric_limits<int32_t>::max()) {
        attributes.Fail("scale_factor must be made of positive, finite numbers");
      }
      options_.scale_factor.push_back(factor);
    }
  }

  InterpolateOptions options_;
};

// Upsample.__init__ of these arguments.
void ConstructUpsampling(ModuleDefBuilder& self, absl::string_view name, const NamedList<Attribute>& arguments) {
  AttributeReader reader(std::string(name), arguments);
  self.Attribute("name", std::string(name));
  self.Attribute("size", reader.Get("size"));
  const Attribute& scale = reader.Get("scale_factor");
  if (scale.sequence() != nullptr) {
    std::vector<Attribute> factors;
    for (const Attribute& factor : scale.sequence()->items) factors.emplace_back(AsFloat(factor).value_or(0));
    self.Attribute("scale_factor", Attribute::Tuple(std::move(factors)));
  } else {
    const double factor = scale.is_none() ? 0 : reader.Float("scale_factor");
    self.Attribute("scale_factor", factor == 0 ? Attribute() : Attribute(factor));
  }
  for (const char* attribute : {"mode", "align_corners", "recompute_scale_factor"}) {
    self.Attribute(attribute, reader.Get(attribute));
  }
  if (!reader.status().ok()) self.Fail(reader.status());
}

void ConstructUpsample(AttributeReader& arguments, ModuleDefBuilder& self) {
  NamedList<Attribute> values;
  for (const char* name : {"size", "scale_factor", "mode", "align_corners", "recompute_scale_factor"}) {
    values.push_back({name, arguments.Get(name)});
  }
  ConstructUpsampling(self, "Upsample", values);
}

ConstructFunction ConstructFixed(absl::string_view name, absl::string_view mode, Attribute align_corners) {
  return [name, mode, align_corners](AttributeReader& arguments, ModuleDefBuilder& self) {
    ConstructUpsampling(self, name,
                        {{"size", arguments.Get("size")},
                         {"scale_factor", arguments.Get("scale_factor")},
                         {"mode", std::string(mode)},
                         {"align_corners", align_corners}});
  };
}

// Before 1.6 the scale was recomputed from the output's size. Python also says so where a size is given, and then
// forward refuses it.
void SetState(ModuleDef& state) {
  const Attribute* size = FindNamed(state.attributes, "size");
  const bool has_size = size != nullptr && !size->is_none();
  FillAbsent(state, "recompute_scale_factor", has_size ? Attribute() : Attribute(true));
  FillAbsent(state, "align_corners", {});
  FillAbsent(state, "scale_factor", {});
}

}  // namespace

absl::Status RegisterUpsampling(PluginRegistry& registry) {
  return AddTorchNnClasses(
      registry, "torch.nn.modules.upsampling",
      {{.name = "Upsample",
        .signature = "size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None",
        .construct = ConstructUpsample, .build = BuildModule<Upsample>, .set_state = SetState},
       {.name = "UpsamplingNearest2d", .signature = "size=None, scale_factor=None",
        .construct = ConstructFixed("UpsamplingNearest2d", "nearest", {}), .build = BuildModule<Upsample>,
        .set_state = SetState},
       {.name = "UpsamplingBilinear2d", .signature = "size=None, scale_factor=None",
        .construct = ConstructFixed("UpsamplingBilinear2d", "bilinear", true), .build = BuildModule<Upsample>,
        .set_state = SetState}});
}

}  // namespace loadstone
