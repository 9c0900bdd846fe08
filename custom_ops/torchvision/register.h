// torchvision's models.
#ifndef LOADSTONE_CUSTOM_OPS_TORCHVISION_REGISTER_H_
#define LOADSTONE_CUSTOM_OPS_TORCHVISION_REGISTER_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

// Adds the classes and builders of the ResNet family, and what recognises their state dicts. Layers of torch.nn must be
// registered too when a model is loaded.
absl::Status RegisterTorchvision(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCHVISION_REGISTER_H_
