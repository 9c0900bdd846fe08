// A plugin library of a shop: a file format, a layer class and a device, one file each.
#ifndef SHOP_SHOP_H_
#define SHOP_SHOP_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace shop {

absl::Status RegisterTextWeights(loadstone::PluginRegistry& registry);
absl::Status RegisterRanker(loadstone::PluginRegistry& registry);
absl::Status RegisterBudgetDevice(loadstone::PluginRegistry& registry);

}  // namespace shop

#endif  // SHOP_SHOP_H_
