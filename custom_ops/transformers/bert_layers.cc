#include "custom_ops/transformers/bert_layers.h"

#include <ATen/core/Dict.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/add.h>
#include <ATen/ops/scaled_dot_product_attention.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/functions.h"
#include "custom_ops/transformers/activations.h"
#include "custom_ops/transformers/bert_config.h"
#include "custom_ops/transformers/python_names.h"
#include "engine/attribute_reader.h"
#include "engine/base/status_macros.h"
#include "engine/module.h"
#include "engine/module_def_builder.h"
#include "engine/module_state.h"

namespace loadstone::transformers {
namespace {

constexpr absl::string_view kStatesAndMask[] = {"hidden_states", "attention_mask"};

void Dense(ModuleDefBuilder& self, absl::string_view name, int64_t in_features, int64_t out_features) {
  self.Child(name, "torch.nn.Linear", {in_features, out_features});
}

// BertSelfOutput and BertOutput: a projection, added to what went in and normalised.
template <int64_t BertConfig::* kInFeatures>
class ResidualOutput : public Module {
 public:
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
    const BertConfig config = BertConfig::Read(arguments);
    Dense(self, "dense", config.*kInFeatures, config.hidden_size);
    self.Child("LayerNorm", "torch.nn.LayerNorm", {config.hidden_size}, {{"eps", config.layer_norm_eps}});
    self.Child("dropout", "torch.nn.Dropout", {config.hidden_dropout_prob});
  }
  explicit ResidualOutput(ModuleState& state)
      : Module(state), dense_(state.Child("dense")), norm_(state.Child("LayerNorm")) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    static constexpr absl::string_view kNames[] = {"hidden_states", "input_tensor"};
    const std::vector<c10::IValue> bound = BindInputs(inputs, kNames, 2);
    return norm_(at::add(dense_(bound[0].toTensor()), bound[1].toTensor()));  // dropout is the identity in eval mode
  }

 private:
  const Module& dense_;
  const Module& norm_;
};
using BertSelfOutput = ResidualOutput<&BertConfig::hidden_size>;
using BertOutput = ResidualOutput<&BertConfig::intermediate_size>;

class BertSelfAttention : public Module {
 public:
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
    const BertConfig config = BertConfig::Read(arguments);
    if (!arguments.status().ok()) return;
    const int64_t head_size = config.hidden_size / config.num_attention_heads;
    self.Attribute("config", arguments.Get("config"));
    self.Attribute("num_attention_heads", config.num_attention_heads);
    self.Attribute("attention_head_size", head_size);
    self.Attribute("all_head_size", config.hidden_size);
    self.Attribute("scaling", std::pow(static_cast<double>(head_size), -0.5));
    for (const char* name : {"query", "key", "value"}) Dense(self, name, config.hidden_size, config.hidden_size);
    self.Child("dropout", "torch.nn.Dropout", {config.attention_probs_dropout_prob});
    self.Attribute("is_decoder", false);
    self.Attribute("is_causal", arguments.Get("is_causal"));
    self.Attribute("layer_idx", arguments.Get("layer_idx"));
  }
  explicit BertSelfAttention(ModuleState& state)
      : Module(state),
        query_(state.Child("query")),
        key_(state.Child("key")),
        value_(state.Child("value")),
        head_size_(state.attributes().Int("attention_head_size")) {
    AttributeReader& attributes = state.attributes();
    if (head_size_ < 1) attributes.Fail(absl::StrCat("attention_head_size is ", head_size_, ", must be positive"));
    if (attributes.Bool("is_decoder", false)) attributes.Fail("decoders are not supported: encoders only");
    if (const std::string positions = attributes.Text("position_embedding_type", "absolute"); positions != "absolute") {
      attributes.Fail(absl::StrCat("position_embedding_type is ", positions, ", only absolute is supported"));
    }
  }

  // Python's pair of the output and None for the attention weights.
  c10::IValue Forward(const Inputs& inputs) const override {
    const std::vector<c10::IValue> bound = BindInputs(inputs, kStatesAndMask, 1);
    const at::Tensor states = bound[0].toTensor();
    const std::optional<at::Tensor> mask = bound[1].toOptional<at::Tensor>();
    const at::Tensor attended = at::scaled_dot_product_attention(
        Heads(query_(states)), Heads(key_(states)), Heads(value_(states)), mask, /*dropout_p=*/0.0, /*is_causal=*/false,
        /*scale=*/std::pow(static_cast<double>(head_size_), -0.5));
    const at::Tensor output = attended.transpose(1, 2).contiguous().reshape({states.size(0), states.size(1), -1});
    return c10::ivalue::Tuple::create(output, c10::IValue());
  }

 private:
  // [N, tokens, heads * head_size] to [N, heads, tokens, head_size]
  at::Tensor Heads(const at::Tensor& x) const { return x.view({x.size(0), x.size(1), -1, head_size_}).transpose(1, 2); }

  const Module& query_;
  const Module& key_;
  const Module& value_;
  const int64_t head_size_;
};

at::Tensor First(const c10::IValue& pair) { return pair.toTupleRef().elements()[0].toTensor(); }

class BertAttention : public Module {
 public:
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
    const Attribute& config = arguments.Get("config");
    self.Attribute("is_cross_attention", false);
    self.Child("self", BertName("BertSelfAttention"), {config}, {{"layer_idx", arguments.Get("layer_idx")}});
    self.Child("output", BertName("BertSelfOutput"), {config});
  }
  explicit BertAttention(ModuleState& state)
      : Module(state), self_(state.Child("self")), output_(state.Child("output")) {
    if (state.attributes().Bool("is_cross_attention", false)) {
      state.attributes().Fail("cross-attention is not supported: encoders only");
    }
  }

  c10::IValue Forward(const Inputs& inputs) const override {
    const std::vector<c10::IValue> bound = BindInputs(inputs, kStatesAndMask, 1);
    const at::Tensor attended = First(self_(Inputs{bound[0], bound[1]}));
    return c10::ivalue::Tuple::create(output_(Inputs{attended, bound[0]}), c10::IValue());
  }

 private:
  const Module& self_;
  const Module& output_;
};

