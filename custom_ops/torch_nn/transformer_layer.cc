#include "custom_ops/torch_nn/transformer_layer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <c10/util/Exception.h>

#include "custom_ops/torch_nn/attention.h"
#include "custom_ops/torch_nn/functions.h"
#include "custom_ops/torch_nn/fused_encoder_layer.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

// activation is F.relu, activation is F.gelu: Python compares functions, so torch.relu is another one.
constexpr absl::string_view kRelu = "torch.nn.functional.relu";
constexpr absl::string_view kGelu = "torch._C._nn.gelu";
constexpr absl::string_view kOldGelu = "torch.nn.functional.gelu";  // its name in files before 1.13

// What an attention block's masks are, as they stand in inputs: None or a tensor.
struct Masks {
  const c10::IValue& attn_mask;
  const c10::IValue& key_padding_mask;
  bool is_causal;
};

// attention(x, memory, memory, ..., need_weights=False)[0]
at::Tensor Attend(const Module& attention, const at::Tensor& x, const at::Tensor& memory, const Masks& masks) {
  Inputs inputs{x, memory, memory};
  inputs.kwargs = {{"attn_mask", masks.attn_mask},
                   {"key_padding_mask", masks.key_padding_mask},
                   {"need_weights", false},
                   {"is_causal", masks.is_causal}};
  const c10::IValue output = attention(inputs);
  TORCH_CHECK_TYPE(output.isTuple() && !output.toTupleRef().elements().empty(), attention.class_name(), " gives ",
                   output.tagKind(), " where a tuple is needed");
  return output.toTupleRef().elements()[0].toTensor();
}

// linear2(dropout(activation(linear1(x)))): part of both layers. Dropout is for training only, but a file may have
// another module in its place.
class FeedForward {
 public:
  explicit FeedForward(ModuleState& state)
      : linear1_(state.Child("linear1")),
        activation_(state, "activation"),
        dropout_(state.Child("dropout")),
        linear2_(state.Child("linear2")) {}
  at::Tensor operator()(const at::Tensor& x) const { return linear2_(dropout_(activation_(linear1_(x)))); }

 private:
  const Module& linear1_;
  const UnaryCallable activation_;
  const Module& dropout_;
  const Module& linear2_;
};

class TransformerEncoderLayer : public Module {
 public:
  explicit TransformerEncoderLayer(ModuleState& state)
      : Module(state),
        norm_first_(state.attributes().Bool("norm_first")),
        self_attn_(state.Child("self_attn")),
        norm1_(state.Child("norm1")),
        norm2_(state.Child("norm2")),
        dropout1_(state.Child("dropout1")),
        dropout2_(state.Child("dropout2")),
        feed_forward_(state),
        fused_(FusedEncoderLayer::Find(state)) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    static constexpr absl::string_view kNames[] = {"src", "src_mask", "src_key_padding_mask", "is_causal"};
    const std::vector<c10::IValue> bound = BindInputs(inputs, kNames, 1);
    const at::Tensor src = bound[0].toTensor();
    const at::Tensor padding = CanonicalMask(OptionalTensor(bound[2]), "src_key_padding_mask", src.scalar_type());
    const at::Tensor mask = CanonicalMask(OptionalTensor(bound[1]), "src_mask", src.scalar_type());
    if (fused_.has_value() && fused_->Takes(src, mask.defined() || padding.defined())) {
      return fused_->Run(src, mask, padding);
    }
    const c10::IValue mask_value = OptionalValue(mask);
    const c10::IValue padding_value = OptionalValue(padding);
    const Masks masks{mask_value, padding_value, BoolInput(bound[3], false)};
    if (norm_first_) {
      const at::Tensor x = src + SelfAttention(norm1_(src), masks);
      return x + dropout2_(feed_forward_(norm2_(x)));
    }
    const at::Tensor x = norm1_(src + SelfAttention(src, masks));
    return norm2_(x + dropout2_(feed_forward_(x)));
  }

 private:
  at::Tensor SelfAttention(const at::Tensor& x, const Masks& masks) const {
    return dropout1_(Attend(self_attn_, x, x, masks));
  }

  const bool norm_first_;
  const Module& self_attn_;
  const Module& norm1_;
  const Module& norm2_;
  const Module& dropout1_;
  const Module& dropout2_;
  const FeedForward feed_forward_;
  const std::optional<FusedEncoderLayer> fused_;
};

