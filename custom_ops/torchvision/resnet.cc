#include "custom_ops/torchvision/resnet.h"

#include <ATen/ops/flatten.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "custom_ops/torchvision/class_name.h"
#include "engine/base/status_macros.h"
#include "engine/python_format.h"

namespace loadstone::torchvision {
namespace {

constexpr char kBlockSignature[] =
    "inplanes, planes, stride=1, downsample=None, groups=1, base_width=64, dilation=1, norm_layer=None";
constexpr char kResNetSignature[] =
    "block, layers, num_classes=1000, zero_init_residual=False, groups=1, width_per_group=64, "
    "replace_stride_with_dilation=None, norm_layer=None";
constexpr char kDefaultNorm[] = "torch.nn.modules.batchnorm.BatchNorm2d";
// Far beyond what any published model has. Shapes of a hostile file may be recognised as such widths, and norms are
// allocated before any weight is seen.
constexpr int64_t kMaxBlocks = 1000;
constexpr int64_t kMaxWidth = int64_t{1} << 20;

std::shared_ptr<ModuleDef> Conv3x3(ModuleDefBuilder& self, int64_t in_planes, int64_t out_planes, int64_t stride = 1,
                                   int64_t groups = 1, int64_t dilation = 1) {
  return self.New("torch.nn.Conv2d", {in_planes, out_planes},
                  {{"kernel_size", 3},
                   {"stride", stride},
                   {"padding", dilation},
                   {"groups", groups},
                   {"bias", false},
                   {"dilation", dilation}});
}

std::shared_ptr<ModuleDef> Conv1x1(ModuleDefBuilder& self, int64_t in_planes, int64_t out_planes, int64_t stride = 1) {
  return self.New("torch.nn.Conv2d", {in_planes, out_planes},
                  {{"kernel_size", 1}, {"stride", stride}, {"bias", false}});
}

void Relu(ModuleDefBuilder& self) { self.Child("relu", "torch.nn.ReLU", {}, {{"inplace", true}}); }

// The end of both blocks' constructors.
void Residual(AttributeReader& arguments, ModuleDefBuilder& self) {
  if (arguments.Get("downsample").is_none()) {
    self.Attribute("downsample", Attribute());
  } else if (std::shared_ptr<ModuleDef> downsample = arguments.Get("downsample").module()) {
    self.Child("downsample", std::move(downsample));
  } else {
    arguments.Fail(
        absl::StrCat("'downsample' is ", arguments.Get("downsample").TypeName(), ", needs a module or None"));
  }
  self.Attribute("stride", arguments.Get("stride"));
}

int64_t Expansion(const std::string& block) { return block == kBottleneck ? 4 : 1; }

// ResNet._make_layer, and what it keeps between its calls.
class LayerMaker {
 public:
  LayerMaker(AttributeReader& arguments, ModuleDefBuilder& self, std::string block, std::string norm)
      : self_(self),
        block_(std::move(block)),
        norm_(std::move(norm)),
        groups_(arguments.Int("groups")),
        base_width_(arguments.Int("width_per_group")) {}

  std::shared_ptr<ModuleDef> Make(int64_t planes, int64_t blocks, int64_t stride, bool dilate) {
    const int64_t out_planes = planes * Expansion(block_);
    const int64_t first_dilation = dilation_;
    if (dilate) {
      dilation_ *= stride;
      stride = 1;
    }
    Attribute downsample;
    if (stride != 1 || inplanes_ != out_planes) {
      downsample = self_.New("torch.nn.Sequential",
                             {Conv1x1(self_, inplanes_, out_planes, stride), self_.New(norm_, {out_planes})});
    }
    std::vector<Attribute> layers = {
        self_.New(block_, {inplanes_, planes, stride, downsample, groups_, base_width_, first_dilation, norm_})};
    inplanes_ = out_planes;
    for (int64_t i = 1; i < blocks; ++i) {
      layers.push_back(self_.New(
          block_, {inplanes_, planes},
          {{"groups", groups_}, {"base_width", base_width_}, {"dilation", dilation_}, {"norm_layer", norm_}}));
    }
    return self_.New("torch.nn.Sequential", std::move(layers));
  }

  int64_t inplanes() const { return inplanes_; }
  int64_t dilation() const { return dilation_; }

