// torch/nn/modules/activation.py: Softmax, Softmin, LogSoftmax, Softmax2d.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_SOFTMAX_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_SOFTMAX_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterSoftmax(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_SOFTMAX_H_
