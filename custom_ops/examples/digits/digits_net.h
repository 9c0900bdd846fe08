// digits.model.DigitsNet and digits.model.BasicBlock in C++.
#ifndef LOADSTONE_CUSTOM_OPS_EXAMPLES_DIGITS_DIGITS_NET_H_
#define LOADSTONE_CUSTOM_OPS_EXAMPLES_DIGITS_DIGITS_NET_H_

#include <ATen/core/Tensor.h>

#include "engine/attribute_reader.h"
#include "engine/module.h"
#include "engine/module_def_builder.h"
#include "engine/module_state.h"

namespace loadstone::digits {

// Two 3x3 convolutions around a residual connection.
class BasicBlock : public TensorModule {
 public:
  // BasicBlock(in_channels, out_channels, stride=1, downsample=None)
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

// Images [N, 1, 8, 8] with values in 0..1 to logits [N, num_classes].
class DigitsNet : public TensorModule {
 public:
  // DigitsNet(width=16, num_classes=10, dropout=0.1)
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self);
  explicit DigitsNet(ModuleState& state);
  at::Tensor ForwardTensor(const at::Tensor& images) const override;

 private:
  const double input_mean_;
  const double input_std_;
  const Module& conv1_;
  const Module& bn1_;
  const Module& relu_;
  const Module& layer1_;
  const Module& layer2_;
  const Module& avgpool_;
  const Module& fc_;
};

}  // namespace loadstone::digits

#endif  // LOADSTONE_CUSTOM_OPS_EXAMPLES_DIGITS_DIGITS_NET_H_
