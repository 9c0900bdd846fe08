// The library's one exported symbol.
#include "engine/base/status_macros.h"
#include "engine/plugin_descriptor.h"
#include "shop.h"

namespace shop {

absl::Status RegisterAll(loadstone::PluginRegistry& registry) {
  RETURN_IF_ERROR(RegisterTextWeights(registry));
  RETURN_IF_ERROR(RegisterRanker(registry));
  return RegisterBudgetDevice(registry);
}

}  // namespace shop

LOADSTONE_PLUGIN(shop::RegisterAll);
