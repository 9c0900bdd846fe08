// torch/nn/modules/container.py: Sequential, ModuleList, ModuleDict; and the bare Module.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_CONTAINER_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_CONTAINER_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterContainers(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_CONTAINER_H_
