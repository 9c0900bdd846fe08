// torch/nn/modules/rnn.py: RNNCell, LSTMCell, GRUCell.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_RNN_CELL_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_RNN_CELL_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterRnnCells(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_RNN_CELL_H_
