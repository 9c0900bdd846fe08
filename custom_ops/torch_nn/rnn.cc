#include "custom_ops/torch_nn/rnn.h"

#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/gru.h>
#include <ATen/ops/lstm.h>
#include <ATen/ops/rnn_relu.h>
#include <ATen/ops/rnn_tanh.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "custom_ops/torch_nn/packed_sequence.h"
#include "custom_ops/torch_nn/rnn_layout.h"
#include "engine/module.h"
#include "engine/module_state.h"
#include "engine/python_format.h"

namespace loadstone {
namespace {

// The hidden state of RNN and GRU is one tensor, that of LSTM two: h and c.
using Hidden = std::vector<at::Tensor>;

c10::IValue HiddenValue(const Hidden& hidden) {
  if (hidden.size() == 1) return hidden.front();
  return c10::ivalue::Tuple::create(hidden[0], hidden[1]);
}

Hidden Permute(const Hidden& hidden, const at::Tensor& permutation) {
  if (!permutation.defined()) return hidden;
  Hidden permuted;
  for (const at::Tensor& tensor : hidden) permuted.push_back(tensor.index_select(1, permutation));
  return permuted;
}

class Recurrent : public Module {
 public:
  explicit Recurrent(ModuleState& state)
      : Module(state), settings_(ReadRnnSettings(state.attributes())), weights_(FindRnnWeights(state, settings_)) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    static constexpr absl::string_view kNames[] = {"input", "hx"};
    const std::vector<c10::IValue> bound = BindInputs(inputs, kNames, 1);
    const Hidden hidden = bound[1].isNone() ? Hidden{} : TensorsInput(bound[1], "hx");
    TORCH_CHECK_VALUE(hidden.empty() || hidden.size() == (settings_.mode == RnnMode::kLstm ? 2u : 1u), "hx has ",
                      hidden.size(), " tensors");
    if (bound[0].isTensor()) return ForwardPadded(bound[0].toTensor(), hidden);
    return ForwardPacked(PackedSequence::FromInput(bound[0]), hidden);
  }

  std::string ExtraRepr() const override {
    std::string text = FormatAttributes(*this, "{input_size}, {hidden_size}");
    const auto append_if = [&](bool differs, absl::string_view pattern) {
      if (differs) absl::StrAppend(&text, FormatAttributes(*this, pattern));
    };
    append_if(settings_.proj_size != 0, ", proj_size={proj_size}");
    append_if(settings_.num_layers != 1, ", num_layers={num_layers}");
    append_if(!settings_.bias, ", bias={bias}");
    append_if(settings_.batch_first, ", batch_first={batch_first}");
    const Attribute* dropout = FindNamed(attributes(), "dropout");
    append_if(dropout != nullptr && AsFloat(*dropout).value_or(0) != 0, ", dropout={dropout}");
    append_if(settings_.bidirectional, ", bidirectional={bidirectional}");
    return text;
  }

 private:
  c10::IValue ForwardPadded(at::Tensor input, Hidden hidden) const {
    TORCH_CHECK_VALUE(input.dim() == 2 || input.dim() == 3, type_name(), ": Expected input to be 2D or 3D, got ",
                      input.dim(), "D tensor instead");
    const bool batched = input.dim() == 3;
    const int64_t batch_dim = settings_.batch_first ? 0 : 1;
    for (at::Tensor& tensor : hidden) {
      TORCH_CHECK(tensor.dim() == input.dim(), "For ", batched ? "batched 3-D" : "unbatched 2-D", " input, hx should ",
                  "also be ", input.dim(), "-D but got ", tensor.dim(), "-D tensor");
      if (!batched) tensor = tensor.unsqueeze(1);
    }
    if (!batched) input = input.unsqueeze(batch_dim);
    CheckInput(input, 3);
    const int64_t batch = input.size(batch_dim);
    if (hidden.empty()) hidden = ZeroHidden(input, batch);
    CheckHidden(hidden, batch);

    auto [output, next] = Run(input, hidden);
    if (!batched) {
      output = output.squeeze(batch_dim);
      for (at::Tensor& tensor : next) tensor = tensor.squeeze(1);
    }
    return c10::ivalue::Tuple::create(output, HiddenValue(next));
  }

  c10::IValue ForwardPacked(const PackedSequence& input, Hidden hidden) const {
    CheckInput(input.data(), 2);
    hidden = hidden.empty() ? ZeroHidden(input.data(), input.batch()) : Permute(hidden, input.sorted_indices());
    CheckHidden(hidden, input.batch());
    const auto [output, next] = RunPacked(input, hidden);
    return c10::ivalue::Tuple::create(input.WithData(output), HiddenValue(Permute(next, input.unsorted_indices())));
  }

