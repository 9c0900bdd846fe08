#include "custom_ops/examples/digits/register.h"

#include "custom_ops/examples/digits/digits_net.h"
#include "engine/base/status_macros.h"

namespace loadstone {

absl::Status RegisterDigits(PluginRegistry& registry) {
  RETURN_IF_ERROR(registry.AddModuleClass({
      .name = "digits.model.BasicBlock",
      .signature = "in_channels, out_channels, stride=1, downsample=None",
      .construct = digits::BasicBlock::Construct,
      .build = BuildModule<digits::BasicBlock>,
  }));
  return registry.AddModuleClass({
      .name = "digits.model.DigitsNet",
      .signature = "width=16, num_classes=10, dropout=0.1",
      .construct = digits::DigitsNet::Construct,
      .build = BuildModule<digits::DigitsNet>,
  });
}

}  // namespace loadstone
