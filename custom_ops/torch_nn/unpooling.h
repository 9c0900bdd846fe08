// torch/nn/modules/pooling.py: MaxUnpool and FractionalMaxPool.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_UNPOOLING_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_UNPOOLING_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterUnpooling(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_UNPOOLING_H_
