#include "custom_ops/torch_nn/rnn_cell.h"

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/gru_cell.h>
#include <ATen/ops/lstm_cell.h>
#include <ATen/ops/rnn_relu_cell.h>
#include <ATen/ops/rnn_tanh_cell.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "custom_ops/torch_nn/packed_sequence.h"
#include "custom_ops/torch_nn/tensor_shape.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

// RNNCellBase: what the three cells share. One is a member of each.
class CellWeights {
 public:
  CellWeights(ModuleState& state, int64_t gates)
      : hidden_size_(state.attributes().Int("hidden_size")),
        ih_(RequiredTensor(state, "weight_ih")),
        hh_(RequiredTensor(state, "weight_hh")),
        bias_ih_(SelfTensor(state, "bias_ih")),
        bias_hh_(SelfTensor(state, "bias_hh")) {
    AttributeReader& attributes = state.attributes();
    const int64_t input_size = attributes.Int("input_size");
    if (!FitsInt32(attributes, "hidden_size", {hidden_size_})) return;
    CheckShape(attributes, "weight_ih", ih_, {gates * hidden_size_, input_size});
    CheckShape(attributes, "weight_hh", hh_, {gates * hidden_size_, hidden_size_});
    CheckShape(attributes, "bias_ih", bias_ih_, {gates * hidden_size_});
    CheckShape(attributes, "bias_hh", bias_hh_, {gates * hidden_size_});
    if (bias_ih_.defined() != bias_hh_.defined()) attributes.Fail("one of bias_ih and bias_hh is None");
  }

  const at::Tensor& ih() const { return ih_; }
  const at::Tensor& hh() const { return hh_; }
  const at::Tensor& bias_ih() const { return bias_ih_; }
  const at::Tensor& bias_hh() const { return bias_hh_; }
  at::Tensor ZeroHidden(const at::Tensor& input) const {
    return at::zeros({input.size(0), hidden_size_}, input.options());
  }

 private:
  const int64_t hidden_size_;
  const at::Tensor& ih_;
  const at::Tensor& hh_;
  const at::Tensor& bias_ih_;  // both or neither defined
  const at::Tensor& bias_hh_;
};

// The inputs of a cell's forward, as batches.
struct CellInputs {
  at::Tensor input;
  std::vector<at::Tensor> hidden;
  bool batched = false;

  at::Tensor Unbatch(const at::Tensor& output) const { return batched ? output : output.squeeze(0); }
};

// `count` hidden tensors, zeros when none were given.
CellInputs ReadInputs(const Inputs& inputs, const CellWeights& weights, size_t count) {
  static constexpr absl::string_view kNames[] = {"input", "hx"};
  const std::vector<c10::IValue> bound = BindInputs(inputs, kNames, 1);
  const at::Tensor& input = bound[0].toTensor();
  TORCH_CHECK_VALUE(input.dim() == 1 || input.dim() == 2, "Expected input to be 1D or 2D, got ", input.dim(),
                    "D instead");
  CellInputs cell;
  cell.batched = input.dim() == 2;
  cell.input = cell.batched ? input : input.unsqueeze(0);
  if (bound[1].isNone()) {
    cell.hidden.assign(count, weights.ZeroHidden(cell.input));
    return cell;
  }
  cell.hidden = TensorsInput(bound[1], "hx");
  TORCH_CHECK_VALUE(cell.hidden.size() == count, "hx has ", cell.hidden.size(), " tensors, needs ", count);
  for (at::Tensor& hidden : cell.hidden) {
    TORCH_CHECK_VALUE(hidden.dim() == 1 || hidden.dim() == 2, "Expected hidden to be 1D or 2D, got ", hidden.dim(),
                      "D instead");
    if (!cell.batched) hidden = hidden.unsqueeze(0);
  }
  return cell;
}

// RNNCellBase.extra_repr
std::string CellRepr(const Module& module) {
  std::string text = FormatAttributes(module, "{input_size}, {hidden_size}");
  const Attribute* bias = FindNamed(module.attributes(), "bias");
  const bool is_true = bias != nullptr && bias->bool_value() != nullptr && *bias->bool_value();
  if (bias != nullptr && !is_true) absl::StrAppend(&text, FormatAttributes(module, ", bias={bias}"));
  const Attribute* nonlinearity = FindNamed(module.attributes(), "nonlinearity");
  if (nonlinearity != nullptr && (nonlinearity->text() == nullptr || *nonlinearity->text() != "tanh")) {
    absl::StrAppend(&text, FormatAttributes(module, ", nonlinearity={nonlinearity}"));
  }
  return text;
}

