// The settings and weights of RNN, LSTM and GRU, and how Python lays them out (torch.nn.modules.rnn.RNNBase).
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_RNN_LAYOUT_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_RNN_LAYOUT_H_

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "absl/strings/string_view.h"
#include "engine/attribute_reader.h"
#include "engine/module_class.h"
#include "engine/module_def.h"
#include "engine/module_def_builder.h"
#include "engine/module_state.h"

namespace loadstone {

enum class RnnMode { kTanh, kRelu, kLstm, kGru };

struct RnnSettings {
  RnnMode mode = RnnMode::kTanh;
  int64_t input_size = 0;
  int64_t hidden_size = 0;
  int64_t proj_size = 0;  // 0: the output is the hidden state itself
  int64_t num_layers = 0;
  bool bias = false;
  bool batch_first = false;
  bool bidirectional = false;

  int64_t directions() const { return bidirectional ? 2 : 1; }
  int64_t output_size() const { return proj_size > 0 ? proj_size : hidden_size; }
};

// Checked: sizes are positive and their products small. Mistakes are noted.
RnnSettings ReadRnnSettings(AttributeReader& attributes);

// Every weight in the order of RNNBase._flat_weights, found by name and of the shape that the settings want, since the
// kernels trust both. Mistakes are noted, and the list then ends early.
std::vector<const at::Tensor*> FindRnnWeights(ModuleState& state, const RnnSettings& settings);

// RNNBase.__init__ of a class whose own arguments are (*args, **kwargs).
void ConstructRnn(AttributeReader& arguments, ModuleDefBuilder& self);
void ConstructLstm(AttributeReader& arguments, ModuleDefBuilder& self);
void ConstructGru(AttributeReader& arguments, ModuleDefBuilder& self);

// RNNBase.__setstate__.
void SetRnnState(ModuleDef& state);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_RNN_LAYOUT_H_