class TransformerDecoderLayer : public Module {
 public:
  explicit TransformerDecoderLayer(ModuleState& state)
      : Module(state),
        norm_first_(state.attributes().Bool("norm_first")),
        self_attn_(state.Child("self_attn")),
        multihead_attn_(state.Child("multihead_attn")),
        norm1_(state.Child("norm1")),
        norm2_(state.Child("norm2")),
        norm3_(state.Child("norm3")),
        dropout1_(state.Child("dropout1")),
        dropout2_(state.Child("dropout2")),
        dropout3_(state.Child("dropout3")),
        feed_forward_(state) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    static constexpr absl::string_view kNames[] = {"tgt",
                                                   "memory",
                                                   "tgt_mask",
                                                   "memory_mask",
                                                   "tgt_key_padding_mask",
                                                   "memory_key_padding_mask",
                                                   "tgt_is_causal",
                                                   "memory_is_causal"};
    const std::vector<c10::IValue> bound = BindInputs(inputs, kNames, 2);
    const at::Tensor& memory = bound[1].toTensor();
    const Masks self_masks{bound[2], bound[4], BoolInput(bound[6], false)};
    const Masks memory_masks{bound[3], bound[5], BoolInput(bound[7], false)};
    const auto self_block = [&](const at::Tensor& x) { return dropout1_(Attend(self_attn_, x, x, self_masks)); };
    const auto memory_block = [&](const at::Tensor& x) {
      return dropout2_(Attend(multihead_attn_, x, memory, memory_masks));
    };
    const auto feed_forward_block = [&](const at::Tensor& x) { return dropout3_(feed_forward_(x)); };

    at::Tensor x = bound[0].toTensor();
    if (norm_first_) {
      x = x + self_block(norm1_(x));
      x = x + memory_block(norm2_(x));
      return x + feed_forward_block(norm3_(x));
    }
    x = norm1_(x + self_block(x));
    x = norm2_(x + memory_block(x));
    return norm3_(x + feed_forward_block(x));
  }

 private:
  const bool norm_first_;
  const Module& self_attn_;
  const Module& multihead_attn_;
  const Module& norm1_;
  const Module& norm2_;
  const Module& norm3_;
  const Module& dropout1_;
  const Module& dropout2_;
  const Module& dropout3_;
  const FeedForward feed_forward_;
};

// activation_relu_or_gelu of an activation: 1 for F.relu and ReLU, 2 for F.gelu and GELU, else 0.
int64_t ReluOrGelu(const Attribute& function, const ModuleDef* module) {
  const absl::string_view name = module != nullptr                ? absl::string_view(module->class_name)
                                 : function.symbol() != nullptr ? absl::string_view(function.symbol()->name)
                                                                : "";
  if (name == kRelu || name == "torch.nn.modules.activation.ReLU") return 1;
  if (name == kGelu || name == kOldGelu || name == "torch.nn.modules.activation.GELU") return 2;
  return 0;
}

// transformer._get_activation_fn for text; a function stays itself.
Attribute ActivationFunction(const Attribute& activation, ModuleDefBuilder& self) {
  if (activation.text() == nullptr) return activation;
  if (*activation.text() == "relu") return Attribute::Symbol{std::string(kRelu)};
  if (*activation.text() == "gelu") return Attribute::Symbol{std::string(kGelu)};
  self.Fail("activation should be relu/gelu, not " + *activation.text());
  return Attribute();
}

void AddActivation(ModuleDefBuilder& self, const Attribute& activation) {
  if (activation.module() != nullptr) {
    self.Child("activation", activation.module());
  } else {
    self.Attribute("activation", activation);
  }
}

// Children of either layer, from the arguments that both have.
class LayerParts {
 public:
  LayerParts(AttributeReader& arguments, ModuleDefBuilder& self) : arguments_(arguments), self_(self) {}

