// torch/nn/modules/batchnorm.py and instancenorm.py.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_BATCHNORM_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_BATCHNORM_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterBatchNorm(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_BATCHNORM_H_
