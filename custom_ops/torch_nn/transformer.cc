#include "custom_ops/torch_nn/transformer.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/_nested_tensor_from_mask.h>
#include <ATen/ops/_nested_tensor_from_mask_left_aligned.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/attention.h"
#include "custom_ops/torch_nn/deep_copy.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

constexpr absl::string_view kEncoderLayer = "torch.nn.modules.transformer.TransformerEncoderLayer";
constexpr absl::string_view kDecoderLayer = "torch.nn.modules.transformer.TransformerDecoderLayer";
constexpr int64_t kMaxLayers = 10'000;

// Python looks whether a mask is causal (_detect_is_causal_mask) where `is_causal` is None, so that attention may then
// skip masked blocks. The result is the same; here the mask's values are not read, and None means false.
bool IsCausal(const c10::IValue& is_causal) { return BoolInput(is_causal, false); }

class TransformerEncoder : public Module {
 public:
  explicit TransformerEncoder(ModuleState& state)
      : Module(state),
        layers_(state.Child("layers")),
        norm_(state.OptionalChild("norm")),
        use_nested_tensor_(state.attributes().Bool("use_nested_tensor", false)),
        mask_check_(state.attributes().Bool("mask_check", true)) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    static constexpr absl::string_view kNames[] = {"src", "mask", "src_key_padding_mask", "is_causal"};
    const std::vector<c10::IValue> bound = BindInputs(inputs, kNames, 1);
    const at::Tensor src = bound[0].toTensor();
    at::Tensor padding = CanonicalMask(OptionalTensor(bound[2]), "src_key_padding_mask", src.scalar_type());
    const at::Tensor mask = CanonicalMask(OptionalTensor(bound[1]), "mask", src.scalar_type());
    TORCH_CHECK_INDEX(!layers_.children().empty(), class_name(), " has no layers");

    at::Tensor output = src;
    const bool nested = CanNest(src, mask, padding);
    if (nested) {
      output = at::_nested_tensor_from_mask(src, padding.logical_not(), /*mask_check=*/false);
      padding = at::Tensor();
    }
    for (const Named<std::shared_ptr<Module>>& layer : layers_.children()) {
      TORCH_CHECK_TYPE(layer.value != nullptr, "layer ", layer.name, " of ", class_name(), " is None");
      Inputs layer_inputs{output};
      layer_inputs.kwargs = {{"src_mask", OptionalValue(mask)},
                             {"is_causal", IsCausal(bound[3])},
                             {"src_key_padding_mask", OptionalValue(padding)}};
      output = (*layer.value)(layer_inputs).toTensor();
    }
    if (nested) output = output.to_padded_tensor(0.0, src.sizes());
    return norm_ == nullptr ? output : (*norm_)(output);
  }

 private:
  // Whether padded positions are left out of the computation, and come out as zeros.
  bool CanNest(const at::Tensor& src, const at::Tensor& mask, const at::Tensor& padding) const {
    return use_nested_tensor_ && src.dim() == 3 && padding.defined() && !src.is_nested() && !mask.defined() &&
           HasFusedAttention(src) &&
           (!mask_check_ || at::_nested_tensor_from_mask_left_aligned(src, padding.logical_not()));
  }

  const Module& layers_;
  const Module* const norm_;
  const bool use_nested_tensor_;
  const bool mask_check_;
};

class TransformerDecoder : public Module {
 public:
  explicit TransformerDecoder(ModuleState& state)
      : Module(state), layers_(state.Child("layers")), norm_(state.OptionalChild("norm")) {}

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
    TORCH_CHECK_INDEX(!layers_.children().empty(), class_name(), " has no layers");
    at::Tensor output = bound[0].toTensor();
    for (const Named<std::shared_ptr<Module>>& layer : layers_.children()) {
      TORCH_CHECK_TYPE(layer.value != nullptr, "layer ", layer.name, " of ", class_name(), " is None");
      Inputs layer_inputs{output, bound[1]};
      for (size_t i = 2; i < 6; ++i) layer_inputs.kwargs.push_back({std::string(kNames[i]), bound[i]});
      layer_inputs.kwargs.push_back({"tgt_is_causal", IsCausal(bound[6])});
      layer_inputs.kwargs.push_back({"memory_is_causal", BoolInput(bound[7], false)});
      output = (*layer.value)(layer_inputs).toTensor();
    }
    return norm_ == nullptr ? output : (*norm_)(output);
  }

 private:
  const Module& layers_;
  const Module* const norm_;
};

