// torch.nn.functional.multi_head_attention_forward, and the masks of attention layers.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_ATTENTION_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_ATTENTION_H_

#include <cstdint>
#include <optional>
#include <utility>

#include <ATen/core/Tensor.h>

#include "absl/strings/string_view.h"

namespace loadstone {

// A float mask to be added to scores: a bool mask's true becomes -inf. Undefined stays undefined. Throws c10::Error for
// another dtype (torch.nn.functional._canonical_mask).
at::Tensor CanonicalMask(const at::Tensor& mask, absl::string_view name, at::ScalarType dtype);

// Both masks as the fused kernels take them, and their type, or nothing (MultiheadAttention.merge_masks). The masks are
// canonical; `query` is [batch, sequence, feature] where there is an `attn_mask`.
std::pair<std::optional<at::Tensor>, std::optional<int64_t>> MergeMasks(const at::Tensor& attn_mask,
                                                                        const at::Tensor& key_padding_mask,
                                                                        const at::Tensor& query, int64_t num_heads);

// Whether Python would try a fused kernel for a tensor there.
bool HasFusedAttention(const at::Tensor& tensor);

// Borrows its tensors.
struct AttentionWeights {
  int64_t embed_dim;
  int64_t num_heads;
  bool add_zero_attn;
  const at::Tensor& in_proj_weight;  // or undefined, and the next three are not
  const at::Tensor& q_proj_weight;
  const at::Tensor& k_proj_weight;
  const at::Tensor& v_proj_weight;
  const at::Tensor& in_proj_bias;  // may be undefined
  const at::Tensor& bias_k;        // may be undefined
  const at::Tensor& bias_v;        // may be undefined
  const at::Tensor& out_proj_weight;
  const at::Tensor& out_proj_bias;  // may be undefined
};

// Undefined masks are None. query, key and value that are one tensor are projected at once.
struct AttentionInputs {
  at::Tensor query;
  at::Tensor key;
  at::Tensor value;
  at::Tensor key_padding_mask;
  at::Tensor attn_mask;
  bool need_weights = true;
  bool average_attn_weights = true;
  bool is_causal = false;
};

// The output and the attention weights, these undefined unless needed. Throws c10::Error for shapes that do not fit.
std::pair<at::Tensor, at::Tensor> MultiHeadAttention(const AttentionWeights& weights, AttentionInputs inputs);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_ATTENTION_H_
