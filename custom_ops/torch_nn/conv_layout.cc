#include "custom_ops/torch_nn/conv_layout.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "engine/attribute.h"
#include "engine/attribute_reader.h"
#include "engine/module_def.h"
#include "engine/module_def_builder.h"

namespace loadstone {
namespace {

enum class Kind { kConv, kTransposed };

// _reversed_padding_repeated_twice of int padding: what F.pad takes, last dimension first.
Attribute ReversedTwice(const std::vector<int64_t>& padding) {
  std::vector<int64_t> edges;
  for (auto amount = padding.rbegin(); amount != padding.rend(); ++amount) edges.insert(edges.end(), 2, *amount);
  return Attribute::Ints(edges);
}

// The same for padding='same' or 'valid'; in Python a list.
Attribute ReversedTwice(absl::string_view padding, const std::vector<int64_t>& dilation,
                        const std::vector<int64_t>& kernel_size) {
  const size_t dims = kernel_size.size();
  std::vector<Attribute> edges(2 * dims, Attribute(0));
  for (size_t d = 0; d < dims && padding == "same"; ++d) {
    const int64_t total = dilation[d] * (kernel_size[d] - 1);
    const size_t i = dims - 1 - d;
    edges[2 * i] = total / 2;
    edges[2 * i + 1] = total - total / 2;
  }
  return Attribute::List(std::move(edges));
}

// Checks that the layer's own constructor would make too late, when a parameter's shape already needs them.
bool DividesChannels(ModuleDefBuilder& self, int64_t in_channels, int64_t out_channels, int64_t groups) {
  if (groups <= 0) {
    self.Fail("groups must be a positive integer");
  } else if (in_channels % groups != 0) {
    self.Fail("in_channels must be divisible by groups");
  } else if (out_channels % groups != 0) {
    self.Fail("out_channels must be divisible by groups");
  } else {
    return true;
  }
  return false;
}

void ConstructConvNd(AttributeReader& arguments, ModuleDefBuilder& self, size_t dims, Kind kind) {
  const int64_t in_channels = arguments.Int("in_channels");
  const int64_t out_channels = arguments.Int("out_channels");
  const int64_t groups = arguments.Int("groups");
  const std::vector<int64_t> kernel_size = Sizes(arguments, "kernel_size", dims);
  const std::vector<int64_t> stride = Sizes(arguments, "stride", dims);
  const std::vector<int64_t> dilation = Sizes(arguments, "dilation", dims);
  const std::string* padding_text = arguments.Get("padding").text();
  const std::vector<int64_t> padding =
      padding_text == nullptr ? Sizes(arguments, "padding", dims) : std::vector<int64_t>{};
  if (!arguments.status().ok() || !DividesChannels(self, in_channels, out_channels, groups)) return;
  if (padding_text != nullptr && *padding_text == "same" &&
      std::any_of(stride.begin(), stride.end(), [](int64_t step) { return step != 1; })) {
    return self.Fail("padding='same' is not supported for strided convolutions");
  }

  const bool transposed = kind == Kind::kTransposed;
  StoreArguments(arguments, self, {"in_channels", "out_channels"});
  self.Attribute("kernel_size", NTuple(arguments.Get("kernel_size"), dims));
  self.Attribute("stride", NTuple(arguments.Get("stride"), dims));
  self.Attribute("padding",
                 padding_text != nullptr ? arguments.Get("padding") : NTuple(arguments.Get("padding"), dims));
  self.Attribute("dilation", NTuple(arguments.Get("dilation"), dims));
  self.Attribute("transposed", transposed);
  self.Attribute("output_padding", NTuple(transposed ? arguments.Get("output_padding") : Attribute(0), dims));
  StoreArguments(arguments, self, {"groups", "padding_mode"});
  self.Attribute("_reversed_padding_repeated_twice", padding_text == nullptr
                                                         ? ReversedTwice(padding)
                                                         : ReversedTwice(*padding_text, dilation, kernel_size));
  std::vector<int64_t> weight_shape;
  weight_shape.push_back(transposed ? in_channels : out_channels);
  weight_shape.push_back((transposed ? out_channels : in_channels) / groups);
  for (const int64_t size : kernel_size) weight_shape.push_back(size);
  AddParameter(arguments, self, "weight", weight_shape);
  if (arguments.Bool("bias")) {
    AddParameter(arguments, self, "bias", {out_channels});
  } else {
    self.NoParameter("bias");
  }
}

// 1.1 brought padding_mode; 1.4 and earlier kept another form of the edges, or none.
void SetState(ModuleDef& state) {
  FillAbsent(state, "padding_mode", "zeros");
  const Attribute* padding = FindNamed(state.attributes, "padding");
  if (padding == nullptr) return;
  if (const std::optional<std::vector<int64_t>> amounts = AsInts(*padding)) {
    FillAbsent(state, "_reversed_padding_repeated_twice", ReversedTwice(*amounts));
  }
}

bool AllAre(const Module& module, absl::string_view name, int64_t value) {
  const Attribute* attribute = FindNamed(module.attributes(), name);
  const std::optional<std::vector<int64_t>> values = attribute == nullptr ? std::nullopt : AsInts(*attribute);
  return values.has_value() &&
         std::all_of(values->begin(), values->end(), [value](int64_t each) { return each == value; });
}

ModuleClass ConvClass(Kind kind, size_t dims, absl::StatusOr<std::unique_ptr<Module>> (*build)(ModuleParts)) {
  const bool transposed = kind == Kind::kTransposed;
  return {.name = absl::StrCat(transposed ? "ConvTranspose" : "Conv", dims, "d"),
          .signature = transposed ? "in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, "
                                    "groups=1, bias=True, dilation=1, padding_mode='zeros', device=None, dtype=None"
                                  : "in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, "
                                    "groups=1, bias=True, padding_mode='zeros', device=None, dtype=None",
          .construct =
              [dims, kind](AttributeReader& arguments, ModuleDefBuilder& self) {
                ConstructConvNd(arguments, self, dims, kind);
              },
          .build = build,
          .set_state = SetState};
}

}  // namespace

absl::Status AddConvClasses(PluginRegistry& registry, const ConvBuilders& conv, const ConvBuilders& conv_transpose) {
  std::vector<ModuleClass> classes;
  for (size_t i = 0; i < conv.size(); ++i) classes.push_back(ConvClass(Kind::kConv, i + 1, conv[i]));
  for (size_t i = 0; i < conv.size(); ++i) classes.push_back(ConvClass(Kind::kTransposed, i + 1, conv_transpose[i]));
  return AddTorchNnClasses(registry, "torch.nn.modules.conv", std::move(classes));
}

std::string ConvExtraRepr(const Module& module, bool has_bias) {
  std::string pattern = "{in_channels}, {out_channels}, kernel_size={kernel_size}, stride={stride}";
  if (!AllAre(module, "padding", 0)) pattern += ", padding={padding}";
  if (!AllAre(module, "dilation", 1)) pattern += ", dilation={dilation}";
  if (!AllAre(module, "output_padding", 0)) pattern += ", output_padding={output_padding}";
  const Attribute* groups = FindNamed(module.attributes(), "groups");
  if (groups != nullptr && AsInt(*groups) != 1) pattern += ", groups={groups}";
  if (!has_bias) pattern += ", bias=False";
  const Attribute* mode = FindNamed(module.attributes(), "padding_mode");
  if (mode != nullptr && (mode->text() == nullptr || *mode->text() != "zeros")) {
    pattern += ", padding_mode={padding_mode}";
  }
  return FormatAttributes(module, pattern);
}

}  // namespace loadstone
