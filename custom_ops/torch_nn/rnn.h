// torch/nn/modules/rnn.py: RNN, LSTM, GRU.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_RNN_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_RNN_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

absl::Status RegisterRnn(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_RNN_H_
