// The classes of torchvision/models/resnet.py.
#ifndef LOADSTONE_CUSTOM_OPS_TORCHVISION_RESNET_H_
#define LOADSTONE_CUSTOM_OPS_TORCHVISION_RESNET_H_

#include <ATen/core/Tensor.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/attribute_reader.h"
#include "engine/module.h"
#include "engine/module_def_builder.h"
#include "engine/module_state.h"
#include "engine/plugin_registry.h"

namespace loadstone::torchvision {

inline constexpr absl::string_view kBasicBlock = "torchvision.models.resnet.BasicBlock";
inline constexpr absl::string_view kBottleneck = "torchvision.models.resnet.Bottleneck";
inline constexpr absl::string_view kResNet = "torchvision.models.resnet.ResNet";

// Two 3x3 convolutions around a residual connection: ResNet-18 and -34.
class BasicBlock : public TensorModule {
 public:
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self);
  explicit BasicBlock(ModuleState& state);
  at::Tensor ForwardTensor(const at::Tensor& input) const override;

 private:
  const Module& conv1_;
  const Module& bn1_;
  const Module& relu_;
  const Module& conv2_;
  const Module& bn2_;
  const Module* const downsample_;  // null: the input is added as it is
};

// A 3x3 convolution between two 1x1 ones: all the others. In torchvision it is the 3x3 that has the stride.
class Bottleneck : public TensorModule {
 public:
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self);
  explicit Bottleneck(ModuleState& state);
  at::Tensor ForwardTensor(const at::Tensor& input) const override;

 private:
  const Module& conv1_;
  const Module& bn1_;
  const Module& conv2_;
  const Module& bn2_;
  const Module& conv3_;
  const Module& bn3_;
  const Module& relu_;
  const Module* const downsample_;
};

// Images [N, 3, H, W] to logits [N, num_classes].
class ResNet : public TensorModule {
 public:
  // `block` and `norm_layer` are classes, or their qualified names as text (as JSON has them).
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self);
  explicit ResNet(ModuleState& state);
  at::Tensor ForwardTensor(const at::Tensor& images) const override;

 private:
  const Module& conv1_;
  const Module& bn1_;
  const Module& relu_;
  const Module& maxpool_;
  const Module& layer1_;
  const Module& layer2_;
  const Module& layer3_;
  const Module& layer4_;
  const Module& avgpool_;
  const Module& fc_;
};

// Adds the three classes.
absl::Status RegisterResNetClasses(PluginRegistry& registry);

}  // namespace loadstone::torchvision

#endif  // LOADSTONE_CUSTOM_OPS_TORCHVISION_RESNET_H_