class BertIntermediate : public TensorModule {
 public:
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
    const BertConfig config = BertConfig::Read(arguments);
    if (!arguments.status().ok()) return;
    Dense(self, "dense", config.hidden_size, config.intermediate_size);
    self.Child("intermediate_act_fn", NewActivation(self, config.hidden_act));
  }
  explicit BertIntermediate(ModuleState& state)
      : TensorModule(state), dense_(state.Child("dense")), activation_(state, "intermediate_act_fn") {}
  at::Tensor ForwardTensor(const at::Tensor& states) const override { return activation_(dense_(states)); }

 private:
  const Module& dense_;
  const UnaryCallable activation_;  // a function in files of releases before 4.19
};

class BertLayer : public Module {
 public:
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
    const Attribute& config = arguments.Get("config");
    self.Attribute("chunk_size_feed_forward", 0);
    self.Attribute("seq_len_dim", 1);
    self.Child("attention", BertName("BertAttention"), {config}, {{"layer_idx", arguments.Get("layer_idx")}});
    self.Attribute("is_decoder", false);
    self.Attribute("add_cross_attention", false);
    self.Child("intermediate", BertName("BertIntermediate"), {config});
    self.Child("output", BertName("BertOutput"), {config});
  }
  explicit BertLayer(ModuleState& state)
      : Module(state),
        attention_(state.Child("attention")),
        intermediate_(state.Child("intermediate")),
        output_(state.Child("output")) {
    AttributeReader& attributes = state.attributes();
    if (attributes.Bool("is_decoder", false) || attributes.Bool("add_cross_attention", false)) {
      attributes.Fail("decoders are not supported: encoders only");
    }
  }

  // apply_chunking_to_forward is left out: it saves memory, and the numbers are the same.
  c10::IValue Forward(const Inputs& inputs) const override {
    const std::vector<c10::IValue> bound = BindInputs(inputs, kStatesAndMask, 1);
    const at::Tensor attended = First(attention_(Inputs{bound[0], bound[1]}));
    return output_(Inputs{intermediate_(attended), attended});
  }

 private:
  const Module& attention_;
  const Module& intermediate_;
  const Module& output_;
};

class BertEncoder : public Module {
 public:
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
    const BertConfig config = BertConfig::Read(arguments);
    if (!arguments.status().ok()) return;
    self.Attribute("config", arguments.Get("config"));
    std::vector<Attribute> layers;
    for (int64_t i = 0; i < config.num_hidden_layers; ++i) {
      layers.push_back(self.New(BertName("BertLayer"), {arguments.Get("config")}, {{"layer_idx", i}}));
    }
    self.Child("layer", "torch.nn.ModuleList", {Attribute::List(std::move(layers))});
  }
  explicit BertEncoder(ModuleState& state) : Module(state), layers_(state.Child("layer")) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    const std::vector<c10::IValue> bound = BindInputs(inputs, kStatesAndMask, 1);
    c10::IValue states = bound[0];
    for (const Named<std::shared_ptr<Module>>& layer : layers_.children()) {
      TORCH_CHECK_TYPE(layer.value != nullptr, "layer ", layer.name, " is None");
      states = (*layer.value)(Inputs{states, bound[1]});
    }
    c10::impl::GenericDict output(c10::StringType::get(), c10::AnyType::get());
    output.insert("last_hidden_state", states);
    return output;
  }

 private:
  const Module& layers_;
};

class BertPooler : public TensorModule {
 public:
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
    const BertConfig config = BertConfig::Read(arguments);
    Dense(self, "dense", config.hidden_size, config.hidden_size);
    self.Child("activation", "torch.nn.Tanh");
  }
  explicit BertPooler(ModuleState& state)
      : TensorModule(state), dense_(state.Child("dense")), activation_(state.Child("activation")) {}
  at::Tensor ForwardTensor(const at::Tensor& states) const override { return activation_(dense_(states.select(1, 0))); }

 private:
  const Module& dense_;
  const Module& activation_;
};

template <typename T>
absl::Status Add(PluginRegistry& registry, absl::string_view name, std::string signature = "config") {
  return AddBertClass(registry, name,
                      {.signature = std::move(signature), .construct = T::Construct, .build = BuildModule<T>});
}

}  // namespace

absl::Status RegisterBertLayers(PluginRegistry& registry) {
  const std::string attention = "config, is_causal=False, layer_idx=None";
  RETURN_IF_ERROR(Add<BertSelfAttention>(registry, "BertSelfAttention", attention));
  RETURN_IF_ERROR(Add<BertSelfAttention>(registry, "BertSdpaSelfAttention", attention));
  RETURN_IF_ERROR(Add<BertSelfOutput>(registry, "BertSelfOutput"));
  RETURN_IF_ERROR(Add<BertAttention>(registry, "BertAttention", attention));
  RETURN_IF_ERROR(Add<BertIntermediate>(registry, "BertIntermediate"));
  RETURN_IF_ERROR(Add<BertOutput>(registry, "BertOutput"));
  RETURN_IF_ERROR(Add<BertLayer>(registry, "BertLayer", "config, layer_idx=None"));
  RETURN_IF_ERROR(Add<BertEncoder>(registry, "BertEncoder"));
  return Add<BertPooler>(registry, "BertPooler");
}

}  // namespace loadstone::transformers