class Transformer : public Module {
 public:
  explicit Transformer(ModuleState& state)
      : Module(state),
        d_model_(state.attributes().Int("d_model")),
        batch_first_(state.attributes().Bool("batch_first")),
        encoder_(state.Child("encoder")),
        decoder_(state.Child("decoder")) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    enum { kSrc, kTgt, kSrcMask, kTgtMask, kMemoryMask, kSrcPadding, kTgtPadding, kMemoryPadding,
           kSrcIsCausal, kTgtIsCausal, kMemoryIsCausal };
    static constexpr absl::string_view kNames[] = {"src",
                                                   "tgt",
                                                   "src_mask",
                                                   "tgt_mask",
                                                   "memory_mask",
                                                   "src_key_padding_mask",
                                                   "tgt_key_padding_mask",
                                                   "memory_key_padding_mask",
                                                   "src_is_causal",
                                                   "tgt_is_causal",
                                                   "memory_is_causal"};
    const std::vector<c10::IValue> bound = BindInputs(inputs, kNames, 2);
    CheckInputs(bound[kSrc].toTensor(), bound[kTgt].toTensor());
    Inputs to_encoder{bound[kSrc]};
    to_encoder.kwargs = {{"mask", bound[kSrcMask]},
                         {"src_key_padding_mask", bound[kSrcPadding]},
                         {"is_causal", bound[kSrcIsCausal]}};
    Inputs to_decoder{bound[kTgt], encoder_(to_encoder)};
    to_decoder.kwargs = {{"tgt_mask", bound[kTgtMask]},
                         {"memory_mask", bound[kMemoryMask]},
                         {"tgt_key_padding_mask", bound[kTgtPadding]},
                         {"memory_key_padding_mask", bound[kMemoryPadding]},
                         {"tgt_is_causal", bound[kTgtIsCausal]},
                         {"memory_is_causal", BoolInput(bound[kMemoryIsCausal], false)}};
    return decoder_(to_decoder);
  }

 private:
  void CheckInputs(const at::Tensor& src, const at::Tensor& tgt) const {
    const int64_t batch_dim = batch_first_ ? 0 : 1;
    TORCH_CHECK(src.dim() != 3 || src.size(batch_dim) == tgt.size(batch_dim),
                "the batch number of src and tgt must be equal");
    TORCH_CHECK(src.size(-1) == d_model_ && tgt.size(-1) == d_model_,
                "the feature number of src and tgt must be equal to d_model");
  }

  const int64_t d_model_;
  const bool batch_first_;
  const Module& encoder_;
  const Module& decoder_;
};

// self.layers = _get_clones(layer, num_layers); self.num_layers = num_layers; self.norm = norm
void AddLayers(AttributeReader& arguments, ModuleDefBuilder& self, absl::string_view layer_name) {
  const std::shared_ptr<ModuleDef> layer = arguments.Get(layer_name).module();
  const int64_t num_layers = arguments.Int("num_layers");
  const Attribute& norm = arguments.Get("norm");
  if (layer == nullptr) return self.Fail(absl::StrCat("'", layer_name, "' needs a module"));
  if (num_layers > kMaxLayers) {
    return self.Fail(absl::StrCat("num_layers is ", num_layers, ", at most ", kMaxLayers, " is possible"));
  }
  if (norm.module() == nullptr && !norm.is_none()) return self.Fail("'norm' needs a module or None");
  std::vector<Attribute> clones;
  for (int64_t i = 0; i < num_layers; ++i) {
    const std::shared_ptr<ModuleDef> clone = DeepCopy(*layer);
    // copy.deepcopy calls __setstate__, which does not see an activation that is a child: F.relu then hides it.
    if (clone->class_name == kDecoderLayer) {
      FillAbsent(*clone, "activation", Attribute::Symbol{"torch.nn.functional.relu"});
    }
    clones.push_back(clone);
  }
  self.Child("layers", "torch.nn.modules.container.ModuleList", {Attribute::List(std::move(clones))});
  self.Attribute("num_layers", num_layers);
  if (norm.is_none()) {
    self.Attribute("norm", norm);
  } else {
    self.Child("norm", norm.module());
  }
}

