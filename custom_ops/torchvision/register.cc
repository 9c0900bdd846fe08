#include "custom_ops/torchvision/register.h"

#include "custom_ops/torchvision/resnet.h"
#include "custom_ops/torchvision/resnet_builders.h"
#include "custom_ops/torchvision/resnet_recognizer.h"
#include "engine/base/status_macros.h"

namespace loadstone {

absl::Status RegisterTorchvision(PluginRegistry& registry) {
  RETURN_IF_ERROR(torchvision::RegisterResNetClasses(registry));
  RETURN_IF_ERROR(torchvision::RegisterResNetBuilders(registry));
  return registry.AddArchitectureRecognizer(torchvision::ResNetRecognizer());
}

}  // namespace loadstone