 private:
  ModuleDefBuilder& self_;
  const std::string block_;
  const std::string norm_;
  const int64_t groups_;
  const int64_t base_width_;
  int64_t inplanes_ = 64;
  int64_t dilation_ = 1;
};

std::vector<int64_t> BlockCounts(AttributeReader& arguments) {
  std::vector<int64_t> counts = arguments.Ints("layers");
  if (!arguments.status().ok()) return {0, 0, 0, 0};
  bool valid = counts.size() == 4;  // Python takes more, and leaves them out
  for (const int64_t count : counts) valid = valid && count >= 1 && count <= kMaxBlocks;
  if (valid) return counts;
  arguments.Fail(
      absl::StrCat("'layers' is [", absl::StrJoin(counts, ", "), "], needs 4 numbers from 1 to ", kMaxBlocks));
  return {0, 0, 0, 0};
}

std::vector<bool> Dilations(AttributeReader& arguments) {
  const Attribute& value = arguments.Get("replace_stride_with_dilation");
  if (value.is_none()) return {false, false, false};
  std::vector<bool> dilations;
  if (const Attribute::Sequence* sequence = value.sequence()) {
    for (const Attribute& item : sequence->items) dilations.push_back(AsInt(item).value_or(0) != 0);
  }
  if (dilations.size() == 3) return dilations;
  arguments.Fail(
      absl::StrCat("replace_stride_with_dilation should be None or a 3-element tuple, got ", PythonRepr(value)));
  return {false, false, false};
}

}  // namespace

void BasicBlock::Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
  const int64_t planes = arguments.Int("planes");
  if (arguments.Int("groups") != 1 || arguments.Int("base_width") != 64) {
    return arguments.Fail("BasicBlock only supports groups=1 and base_width=64");
  }
  if (arguments.Int("dilation") > 1) return arguments.Fail("Dilation > 1 not supported in BasicBlock");
  const std::string norm = ClassName(arguments, "norm_layer", kDefaultNorm);
  self.Child("conv1", Conv3x3(self, arguments.Int("inplanes"), planes, arguments.Int("stride")));
  self.Child("bn1", norm, {planes});
  Relu(self);
  self.Child("conv2", Conv3x3(self, planes, planes));
  self.Child("bn2", norm, {planes});
  Residual(arguments, self);
}

BasicBlock::BasicBlock(ModuleState& state)
    : TensorModule(state),
      conv1_(state.Child("conv1")),
      bn1_(state.Child("bn1")),
      relu_(state.Child("relu")),
      conv2_(state.Child("conv2")),
      bn2_(state.Child("bn2")),
      downsample_(state.OptionalChild("downsample")) {}

at::Tensor BasicBlock::ForwardTensor(const at::Tensor& input) const {
  at::Tensor out = relu_(bn1_(conv1_(input)));
  out = bn2_(conv2_(out));
  out += downsample_ == nullptr ? input : (*downsample_)(input);
  return relu_(out);
}

void Bottleneck::Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
  const int64_t planes = arguments.Int("planes");
  const int64_t groups = arguments.Int("groups");
  const int64_t base_width = arguments.Int("base_width");
  if (base_width < 1 || groups < 1 || base_width > kMaxWidth || groups > kMaxWidth || planes > kMaxWidth) {
    return arguments.Fail(
        absl::StrCat("groups is ", groups, " and base_width ", base_width, ", need 1 to ", kMaxWidth));
  }
  const int64_t width =
      static_cast<int64_t>(static_cast<double>(planes) * (static_cast<double>(base_width) / 64.0)) * groups;
  if (width > kMaxWidth) return arguments.Fail(absl::StrCat("the block is ", width, " wide, at most ", kMaxWidth));
  const std::string norm = ClassName(arguments, "norm_layer", kDefaultNorm);
  self.Child("conv1", Conv1x1(self, arguments.Int("inplanes"), width));
  self.Child("bn1", norm, {width});
  self.Child("conv2", Conv3x3(self, width, width, arguments.Int("stride"), groups, arguments.Int("dilation")));
  self.Child("bn2", norm, {width});
  self.Child("conv3", Conv1x1(self, width, planes * 4));
  self.Child("bn3", norm, {planes * 4});
  Relu(self);
  Residual(arguments, self);
}

