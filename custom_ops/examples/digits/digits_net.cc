#include "custom_ops/examples/digits/digits_net.h"

#include <cstdint>
#include <memory>

#include <ATen/ops/add.h>
#include <ATen/ops/div.h>
#include <ATen/ops/flatten.h>
#include <ATen/ops/sub.h>

namespace loadstone::digits {
namespace {

// 3x3 convolution with padding; no bias, for a batch norm follows.
std::shared_ptr<ModuleDef> Conv3x3(ModuleDefBuilder& self, int64_t in_channels, int64_t out_channels, int64_t stride) {
  return self.New("torch.nn.Conv2d", {in_channels, out_channels, 3},
                  {{"stride", stride}, {"padding", 1}, {"bias", false}});
}

// One block; it needs a projection when the shape changes.
std::shared_ptr<ModuleDef> Layer(ModuleDefBuilder& self, int64_t in_channels, int64_t out_channels, int64_t stride) {
  Attribute downsample;
  if (stride != 1 || in_channels != out_channels) {
    downsample = self.New("torch.nn.Sequential",
                          {self.New("torch.nn.Conv2d", {in_channels, out_channels, 1}, {{"stride", stride}, {"bias", false}}),
                           self.New("torch.nn.BatchNorm2d", {out_channels})});
  }
  return self.New("torch.nn.Sequential",
                  {self.New("digits.model.BasicBlock", {in_channels, out_channels, stride, downsample})});
}

}  // namespace

void BasicBlock::Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
  const int64_t in_channels = arguments.Int("in_channels");
  const int64_t out_channels = arguments.Int("out_channels");
  const int64_t stride = arguments.Int("stride");
  self.Child("conv1", Conv3x3(self, in_channels, out_channels, stride));
  self.Child("bn1", "torch.nn.BatchNorm2d", {out_channels});
  self.Child("relu", "torch.nn.ReLU", {}, {{"inplace", true}});
  self.Child("conv2", Conv3x3(self, out_channels, out_channels, 1));
  self.Child("bn2", "torch.nn.BatchNorm2d", {out_channels});
  if (arguments.Get("downsample").is_none()) {
    self.Attribute("downsample", Attribute());
  } else {
    self.Child("downsample", arguments.Get("downsample").module());
  }
  self.Attribute("stride", stride);
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
  const at::Tensor out = bn2_(conv2_(relu_(bn1_(conv1_(input)))));
  const at::Tensor identity = downsample_ == nullptr ? input : (*downsample_)(input);
  return relu_(at::add(out, identity));
}

void DigitsNet::Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
  const int64_t width = arguments.Int("width");
  const int64_t num_classes = arguments.Int("num_classes");
  self.Attribute("width", width);
  self.Attribute("num_classes", num_classes);
  self.Attribute("input_mean", 0.305);
  self.Attribute("input_std", 0.376);
  self.Child("conv1", Conv3x3(self, 1, width, 1));
  self.Child("bn1", "torch.nn.BatchNorm2d", {width});
  self.Child("relu", "torch.nn.ReLU", {}, {{"inplace", true}});
  self.Child("layer1", Layer(self, width, width, 1));
  self.Child("layer2", Layer(self, width, 2 * width, 2));
  self.Child("avgpool", "torch.nn.AdaptiveAvgPool2d", {1});
  self.Child("dropout", "torch.nn.Dropout", {arguments.Get("dropout")});
  self.Child("fc", "torch.nn.Linear", {2 * width, num_classes});
}

DigitsNet::DigitsNet(ModuleState& state)
    : TensorModule(state),
      input_mean_(state.attributes().Float("input_mean")),
      input_std_(state.attributes().Float("input_std")),
      conv1_(state.Child("conv1")),
      bn1_(state.Child("bn1")),
      relu_(state.Child("relu")),
      layer1_(state.Child("layer1")),
      layer2_(state.Child("layer2")),
      avgpool_(state.Child("avgpool")),
      fc_(state.Child("fc")) {}

at::Tensor DigitsNet::ForwardTensor(const at::Tensor& images) const {
  at::Tensor x = at::div(at::sub(images, input_mean_), input_std_);
  x = relu_(bn1_(conv1_(x)));
  x = layer2_(layer1_(x));
  return fc_(at::flatten(avgpool_(x), 1));  // dropout is the identity in eval mode
}

}  // namespace loadstone::digits
