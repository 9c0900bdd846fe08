// Modules that only stand around another: DataParallel and DistributedDataParallel.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_WRAPPER_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_WRAPPER_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

// On one device each gives what the module inside gives.
absl::Status RegisterWrappers(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_WRAPPER_H_
