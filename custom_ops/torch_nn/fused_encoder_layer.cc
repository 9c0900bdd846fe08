#include "custom_ops/torch_nn/fused_encoder_layer.h"

#include <cstdint>
#include <optional>
#include <utility>

#include <ATen/ops/_transformer_encoder_layer_fwd.h>

#include "absl/strings/string_view.h"
#include "custom_ops/torch_nn/attention.h"
#include "engine/attribute_reader.h"
#include "engine/module.h"
#include "engine/named.h"

namespace loadstone {
namespace {

// Null: no such parameter, or None.
const at::Tensor* FindWeight(const Module* module, absl::string_view name) {
  if (module == nullptr) return nullptr;
  const at::Tensor* tensor = FindNamed(module->parameters(), name);
  return tensor == nullptr || !tensor->defined() ? nullptr : tensor;
}

}  // namespace

std::optional<FusedEncoderLayer> FusedEncoderLayer::Find(ModuleState& state) {
  const Module* attention = state.OptionalChild("self_attn");
  const Module* norm1 = state.OptionalChild("norm1");
  const Module* norm2 = state.OptionalChild("norm2");
  if (attention == nullptr || norm1 == nullptr || norm2 == nullptr) return std::nullopt;

  // A child of another class may lack these, and then the layer is not one for the kernel.
  AttributeReader attention_attributes("", attention->attributes());
  AttributeReader norm1_attributes("", norm1->attributes());
  AttributeReader norm2_attributes("", norm2->attributes());
  FusedEncoderLayer layer;
  layer.embed_dim_ = attention_attributes.Int("embed_dim");
  layer.num_heads_ = attention_attributes.Int("num_heads");
  const bool fits = attention_attributes.Bool("batch_first") && attention_attributes.Bool("_qkv_same_embed_dim");
  layer.eps_ = norm1_attributes.Float("eps");
  const bool same_eps = layer.eps_ == norm2_attributes.Float("eps");
  const int64_t activation = state.attributes().Int("activation_relu_or_gelu", 0);
  if (!fits || !same_eps || activation == 0 || layer.num_heads_ <= 0 || layer.num_heads_ % 2 == 1 ||
      !attention_attributes.status().ok() || !norm1_attributes.status().ok() || !norm2_attributes.status().ok()) {
    return std::nullopt;
  }
  layer.gelu_ = activation == 2;
  layer.norm_first_ = state.attributes().Bool("norm_first");

  const auto affine = [](const Module* module) {
    return Affine{FindWeight(module, "weight"), FindWeight(module, "bias")};
  };
  layer.in_proj_ = {FindWeight(attention, "in_proj_weight"), FindWeight(attention, "in_proj_bias")};
  const std::shared_ptr<Module>* out_proj = FindNamed(attention->children(), "out_proj");
  layer.out_proj_ = affine(out_proj == nullptr ? nullptr : out_proj->get());
  layer.norm1_ = affine(norm1);
  layer.norm2_ = affine(norm2);
  layer.linear1_ = affine(state.OptionalChild("linear1"));
  layer.linear2_ = affine(state.OptionalChild("linear2"));
  for (const Affine& part :
       {layer.in_proj_, layer.out_proj_, layer.norm1_, layer.norm2_, layer.linear1_, layer.linear2_}) {
    if (part.weight == nullptr || part.bias == nullptr) return std::nullopt;
  }
  return layer;
}

bool FusedEncoderLayer::Takes(const at::Tensor& src, bool masked) const {
  return src.dim() == 3 && !(src.is_nested() && masked) && HasFusedAttention(src) &&
         HasFusedAttention(*in_proj_.weight);
}

at::Tensor FusedEncoderLayer::Run(const at::Tensor& src, const at::Tensor& mask,
                                  const at::Tensor& key_padding_mask) const {
  const auto [merged, mask_type] = MergeMasks(mask, key_padding_mask, src, num_heads_);
  return at::_transformer_encoder_layer_fwd(src, embed_dim_, num_heads_, *in_proj_.weight, *in_proj_.bias,
                                            *out_proj_.weight, *out_proj_.bias, gelu_, norm_first_, eps_,
                                            *norm1_.weight, *norm1_.bias, *norm2_.weight, *norm2_.bias,
                                            *linear1_.weight, *linear1_.bias, *linear2_.weight, *linear2_.bias, merged,
                                            mask_type);
}

}  // namespace loadstone