class RnnCell : public Module {
 public:
  explicit RnnCell(ModuleState& state) : Module(state), weights_(state, 1) {
    const std::string nonlinearity = state.attributes().Text("nonlinearity");
    relu_ = nonlinearity == "relu";
    if (!relu_ && nonlinearity != "tanh") {
      state.attributes().Fail(absl::StrCat("Unknown nonlinearity: ", nonlinearity));
    }
  }

  c10::IValue Forward(const Inputs& inputs) const override {
    const CellInputs cell = ReadInputs(inputs, weights_, 1);
    const CellWeights& w = weights_;
    return cell.Unbatch(
        relu_ ? at::rnn_relu_cell(cell.input, cell.hidden[0], w.ih(), w.hh(), w.bias_ih(), w.bias_hh())
              : at::rnn_tanh_cell(cell.input, cell.hidden[0], w.ih(), w.hh(), w.bias_ih(), w.bias_hh()));
  }
  std::string ExtraRepr() const override { return CellRepr(*this); }

 private:
  const CellWeights weights_;
  bool relu_ = false;
};

class LstmCell : public Module {
 public:
  explicit LstmCell(ModuleState& state) : Module(state), weights_(state, 4) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    const CellInputs cell = ReadInputs(inputs, weights_, 2);
    const CellWeights& w = weights_;
    const auto [h, c] = at::lstm_cell(cell.input, cell.hidden, w.ih(), w.hh(), w.bias_ih(), w.bias_hh());
    return c10::ivalue::Tuple::create(cell.Unbatch(h), cell.Unbatch(c));
  }
  std::string ExtraRepr() const override { return CellRepr(*this); }

 private:
  const CellWeights weights_;
};

class GruCell : public Module {
 public:
  explicit GruCell(ModuleState& state) : Module(state), weights_(state, 3) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    const CellInputs cell = ReadInputs(inputs, weights_, 1);
    const CellWeights& w = weights_;
    return cell.Unbatch(at::gru_cell(cell.input, cell.hidden[0], w.ih(), w.hh(), w.bias_ih(), w.bias_hh()));
  }
  std::string ExtraRepr() const override { return CellRepr(*this); }

 private:
  const CellWeights weights_;
};

void ConstructBase(AttributeReader& arguments, ModuleDefBuilder& self, int64_t gates) {
  StoreArguments(arguments, self, {"input_size", "hidden_size", "bias"});
  const int64_t input_size = arguments.Int("input_size");
  const int64_t hidden_size = arguments.Int("hidden_size");
  if (!FitsInt32(arguments, "hidden_size", {hidden_size})) return;
  AddParameter(arguments, self, "weight_ih", {gates * hidden_size, input_size});
  AddParameter(arguments, self, "weight_hh", {gates * hidden_size, hidden_size});
  for (const absl::string_view name : {"bias_ih", "bias_hh"}) {
    if (arguments.Bool("bias")) {
      AddParameter(arguments, self, name, {gates * hidden_size});
    } else {
      self.NoParameter(name);
    }
  }
}

}  // namespace

absl::Status RegisterRnnCells(PluginRegistry& registry) {
  constexpr char kSignature[] = "input_size, hidden_size, bias=True, device=None, dtype=None";
  return AddTorchNnClasses(
      registry, "torch.nn.modules.rnn",
      {{.name = "RNNCell",
        .signature = "input_size, hidden_size, bias=True, nonlinearity='tanh', device=None, dtype=None",
        .construct =
            [](AttributeReader& arguments, ModuleDefBuilder& self) {
              ConstructBase(arguments, self, 1);
              StoreArguments(arguments, self, {"nonlinearity"});
            },
        .build = BuildModule<RnnCell>},
       {.name = "LSTMCell",
        .signature = kSignature,
        .construct = [](AttributeReader& arguments, ModuleDefBuilder& self) { ConstructBase(arguments, self, 4); },
        .build = BuildModule<LstmCell>},
       {.name = "GRUCell",
        .signature = kSignature,
        .construct = [](AttributeReader& arguments, ModuleDefBuilder& self) { ConstructBase(arguments, self, 3); },
        .build = BuildModule<GruCell>}});
}

}  // namespace loadstone
