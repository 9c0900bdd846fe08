// torch/nn/modules/lazy.py: the layers that take their shapes from their first input.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_LAZY_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_LAZY_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

// Registered so that a model which never ran is refused with what to do: they have no weights, and after their first
// input Python makes them the class without "Lazy".
absl::Status RegisterLazy(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_LAZY_H_