  // RNNBase.check_input
  void CheckInput(const at::Tensor& input, int64_t dim) const {
    const at::ScalarType dtype = weights_.front()->scalar_type();
    TORCH_CHECK_VALUE(input.scalar_type() == dtype, "RNN input dtype (", input.scalar_type(),
                      ") does not match weight dtype (", dtype, ")");
    TORCH_CHECK(input.dim() == dim, "input must have ", dim, " dimensions, got ", input.dim());
    TORCH_CHECK(input.size(-1) == settings_.input_size, "input.size(-1) must be equal to input_size. Expected ",
                settings_.input_size, ", got ", input.size(-1));
  }

  std::vector<int64_t> HiddenShape(size_t index, int64_t batch) const {
    return {settings_.num_layers * settings_.directions(), batch,
            index == 0 ? settings_.output_size() : settings_.hidden_size};
  }

  Hidden ZeroHidden(const at::Tensor& input, int64_t batch) const {
    Hidden hidden = {at::zeros(HiddenShape(0, batch), input.options())};
    if (settings_.mode == RnnMode::kLstm) hidden.push_back(at::zeros(HiddenShape(1, batch), input.options()));
    return hidden;
  }

  void CheckHidden(const Hidden& hidden, int64_t batch) const {
    for (size_t i = 0; i < hidden.size(); ++i) {
      const std::vector<int64_t> shape = HiddenShape(i, batch);
      TORCH_CHECK(hidden[i].sizes() == at::IntArrayRef(shape), "Expected hidden[", i, "] size ", PythonTuple(shape),
                  ", got ", hidden[i].sizes());
    }
  }

  std::vector<at::Tensor> FlatWeights() const {
    std::vector<at::Tensor> flat;
    flat.reserve(weights_.size());
    for (const at::Tensor* weight : weights_) flat.push_back(*weight);
    return flat;
  }

  static std::pair<at::Tensor, Hidden> Pair(std::tuple<at::Tensor, at::Tensor> result) {
    return {std::get<0>(result), {std::get<1>(result)}};
  }
  static std::pair<at::Tensor, Hidden> Pair(std::tuple<at::Tensor, at::Tensor, at::Tensor> result) {
    return {std::get<0>(result), {std::get<1>(result), std::get<2>(result)}};
  }

  // Dropout between layers is for training only.
  std::pair<at::Tensor, Hidden> Run(const at::Tensor& input, const Hidden& hx) const {
    const RnnSettings& s = settings_;
    const std::vector<at::Tensor> w = FlatWeights();
    switch (s.mode) {
      case RnnMode::kTanh:
        return Pair(at::rnn_tanh(input, hx[0], w, s.bias, s.num_layers, 0.0, false, s.bidirectional, s.batch_first));
      case RnnMode::kRelu:
        return Pair(at::rnn_relu(input, hx[0], w, s.bias, s.num_layers, 0.0, false, s.bidirectional, s.batch_first));
      case RnnMode::kGru:
        return Pair(at::gru(input, hx[0], w, s.bias, s.num_layers, 0.0, false, s.bidirectional, s.batch_first));
      case RnnMode::kLstm: break;
    }
    return Pair(at::lstm(input, hx, w, s.bias, s.num_layers, 0.0, false, s.bidirectional, s.batch_first));
  }

  std::pair<at::Tensor, Hidden> RunPacked(const PackedSequence& input, const Hidden& hx) const {
    const RnnSettings& s = settings_;
    const std::vector<at::Tensor> w = FlatWeights();
    const at::Tensor& data = input.data();
    const at::Tensor& sizes = input.batch_sizes();
    switch (s.mode) {
      case RnnMode::kTanh:
        return Pair(at::rnn_tanh(data, sizes, hx[0], w, s.bias, s.num_layers, 0.0, false, s.bidirectional));
      case RnnMode::kRelu:
        return Pair(at::rnn_relu(data, sizes, hx[0], w, s.bias, s.num_layers, 0.0, false, s.bidirectional));
      case RnnMode::kGru:
        return Pair(at::gru(data, sizes, hx[0], w, s.bias, s.num_layers, 0.0, false, s.bidirectional));
      case RnnMode::kLstm: break;
    }
    return Pair(at::lstm(data, sizes, hx, w, s.bias, s.num_layers, 0.0, false, s.bidirectional));
  }

  const RnnSettings settings_;
  const std::vector<const at::Tensor*> weights_;
};

}  // namespace

absl::Status RegisterRnn(PluginRegistry& registry) {
  constexpr char kSignature[] = "*args, **kwargs";
  return AddTorchNnClasses(registry, "torch.nn.modules.rnn",
                           {{.name = "RNN", .signature = kSignature, .construct = ConstructRnn,
                             .build = BuildModule<Recurrent>, .set_state = SetRnnState},
                            {.name = "LSTM", .signature = kSignature, .construct = ConstructLstm,
                             .build = BuildModule<Recurrent>, .set_state = SetRnnState},
                            {.name = "GRU", .signature = kSignature, .construct = ConstructGru,
                             .build = BuildModule<Recurrent>, .set_state = SetRnnState}});
}

}  // namespace loadstone
