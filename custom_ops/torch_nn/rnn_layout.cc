#include "custom_ops/torch_nn/rnn_layout.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "custom_ops/torch_nn/tensor_shape.h"
#include "engine/signature.h"

namespace loadstone {
namespace {

constexpr int64_t kMaxLayers = 10'000;

int64_t GatesOf(RnnMode mode) {
  switch (mode) {
    case RnnMode::kLstm: return 4;
    case RnnMode::kGru: return 3;
    case RnnMode::kTanh:
    case RnnMode::kRelu: return 1;
  }
  return 1;
}

RnnMode ModeOf(AttributeReader& attributes) {
  const std::string mode = attributes.Text("mode");
  if (mode == "LSTM") return RnnMode::kLstm;
  if (mode == "GRU") return RnnMode::kGru;
  if (mode == "RNN_RELU") return RnnMode::kRelu;
  if (mode != "RNN_TANH") attributes.Fail(absl::StrCat("unrecognized RNN mode: ", mode));
  return RnnMode::kTanh;
}

// Name and shape of every weight, as RNNBase.__init__ makes them. `visit` returns false to end.
void ForEachWeight(const RnnSettings& settings,
                   absl::FunctionRef<bool(const std::string& name, const std::vector<int64_t>& shape)> visit) {
  const int64_t gates = GatesOf(settings.mode) * settings.hidden_size;
  for (int64_t layer = 0; layer < settings.num_layers; ++layer) {
    const int64_t input = layer == 0 ? settings.input_size : settings.output_size() * settings.directions();
    for (int64_t direction = 0; direction < settings.directions(); ++direction) {
      const std::string suffix = absl::StrCat("_l", layer, direction == 1 ? "_reverse" : "");
      if (!visit(absl::StrCat("weight_ih", suffix), {gates, input})) return;
      if (!visit(absl::StrCat("weight_hh", suffix), {gates, settings.output_size()})) return;
      if (settings.bias && !visit(absl::StrCat("bias_ih", suffix), {gates})) return;
      if (settings.bias && !visit(absl::StrCat("bias_hh", suffix), {gates})) return;
      if (settings.proj_size > 0 &&
          !visit(absl::StrCat("weight_hr", suffix), {settings.proj_size, settings.hidden_size})) {
        return;
      }
    }
  }
}

// RNNBase.__init__(mode, *args, **kwargs)
void ConstructBase(absl::string_view mode, const Arguments& given, ModuleDefBuilder& self) {
  constexpr char kSignature[] =
      "input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0, bidirectional=False, "
      "proj_size=0, device=None, dtype=None";
  absl::StatusOr<NamedList<Attribute>> bound = BindArguments("RNNBase.__init__", kSignature, given);
  if (!bound.ok()) return self.Fail(bound.status());
  bound->insert(bound->begin(), {"mode", std::string(mode)});
  AttributeReader base("RNNBase.__init__()", *bound);
  const RnnSettings settings = ReadRnnSettings(base);
  const double dropout = base.Float("dropout");
  if (dropout < 0 || dropout > 1) base.Fail("dropout should be a number in range [0, 1]");
  if (!base.status().ok()) return self.Fail(base.status());

  StoreArguments(base, self, {"mode", "input_size", "hidden_size", "num_layers", "bias", "batch_first"});
  self.Attribute("dropout", dropout);
  StoreArguments(base, self, {"bidirectional", "proj_size"});
  std::vector<Attribute> names;
  std::vector<Attribute> by_layer;
  const size_t per_layer = (settings.bias ? 4 : 2) + (settings.proj_size > 0 ? 1 : 0);
  ForEachWeight(settings, [&](const std::string& name, const std::vector<int64_t>& shape) {
    AddParameter(base, self, name, shape);
    names.push_back(name);
    if (names.size() % per_layer == 0) {
      by_layer.push_back(Attribute::List({names.end() - static_cast<int64_t>(per_layer), names.end()}));
    }
    return base.status().ok();
  });
  if (!base.status().ok()) return self.Fail(base.status());
  self.Attribute("_flat_weights_names", Attribute::List(std::move(names)));
  self.Attribute("_all_weights", Attribute::List(std::move(by_layer)));
}

// (*args, **kwargs) as they were given.
Arguments GivenArguments(AttributeReader& arguments) {
  Arguments given;
  given.positional = arguments.Get("args").sequence()->items;
  for (const auto& [name, value] : arguments.Get("kwargs").dict()->entries) {
    given.keyword.push_back({*name.text(), value});
  }
  return given;
}

bool RefuseProjection(const Arguments& given, ModuleDefBuilder& self) {
  if (FindNamed(given.keyword, "proj_size") == nullptr) return false;
  self.Fail("proj_size argument is only supported for LSTM, not RNN or GRU");
  return true;
}

}  // namespace

RnnSettings ReadRnnSettings(AttributeReader& attributes) {
  RnnSettings settings;
  settings.mode = ModeOf(attributes);
  settings.input_size = attributes.Int("input_size");
  settings.hidden_size = attributes.Int("hidden_size");
  settings.proj_size = attributes.Int("proj_size");
  settings.num_layers = attributes.Int("num_layers");
  settings.bias = attributes.Bool("bias");
  settings.batch_first = attributes.Bool("batch_first");
  settings.bidirectional = attributes.Bool("bidirectional");
  FitsInt32(attributes, "input_size", {settings.input_size});
  FitsInt32(attributes, "hidden_size", {settings.hidden_size});
  if (settings.input_size <= 0) attributes.Fail("input_size must be greater than zero");
  if (settings.hidden_size <= 0) attributes.Fail("hidden_size must be greater than zero");
  if (settings.num_layers <= 0) attributes.Fail("num_layers must be greater than zero");
  if (settings.num_layers > kMaxLayers) {
    attributes.Fail(absl::StrCat("num_layers is ", settings.num_layers, ", at most ", kMaxLayers, " is possible"));
  }
  if (settings.proj_size < 0) attributes.Fail("proj_size should be a positive integer or zero to disable projections");
  if (settings.proj_size >= settings.hidden_size) attributes.Fail("proj_size has to be smaller than hidden_size");
  if (settings.proj_size > 0 && settings.mode != RnnMode::kLstm) {
    attributes.Fail("proj_size argument is only supported for LSTM, not RNN or GRU");
  }
  return settings;
}

std::vector<const at::Tensor*> FindRnnWeights(ModuleState& state, const RnnSettings& settings) {
  std::vector<const at::Tensor*> weights;
  if (!state.status().ok()) return weights;
  ForEachWeight(settings, [&](const std::string& name, const std::vector<int64_t>& shape) {
    weights.push_back(&RequiredTensor(state, name));
    CheckShape(state.attributes(), name, *weights.back(), shape);
    return state.status().ok();
  });
  return weights;
}

void ConstructRnn(AttributeReader& arguments, ModuleDefBuilder& self) {
  Arguments given = GivenArguments(arguments);
  if (RefuseProjection(given, self)) return;
  Attribute nonlinearity = "tanh";
  if (given.positional.size() > 3) {
    nonlinearity = given.positional[3];
    given.positional.erase(given.positional.begin() + 3);
  } else if (const Attribute* keyword = FindNamed(given.keyword, "nonlinearity")) {
    nonlinearity = *keyword;
    given.keyword.erase(std::find_if(given.keyword.begin(), given.keyword.end(),
                                     [](const Named<Attribute>& entry) { return entry.name == "nonlinearity"; }));
  }
  const std::string text = nonlinearity.text() == nullptr ? "" : *nonlinearity.text();
  if (text != "tanh" && text != "relu") {
    return self.Fail(absl::StrCat("Unknown nonlinearity '", text, "'. Select from 'tanh' or 'relu'."));
  }
  self.Attribute("nonlinearity", nonlinearity);
  ConstructBase(text == "tanh" ? "RNN_TANH" : "RNN_RELU", given, self);
}

void ConstructLstm(AttributeReader& arguments, ModuleDefBuilder& self) {
  ConstructBase("LSTM", GivenArguments(arguments), self);
}

void ConstructGru(AttributeReader& arguments, ModuleDefBuilder& self) {
  const Arguments given = GivenArguments(arguments);
  if (!RefuseProjection(given, self)) ConstructBase("GRU", given, self);
}

void SetRnnState(ModuleDef& state) {
  FillAbsent(state, "proj_size", int64_t{0});
  // The weights are found by name. These lists hold them, or weak references to them, a second time, and would keep
  // them in memory when they move to another device.
  state.attributes.erase(std::remove_if(state.attributes.begin(), state.attributes.end(),
                                        [](const Named<Attribute>& entry) {
                                          return entry.name == "_flat_weights" || entry.name == "_flat_weight_refs" ||
                                                 entry.name == "all_weights";
                                        }),
                         state.attributes.end());
}

}  // namespace loadstone
