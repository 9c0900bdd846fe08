// The forward pre-hooks of torch.nn.utils: weight norm, spectral norm and pruning, as they are pickled in whole modules.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_HOOKS_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_HOOKS_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

// Each computes the layer's tensor (usually `weight`) from the parameters it was split into, once, at load: in eval mode
// it never changes. The stale copy that the file holds is replaced.
absl::Status RegisterHooks(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_HOOKS_H_
