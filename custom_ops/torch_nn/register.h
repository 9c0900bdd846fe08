// All layers of torch.nn.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_REGISTER_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_REGISTER_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

// AlreadyExists: another plugin took one of the names.
absl::Status RegisterTorchNn(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_REGISTER_H_