  void Attention(absl::string_view name) {
    self_.Child(name, "torch.nn.modules.activation.MultiheadAttention", {Get("d_model"), Get("nhead")},
                {{"dropout", Get("dropout")},
                 {"bias", Get("bias")},
                 {"batch_first", Get("batch_first")},
                 {"dtype", Get("dtype")}});
  }
  void Linear(absl::string_view name, absl::string_view in_features, absl::string_view out_features) {
    self_.Child(name, "torch.nn.modules.linear.Linear", {Get(in_features), Get(out_features)},
                {{"bias", Get("bias")}, {"dtype", Get("dtype")}});
  }
  void Dropout(absl::string_view name) { self_.Child(name, "torch.nn.modules.dropout.Dropout", {Get("dropout")}); }
  void Norm(absl::string_view name) {
    self_.Child(name, "torch.nn.modules.normalization.LayerNorm", {Get("d_model")},
                {{"eps", Get("layer_norm_eps")}, {"bias", Get("bias")}, {"dtype", Get("dtype")}});
  }

 private:
  const loadstone::Attribute& Get(absl::string_view name) const { return arguments_.Get(name); }

  AttributeReader& arguments_;
  ModuleDefBuilder& self_;
};

void ConstructEncoderLayer(AttributeReader& arguments, ModuleDefBuilder& self) {
  LayerParts parts(arguments, self);
  parts.Attention("self_attn");
  parts.Linear("linear1", "d_model", "dim_feedforward");
  parts.Dropout("dropout");
  parts.Linear("linear2", "dim_feedforward", "d_model");
  StoreArguments(arguments, self, {"norm_first"});
  for (const absl::string_view name : {"norm1", "norm2"}) parts.Norm(name);
  for (const absl::string_view name : {"dropout1", "dropout2"}) parts.Dropout(name);
  const Attribute activation = ActivationFunction(arguments.Get("activation"), self);
  self.Attribute("activation_relu_or_gelu", ReluOrGelu(activation, activation.module().get()));
  AddActivation(self, activation);
}

void ConstructDecoderLayer(AttributeReader& arguments, ModuleDefBuilder& self) {
  LayerParts parts(arguments, self);
  for (const absl::string_view name : {"self_attn", "multihead_attn"}) parts.Attention(name);
  parts.Linear("linear1", "d_model", "dim_feedforward");
  parts.Dropout("dropout");
  parts.Linear("linear2", "dim_feedforward", "d_model");
  StoreArguments(arguments, self, {"norm_first"});
  for (const absl::string_view name : {"norm1", "norm2", "norm3"}) parts.Norm(name);
  for (const absl::string_view name : {"dropout1", "dropout2", "dropout3"}) parts.Dropout(name);
  AddActivation(self, ActivationFunction(arguments.Get("activation"), self));
}

// __setstate__ of both, and what files before 1.10 lack besides. A decoder layer's own __setstate__ hides an activation
// that is a child behind F.relu; here it is what the layer was trained with. The layers of a TransformerDecoder have
// been through it when they were cloned, and then the file says so.
void SetLayerState(ModuleDef& state) {
  const std::shared_ptr<ModuleDef>* module = FindNamed(state.children, "activation");
  if (module == nullptr) FillAbsent(state, "activation", Attribute::Symbol{std::string(kRelu)});
  FillAbsent(state, "norm_first", false);
}

void SetEncoderLayerState(ModuleDef& state) {
  SetLayerState(state);
  const std::shared_ptr<ModuleDef>* module = FindNamed(state.children, "activation");
  const Attribute* function = FindNamed(state.attributes, "activation");
  FillAbsent(state, "activation_relu_or_gelu",
             ReluOrGelu(function == nullptr ? Attribute() : *function, module == nullptr ? nullptr : module->get()));
}

}  // namespace

absl::Status RegisterTransformerLayers(PluginRegistry& registry) {
  constexpr char kSignature[] =
      "d_model, nhead, dim_feedforward=2048, dropout=0.1, activation=torch.nn.functional.relu, layer_norm_eps=1e-05, "
      "batch_first=False, norm_first=False, bias=True, device=None, dtype=None";
  return AddTorchNnClasses(
      registry, "torch.nn.modules.transformer",
      {{.name = "TransformerEncoderLayer", .signature = kSignature, .construct = ConstructEncoderLayer,
        .build = BuildModule<TransformerEncoderLayer>, .set_state = SetEncoderLayerState},
       {.name = "TransformerDecoderLayer", .signature = kSignature, .construct = ConstructDecoderLayer,
        .build = BuildModule<TransformerDecoderLayer>, .set_state = SetLayerState}});
}

}  // namespace loadstone
