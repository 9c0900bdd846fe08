// torch/nn/modules/container.py: ParameterList and ParameterDict.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_PARAMETER_CONTAINER_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_PARAMETER_CONTAINER_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterParameterContainers(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_PARAMETER_CONTAINER_H_
