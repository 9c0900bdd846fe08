#include "custom_ops/torch_nn/attention.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/baddbmm.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/pad.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/util/Exception.h>

namespace loadstone {
namespace {

// An optional bias in the parts that go with parts of the weight.
std::vector<at::Tensor> SplitBias(const at::Tensor& bias, at::IntArrayRef sizes) {
  if (!bias.defined()) return std::vector<at::Tensor>(sizes.size());
  return bias.split_with_sizes(sizes);
}

// One projection of `count` features each, in one piece of memory, as functional._in_projection_packed has it.
at::Tensor ProjectTogether(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias, int64_t count) {
  return at::linear(input, weight, bias)
      .unflatten(-1, {count, input.size(-1)})
      .unsqueeze(0)
      .transpose(0, -2)
      .squeeze(-2)
      .contiguous();
}

struct Projections {
  at::Tensor q, k, v;
};

Projections ProjectPacked(const AttentionWeights& weights, const AttentionInputs& inputs) {
  const int64_t size = weights.embed_dim;
  const at::Tensor& weight = weights.in_proj_weight;
  const at::Tensor& bias = weights.in_proj_bias;
  if (!inputs.key.is_same(inputs.value)) {
    const std::vector<at::Tensor> w = weight.split_with_sizes({size, size, size});
    const std::vector<at::Tensor> b = SplitBias(bias, {size, size, size});
    return {at::linear(inputs.query, w[0], b[0]), at::linear(inputs.key, w[1], b[1]),
            at::linear(inputs.value, w[2], b[2])};
  }
  if (inputs.query.is_same(inputs.key)) {
    const at::Tensor qkv = ProjectTogether(inputs.query, weight, bias, 3);
    return {qkv.select(0, 0), qkv.select(0, 1), qkv.select(0, 2)};
  }
  const std::vector<at::Tensor> w = weight.split_with_sizes({size, 2 * size});
  const std::vector<at::Tensor> b = SplitBias(bias, {size, 2 * size});
  const at::Tensor kv = ProjectTogether(inputs.key, w[1], b[1], 2);
  return {at::linear(inputs.query, w[0], b[0]), kv.select(0, 0), kv.select(0, 1)};
}

Projections ProjectSeparately(const AttentionWeights& weights, const AttentionInputs& inputs) {
  const int64_t size = weights.embed_dim;
  const std::vector<at::Tensor> b = SplitBias(weights.in_proj_bias, {size, size, size});
  return {at::linear(inputs.query, weights.q_proj_weight, b[0]), at::linear(inputs.key, weights.k_proj_weight, b[1]),
          at::linear(inputs.value, weights.v_proj_weight, b[2])};
}

// functional._mha_shape_check, and the checks at the head of multi_head_attention_forward.
void CheckInputs(const AttentionWeights& weights, const AttentionInputs& inputs) {
  const int64_t dim = inputs.query.dim();
  TORCH_CHECK_VALUE(dim == 2 || dim == 3, "query should be unbatched 2D or batched 3D tensor but received ", dim,
                    "-D query tensor");
  TORCH_CHECK_VALUE(inputs.key.dim() == dim && inputs.value.dim() == dim, "for ", dim,
                    "-D query, expected key and value to be ", dim, "-D but found ", inputs.key.dim(), "-D and ",
                    inputs.value.dim(), "-D tensors");
  TORCH_CHECK_VALUE(!inputs.key_padding_mask.defined() || inputs.key_padding_mask.dim() == dim - 1, "for ", dim,
                    "-D query, expected key_padding_mask to be None or ", dim - 1, "-D but found a ",
                    inputs.key_padding_mask.dim(), "-D tensor");
  TORCH_CHECK_VALUE(inputs.query.size(-1) == weights.embed_dim, "was expecting embedding dimension of ",
                    weights.embed_dim, ", but got ", inputs.query.size(-1));
  TORCH_CHECK(!inputs.is_causal || inputs.attn_mask.defined(), "Need attn_mask if specifying the is_causal hint.");
  const bool packed = weights.in_proj_weight.defined();
  const int64_t same_dims = packed ? dim : dim - 1;
  TORCH_CHECK_VALUE(inputs.key.sizes().slice(0, same_dims) == inputs.value.sizes().slice(0, same_dims), "key shape ",
                    inputs.key.sizes(), " does not match value shape ", inputs.value.sizes());
}

// [L, S] or [batch * heads, L, S] to a 3-D tensor of these.
at::Tensor Batched3d(const at::Tensor& mask, int64_t heads_in_batch, int64_t target, int64_t source) {
  const at::Tensor batched = mask.dim() == 2 ? mask.unsqueeze(0) : mask;
  TORCH_CHECK(batched.dim() == 3, "attn_mask's dimension ", mask.dim(), " is not supported");
  const int64_t first = mask.dim() == 2 ? 1 : heads_in_batch;
  TORCH_CHECK(batched.sizes() == at::IntArrayRef({first, target, source}), "The shape of the ", mask.dim(),
              "D attn_mask is ", mask.sizes(), ", but should end in ", target, ", ", source, " and have ",
              heads_in_batch, " rows when it is 3D");
  return batched;
}

at::Tensor PadLast(const at::Tensor& mask) { return mask.defined() ? at::pad(mask, {0, 1}) : mask; }

// Unbatched inputs as a batch of one.
void AddBatch(AttentionInputs& inputs) {
  const bool query_is_key = inputs.query.is_same(inputs.key);
  const bool key_is_value = inputs.key.is_same(inputs.value);
  inputs.query = inputs.query.unsqueeze(1);
  inputs.key = query_is_key ? inputs.query : inputs.key.unsqueeze(1);
  inputs.value = key_is_value ? inputs.key : inputs.value.unsqueeze(1);
  if (inputs.key_padding_mask.defined()) inputs.key_padding_mask = inputs.key_padding_mask.unsqueeze(0);
}

// The masks that are to be added to scores.
void CanonicalizeMasks(AttentionInputs& inputs) {
  const at::ScalarType dtype = inputs.query.scalar_type();
  inputs.key_padding_mask = CanonicalMask(inputs.key_padding_mask, "key_padding_mask", dtype);
  if (inputs.is_causal && !inputs.key_padding_mask.defined() && !inputs.need_weights) {
    inputs.attn_mask = at::Tensor();  // the kernel makes its own
    return;
  }
  inputs.attn_mask = CanonicalMask(inputs.attn_mask, "attn_mask", dtype);
  if (inputs.key_padding_mask.defined()) inputs.is_causal = false;  // merged with the padding it is causal no longer
}

// Queries, keys and values as [batch * heads, length, head_dim], with the one mask that goes with them.
struct Heads {
  int64_t batch, target, source, count, head_dim;
  at::Tensor q, k, v;
  at::Tensor mask;
};

// MultiheadAttention's extra position: `k` and `v` longer by one in `dim`, the masks too.
void Append(Heads& heads, at::Tensor& padding, const at::Tensor& more_k, const at::Tensor& more_v, int64_t dim) {
  heads.k = at::cat({heads.k, more_k}, dim);
  heads.v = at::cat({heads.v, more_v}, dim);
  heads.mask = PadLast(heads.mask);
  padding = PadLast(padding);
}

Heads SplitHeads(const AttentionWeights& weights, const AttentionInputs& inputs) {
  Heads heads;
  heads.target = inputs.query.size(0);
  heads.batch = inputs.query.size(1);
  heads.count = weights.num_heads;
  heads.head_dim = weights.embed_dim / weights.num_heads;
  const int64_t rows = heads.batch * heads.count;
  const auto split = [&](const at::Tensor& x) { return x.view({x.size(0), rows, heads.head_dim}).transpose(0, 1); };

  const Projections projected =
      weights.in_proj_weight.defined() ? ProjectPacked(weights, inputs) : ProjectSeparately(weights, inputs);
  heads.k = projected.k;
  heads.v = projected.v;
  at::Tensor padding = inputs.key_padding_mask;
  if (inputs.attn_mask.defined()) heads.mask = Batched3d(inputs.attn_mask, rows, heads.target, inputs.key.size(0));
  if (weights.bias_k.defined()) {
    Append(heads, padding, weights.bias_k.repeat({1, heads.batch, 1}), weights.bias_v.repeat({1, heads.batch, 1}), 0);
  }
  heads.q = split(projected.q);
  heads.k = split(heads.k);
  heads.v = split(heads.v);
  if (weights.add_zero_attn) {
    const at::Tensor zeros = at::zeros({rows, 1, heads.head_dim}, heads.k.options());
    Append(heads, padding, zeros, zeros, 1);
  }
  heads.source = heads.k.size(1);
  if (!padding.defined()) return heads;
  TORCH_CHECK_VALUE(padding.sizes() == at::IntArrayRef({heads.batch, heads.source}),
                    "Expected key_padding_mask of shape [", heads.batch, ", ", heads.source, "], but got ",
                    padding.sizes());
  padding = padding.view({heads.batch, 1, 1, heads.source})
                .expand({-1, heads.count, -1, -1})
                .reshape({rows, 1, heads.source});
  heads.mask = heads.mask.defined() ? heads.mask + padding : padding;
  return heads;
}

// Both give [target * batch, embed_dim], before the output's projection.
std::pair<at::Tensor, at::Tensor> AttendWithWeights(const Heads& heads, bool average) {
  const at::Tensor scaled = heads.q * std::sqrt(1.0 / static_cast<double>(heads.head_dim));
  const at::Tensor keys = heads.k.transpose(-2, -1);
  const at::Tensor scores = heads.mask.defined() ? at::baddbmm(heads.mask, scaled, keys) : at::bmm(scaled, keys);
  const at::Tensor attention = at::softmax(scores, -1);
  const at::Tensor output = at::bmm(attention, heads.v)
                                .transpose(0, 1)
                                .reshape({heads.target * heads.batch, heads.count * heads.head_dim});
  const at::Tensor by_head = attention.view({heads.batch, heads.count, heads.target, heads.source});
  return {output, average ? by_head.mean(1) : by_head};
}

at::Tensor Attend(const Heads& heads, bool is_causal) {
  std::optional<at::Tensor> mask;
  if (heads.mask.defined()) {
    mask = heads.mask.size(0) == 1 ? heads.mask.unsqueeze(0)
                                   : heads.mask.view({heads.batch, heads.count, -1, heads.source});
  }
  const auto batched = [&](const at::Tensor& x) {
    return x.view({heads.batch, heads.count, x.size(1), heads.head_dim});
  };
  return at::scaled_dot_product_attention(batched(heads.q), batched(heads.k), batched(heads.v), mask,
                                          /*dropout_p=*/0.0, is_causal)
      .permute({2, 0, 1, 3})
      .reshape({heads.batch * heads.target, heads.count * heads.head_dim});
}

}  // namespace

at::Tensor CanonicalMask(const at::Tensor& mask, absl::string_view name, at::ScalarType dtype) {
  if (!mask.defined() || mask.is_floating_point()) return mask;
  TORCH_CHECK_VALUE(mask.scalar_type() == at::kBool, "only bool and floating types of ", name, " are supported");
  return at::zeros_like(mask, mask.options().dtype(dtype))
      .masked_fill_(mask, -std::numeric_limits<double>::infinity());
}

std::pair<std::optional<at::Tensor>, std::optional<int64_t>> MergeMasks(const at::Tensor& attn_mask,
                                                                        const at::Tensor& key_padding_mask,
                                                                        const at::Tensor& query, int64_t num_heads) {
  if (!attn_mask.defined()) {
    if (!key_padding_mask.defined()) return {std::nullopt, std::nullopt};
    return {key_padding_mask, 1};
  }
  const int64_t batch = query.size(0);
  const int64_t length = query.size(1);
  at::Tensor merged = attn_mask.dim() == 3
                          ? attn_mask.view({batch, -1, length, length})
                          : attn_mask.view({1, 1, length, length}).expand({batch, num_heads, -1, -1});
  if (key_padding_mask.defined()) {
    merged = merged + key_padding_mask.view({batch, 1, 1, length}).expand({-1, num_heads, -1, -1});
  }
  return {merged, 2};
}

bool HasFusedAttention(const at::Tensor& tensor) {
  const at::DeviceType type = tensor.device().type();
  return type == at::kCPU || type == at::kCUDA || type == at::kXPU || type == at::kPrivateUse1;
}

std::pair<at::Tensor, at::Tensor> MultiHeadAttention(const AttentionWeights& weights, AttentionInputs inputs) {
  CheckInputs(weights, inputs);
  const bool batched = inputs.query.dim() == 3;
  if (!batched) AddBatch(inputs);
  CanonicalizeMasks(inputs);
  const Heads heads = SplitHeads(weights, inputs);
  at::Tensor output;
  at::Tensor attention;
  if (inputs.need_weights) {
    std::tie(output, attention) = AttendWithWeights(heads, inputs.average_attn_weights);
  } else {
    output = Attend(heads, inputs.is_causal);
  }
  output = at::linear(output, weights.out_proj_weight, weights.out_proj_bias);
  output = output.view({heads.target, heads.batch, output.size(1)});
  if (batched) return {output, attention};
  return {output.squeeze(1), attention.defined() ? attention.squeeze(0) : attention};
}

}  // namespace loadstone