// The conditions of TransformerEncoder.__init__ for use_nested_tensor.
bool CanUseNestedTensor(const ModuleDef& layer) {
  const auto child = [](const ModuleDef* module, absl::string_view name) -> const ModuleDef* {
    const std::shared_ptr<ModuleDef>* found = module == nullptr ? nullptr : FindNamed(module->children, name);
    return found == nullptr ? nullptr : found->get();
  };
  const ModuleDef* attention = child(&layer, "self_attn");
  const ModuleDef* norm1 = child(&layer, "norm1");
  const ModuleDef* norm2 = child(&layer, "norm2");
  if (layer.class_name != kEncoderLayer || attention == nullptr || norm1 == nullptr || norm2 == nullptr) return false;
  AttributeReader of_layer("", layer.attributes);
  AttributeReader of_attention("", attention->attributes);
  const at::Tensor* in_proj_bias = FindNamed(attention->parameters, "in_proj_bias");
  return !of_layer.Bool("norm_first") && of_attention.Bool("batch_first") &&
         of_attention.Bool("_qkv_same_embed_dim") && in_proj_bias != nullptr && in_proj_bias->defined() &&
         of_layer.Int("activation_relu_or_gelu") != 0 &&
         AttributeReader("", norm1->attributes).Float("eps") == AttributeReader("", norm2->attributes).Float("eps") &&
         of_attention.Int("num_heads") % 2 == 0;
}

void ConstructEncoder(AttributeReader& arguments, ModuleDefBuilder& self) {
  AddLayers(arguments, self, "encoder_layer");
  const bool enabled = arguments.Bool("enable_nested_tensor");
  const std::shared_ptr<ModuleDef> layer = arguments.Get("encoder_layer").module();
  self.Attribute("enable_nested_tensor", enabled);
  self.Attribute("use_nested_tensor", enabled && layer != nullptr && CanUseNestedTensor(*layer));
  StoreArguments(arguments, self, {"mask_check"});
}

// One half of ConstructTransformer: the layer and norm that the arguments describe, stacked; or the custom module.
void AddHalf(AttributeReader& arguments, ModuleDefBuilder& self, absl::string_view half, absl::string_view stack) {
  const Attribute& custom = arguments.Get(absl::StrCat("custom_", half));
  if (!custom.is_none()) {
    if (custom.module() == nullptr) self.Fail(absl::StrCat("custom_", half, " needs a module"));
    return self.Child(half, custom.module());
  }
  std::vector<Attribute> layer_arguments;
  for (const absl::string_view name : {"d_model", "nhead", "dim_feedforward", "dropout", "activation",
                                       "layer_norm_eps", "batch_first", "norm_first", "bias"}) {
    layer_arguments.push_back(arguments.Get(name));
  }
  const std::string stack_class = absl::StrCat("torch.nn.modules.transformer.", stack);
  const std::shared_ptr<ModuleDef> layer = self.New(absl::StrCat(stack_class, "Layer"), std::move(layer_arguments),
                                                    {{"dtype", arguments.Get("dtype")}});
  const std::shared_ptr<ModuleDef> norm =
      self.New("torch.nn.modules.normalization.LayerNorm", {arguments.Get("d_model")},
               {{"eps", arguments.Get("layer_norm_eps")},
                {"bias", arguments.Get("bias")},
                {"dtype", arguments.Get("dtype")}});
  if (layer == nullptr || norm == nullptr) return;
  self.Child(half, stack_class, {layer, arguments.Get(absl::StrCat("num_", half, "_layers")), norm});
}

void ConstructTransformer(AttributeReader& arguments, ModuleDefBuilder& self) {
  AddHalf(arguments, self, "encoder", "TransformerEncoder");
  AddHalf(arguments, self, "decoder", "TransformerDecoder");
  StoreArguments(arguments, self, {"d_model", "nhead", "batch_first"});
}

}  // namespace

absl::Status RegisterTransformer(PluginRegistry& registry) {
  return AddTorchNnClasses(
      registry, "torch.nn.modules.transformer",
      {{.name = "TransformerEncoder",
        .signature = "encoder_layer, num_layers, norm=None, enable_nested_tensor=True, mask_check=True",
        .construct = ConstructEncoder,
        .build = BuildModule<TransformerEncoder>},
       {.name = "TransformerDecoder",
        .signature = "decoder_layer, num_layers, norm=None",
        .construct = [](AttributeReader& arguments,
                        ModuleDefBuilder& self) { AddLayers(arguments, self, "decoder_layer"); },
        .build = BuildModule<TransformerDecoder>},
       {.name = "Transformer",
        .signature = "d_model=512, nhead=8, num_encoder_layers=6, num_decoder_layers=6, dim_feedforward=2048, "
                     "dropout=0.1, activation=torch.nn.functional.relu, custom_encoder=None, custom_decoder=None, "
                     "layer_norm_eps=1e-05, batch_first=False, norm_first=False, bias=True, device=None, dtype=None",
        .construct = ConstructTransformer,
        .build = BuildModule<Transformer>,
        .set_state = FillAbsent({{"batch_first", false}})}});
}

}  // namespace loadstone
