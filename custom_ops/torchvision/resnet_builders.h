// The functions of torchvision.models that make ResNets: resnet18 ... wide_resnet101_2.
#ifndef LOADSTONE_CUSTOM_OPS_TORCHVISION_RESNET_BUILDERS_H_
#define LOADSTONE_CUSTOM_OPS_TORCHVISION_RESNET_BUILDERS_H_

#include <array>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/plugin_registry.h"

namespace loadstone::torchvision {

struct ResNetBuilder {
  absl::string_view name;   // "resnet50"
  absl::string_view block;  // kBasicBlock or kBottleneck
  std::array<int64_t, 4> layers;
  int64_t groups = 1;
  int64_t width_per_group = 64;
};

// All ten.
absl::Span<const ResNetBuilder> ResNetBuilders();

// Adds each as torchvision.models.resnet.<name>, with the alias torchvision.models.<name>.
absl::Status RegisterResNetBuilders(PluginRegistry& registry);

}  // namespace loadstone::torchvision

#endif  // LOADSTONE_CUSTOM_OPS_TORCHVISION_RESNET_BUILDERS_H_