Bottleneck::Bottleneck(ModuleState& state)
    : TensorModule(state),
      conv1_(state.Child("conv1")),
      bn1_(state.Child("bn1")),
      conv2_(state.Child("conv2")),
      bn2_(state.Child("bn2")),
      conv3_(state.Child("conv3")),
      bn3_(state.Child("bn3")),
      relu_(state.Child("relu")),
      downsample_(state.OptionalChild("downsample")) {}

at::Tensor Bottleneck::ForwardTensor(const at::Tensor& input) const {
  at::Tensor out = relu_(bn1_(conv1_(input)));
  out = relu_(bn2_(conv2_(out)));
  out = bn3_(conv3_(out));
  out += downsample_ == nullptr ? input : (*downsample_)(input);
  return relu_(out);
}

void ResNet::Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
  const std::string block = ClassName(arguments, "block", "");
  if (arguments.status().ok() && block != kBasicBlock && block != kBottleneck) {
    arguments.Fail(absl::StrCat("'block' is ", block, ", needs ", kBasicBlock, " or ", kBottleneck));
  }
  const std::string norm = ClassName(arguments, "norm_layer", kDefaultNorm);
  const std::vector<int64_t> counts = BlockCounts(arguments);
  const std::vector<bool> dilate = Dilations(arguments);
  if (!arguments.status().ok()) return;

  LayerMaker layers(arguments, self, block, norm);
  self.Attribute("_norm_layer", Attribute(Attribute::Symbol{norm}));
  self.Attribute("groups", arguments.Get("groups"));
  self.Attribute("base_width", arguments.Get("width_per_group"));
  self.Child("conv1", "torch.nn.Conv2d", {3, 64}, {{"kernel_size", 7}, {"stride", 2}, {"padding", 3}, {"bias", false}});
  self.Child("bn1", norm, {64});
  Relu(self);
  self.Child("maxpool", "torch.nn.MaxPool2d", {}, {{"kernel_size", 3}, {"stride", 2}, {"padding", 1}});
  self.Child("layer1", layers.Make(64, counts[0], 1, false));
  self.Child("layer2", layers.Make(128, counts[1], 2, dilate[0]));
  self.Child("layer3", layers.Make(256, counts[2], 2, dilate[1]));
  self.Child("layer4", layers.Make(512, counts[3], 2, dilate[2]));
  self.Child("avgpool", "torch.nn.AdaptiveAvgPool2d", {Attribute::Ints({1, 1})});
  self.Child("fc", "torch.nn.Linear", {512 * Expansion(block), arguments.Get("num_classes")});
  self.Attribute("inplanes", layers.inplanes());
  self.Attribute("dilation", layers.dilation());
}

ResNet::ResNet(ModuleState& state)
    : TensorModule(state),
      conv1_(state.Child("conv1")),
      bn1_(state.Child("bn1")),
      relu_(state.Child("relu")),
      maxpool_(state.Child("maxpool")),
      layer1_(state.Child("layer1")),
      layer2_(state.Child("layer2")),
      layer3_(state.Child("layer3")),
      layer4_(state.Child("layer4")),
      avgpool_(state.Child("avgpool")),
      fc_(state.Child("fc")) {}

at::Tensor ResNet::ForwardTensor(const at::Tensor& images) const {
  at::Tensor x = maxpool_(relu_(bn1_(conv1_(images))));
  x = layer4_(layer3_(layer2_(layer1_(x))));
  return fc_(at::flatten(avgpool_(x), 1));
}

absl::Status RegisterResNetClasses(PluginRegistry& registry) {
  RETURN_IF_ERROR(registry.AddModuleClass({.name = std::string(kBasicBlock),
                                           .signature = kBlockSignature,
                                           .construct = BasicBlock::Construct,
                                           .build = BuildModule<BasicBlock>}));
  RETURN_IF_ERROR(registry.AddModuleClass({.name = std::string(kBottleneck),
                                           .signature = kBlockSignature,
                                           .construct = Bottleneck::Construct,
                                           .build = BuildModule<Bottleneck>}));
  return registry.AddModuleClass({.name = std::string(kResNet),
                                  .signature = kResNetSignature,
                                  .construct = ResNet::Construct,
                                  .build = BuildModule<ResNet>});
}

}  // namespace loadstone::torchvision
