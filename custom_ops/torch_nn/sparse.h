// torch/nn/modules/sparse.py: Embedding and EmbeddingBag.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_SPARSE_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_SPARSE_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterSparse(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_SPARSE_H_
