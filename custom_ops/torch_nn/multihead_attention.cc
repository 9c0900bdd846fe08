#include "custom_ops/torch_nn/multihead_attention.h"

#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/_native_multi_head_attention.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/attention.h"
#include "custom_ops/torch_nn/layer.h"
#include "custom_ops/torch_nn/layout.h"
#include "custom_ops/torch_nn/tensor_shape.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

const at::Tensor& Undefined() {
  static const at::Tensor* const kUndefined = new at::Tensor();
  return *kUndefined;
}

// A weight of the child out_proj, which Python reads without calling the child.
const at::Tensor& OutProjection(ModuleState& state, absl::string_view name) {
  const at::Tensor* tensor = FindNamed(state.Child("out_proj").parameters(), name);
  if (tensor != nullptr) return *tensor;
  state.attributes().Fail(absl::StrCat("its child out_proj has no parameter '", name, "'"));
  return Undefined();
}

AttentionWeights ReadWeights(ModuleState& state) {
  AttributeReader& attributes = state.attributes();
  const bool packed = attributes.Bool("_qkv_same_embed_dim");
  const auto separate = [&](absl::string_view name) -> const at::Tensor& {
    return packed ? Undefined() : RequiredTensor(state, name);
  };
  return {.embed_dim = attributes.Int("embed_dim"),
          .num_heads = attributes.Int("num_heads"),
          .add_zero_attn = attributes.Bool("add_zero_attn"),
          .in_proj_weight = packed ? RequiredTensor(state, "in_proj_weight") : Undefined(),
          .q_proj_weight = separate("q_proj_weight"),
          .k_proj_weight = separate("k_proj_weight"),
          .v_proj_weight = separate("v_proj_weight"),
          .in_proj_bias = SelfTensor(state, "in_proj_bias"),
          .bias_k = SelfTensor(state, "bias_k"),
          .bias_v = SelfTensor(state, "bias_v"),
          .out_proj_weight = OutProjection(state, "weight"),
          .out_proj_bias = OutProjection(state, "bias")};
}

void CheckWeights(ModuleState& state, const AttentionWeights& weights) {
  AttributeReader& attributes = state.attributes();
  const int64_t size = weights.embed_dim;
  if (!FitsInt32(attributes, "embed_dim", {size})) return;
  if (size <= 0 || weights.num_heads <= 0 || size % weights.num_heads != 0) {
    return attributes.Fail(absl::StrCat("embed_dim ", size, " must be divisible by num_heads ", weights.num_heads));
  }
  CheckShape(attributes, "in_proj_weight", weights.in_proj_weight, {3 * size, size});
  CheckShape(attributes, "in_proj_bias", weights.in_proj_bias, {3 * size});
  CheckShape(attributes, "q_proj_weight", weights.q_proj_weight, {size, kAnySize});
  CheckShape(attributes, "k_proj_weight", weights.k_proj_weight, {size, kAnySize});
  CheckShape(attributes, "v_proj_weight", weights.v_proj_weight, {size, kAnySize});
  CheckShape(attributes, "bias_k", weights.bias_k, {1, 1, size});
  CheckShape(attributes, "bias_v", weights.bias_v, {1, 1, size});
  CheckShape(attributes, "out_proj.weight", weights.out_proj_weight, {kAnySize, size});
  if (weights.bias_k.defined() != weights.bias_v.defined()) attributes.Fail("one of bias_k and bias_v is None");
  if (!weights.out_proj_weight.defined()) return attributes.Fail("out_proj.weight is None");
  CheckShape(attributes, "out_proj.bias", weights.out_proj_bias, {weights.out_proj_weight.size(0)});
}

class MultiheadAttention : public Module {
 public:
  explicit MultiheadAttention(ModuleState& state)
      : Module(state), weights_(ReadWeights(state)), batch_first_(state.attributes().Bool("batch_first")) {
    if (state.status().ok()) CheckWeights(state, weights_);
  }

  c10::IValue Forward(const Inputs& inputs) const override {
    static constexpr absl::string_view kNames[] = {
        "query", "key", "value", "key_padding_mask", "need_weights", "attn_mask", "average_attn_weights", "is_causal"};
    const std::vector<c10::IValue> bound = BindInputs(inputs, kNames, 3);
    AttentionInputs attention{.query = bound[0].toTensor(),
                              .key = bound[1].toTensor(),
                              .value = bound[2].toTensor(),
                              .key_padding_mask = OptionalTensor(bound[3]),
                              .attn_mask = OptionalTensor(bound[5]),
                              .need_weights = BoolInput(bound[4], true),
                              .average_attn_weights = BoolInput(bound[6], true),
                              .is_causal = BoolInput(bound[7], false)};
    const bool fused = CanRunFused(attention);
    const at::ScalarType dtype = attention.query.scalar_type();
    attention.key_padding_mask = CanonicalMask(attention.key_padding_mask, "key_padding_mask", dtype);
    attention.attn_mask = CanonicalMask(attention.attn_mask, "attn_mask", dtype);
    const auto [output, weights] = fused ? RunFused(attention) : Run(std::move(attention));
    return c10::ivalue::Tuple::create(output, OptionalValue(weights));
  }

 private:
  // The conditions of MultiheadAttention.forward for its fast path.
  bool CanRunFused(const AttentionInputs& inputs) const {
    const AttentionWeights& w = weights_;
    const at::Tensor& query = inputs.query;
    const auto is_float = [](const at::Tensor& mask) { return mask.defined() && mask.is_floating_point(); };
    const bool masked = inputs.attn_mask.defined() || inputs.key_padding_mask.defined();
    return batch_first_ && query.dim() == 3 && query.is_same(inputs.key) && inputs.key.is_same(inputs.value) &&
           w.in_proj_weight.defined() && w.in_proj_bias.defined() && w.out_proj_bias.defined() &&
           query.scalar_type() == w.in_proj_weight.scalar_type() &&
           query.scalar_type() == w.in_proj_bias.scalar_type() && w.num_heads % 2 == 0 && !w.bias_k.defined() &&
           !w.add_zero_attn && !is_float(inputs.attn_mask) && !is_float(inputs.key_padding_mask) &&
           !(query.is_nested() && masked) && HasFusedAttention(query) && HasFusedAttention(w.in_proj_weight);
  }

  std::pair<at::Tensor, at::Tensor> RunFused(const AttentionInputs& inputs) const {
    const AttentionWeights& w = weights_;
    const auto [mask, mask_type] = MergeMasks(inputs.attn_mask, inputs.key_padding_mask, inputs.query, w.num_heads);
    std::tuple<at::Tensor, at::Tensor> output = at::_native_multi_head_attention(
        inputs.query, inputs.key, inputs.value, w.embed_dim, w.num_heads, w.in_proj_weight, w.in_proj_bias,
        w.out_proj_weight, w.out_proj_bias, mask, inputs.need_weights, inputs.average_attn_weights, mask_type);
    return {std::get<0>(output), std::get<1>(output)};
  }

  std::pair<at::Tensor, at::Tensor> Run(AttentionInputs inputs) const {
    TORCH_CHECK(!inputs.query.is_nested() && !inputs.key.is_nested() && !inputs.value.is_nested(),
                "MultiheadAttention does not support NestedTensor outside of its fast path");
    const bool swap = batch_first_ && inputs.query.dim() == 3;
    if (swap) {
      const bool query_is_key = inputs.query.is_same(inputs.key);
      const bool key_is_value = inputs.key.is_same(inputs.value);
      inputs.query = inputs.query.transpose(1, 0);
      inputs.key = query_is_key ? inputs.query : inputs.key.transpose(1, 0);
      inputs.value = key_is_value ? inputs.key : inputs.value.transpose(1, 0);
    }
    auto [output, weights] = MultiHeadAttention(weights_, std::move(inputs));
    return {swap ? output.transpose(1, 0) : output, weights};
  }

  const AttentionWeights weights_;
  const bool batch_first_;
};

void AddWeights(AttributeReader& arguments, ModuleDefBuilder& self, int64_t size, int64_t key_size,
                int64_t value_size) {
  if (key_size != size || value_size != size) {
    AddParameter(arguments, self, "q_proj_weight", {size, size});
    AddParameter(arguments, self, "k_proj_weight", {size, key_size});
    AddParameter(arguments, self, "v_proj_weight", {size, value_size});
    self.NoParameter("in_proj_weight");
  } else {
    AddParameter(arguments, self, "in_proj_weight", {3 * size, size});
    for (const absl::string_view name : {"q_proj_weight", "k_proj_weight", "v_proj_weight"}) self.NoParameter(name);
  }
}

// constant_(parameter, 0.0)
void SetToZero(ModuleDef& module, absl::string_view name) {
  at::Tensor& parameter = *FindNamed(module.parameters, name);
  parameter = at::zeros(parameter.sizes(), parameter.scalar_type());
}

void ConstructAttention(AttributeReader& arguments, ModuleDefBuilder& self) {
  const int64_t size = arguments.Int("embed_dim");
  const int64_t heads = arguments.Int("num_heads");
  if (size <= 0 || heads <= 0) {
    return self.Fail(absl::StrCat("embed_dim and num_heads must be greater than 0, got embed_dim=", size,
                                  " and num_heads=", heads, " instead"));
  }
  if (size % heads != 0) return self.Fail("embed_dim must be divisible by num_heads");
  if (!FitsInt32(arguments, "embed_dim", {size})) return;
  const int64_t key_size = arguments.OptionalInt("kdim").value_or(size);
  const int64_t value_size = arguments.OptionalInt("vdim").value_or(size);
  self.Attribute("embed_dim", size);
  self.Attribute("kdim", key_size);
  self.Attribute("vdim", value_size);
  self.Attribute("_qkv_same_embed_dim", key_size == size && value_size == size);
  StoreArguments(arguments, self, {"num_heads", "dropout", "batch_first"});
  self.Attribute("head_dim", size / heads);

  AddWeights(arguments, self, size, key_size, value_size);
  const bool bias = arguments.Bool("bias");
  if (bias) {
    AddParameter(arguments, self, "in_proj_bias", {3 * size}, 0);
  } else {
    self.NoParameter("in_proj_bias");
  }
  const std::shared_ptr<ModuleDef> out_projection =
      self.New("torch.nn.modules.linear.NonDynamicallyQuantizableLinear", {size, size},
               {{"bias", bias}, {"dtype", arguments.Get("dtype")}});
  if (out_projection != nullptr && bias) SetToZero(*out_projection, "bias");
  self.Child("out_proj", out_projection);
  if (arguments.Bool("add_bias_kv")) {
    AddParameter(arguments, self, "bias_k", {1, 1, size});
    AddParameter(arguments, self, "bias_v", {1, 1, size});
  } else {
    self.Attribute("bias_k", Attribute());
    self.Attribute("bias_v", Attribute());
  }
  StoreArguments(arguments, self, {"add_zero_attn"});
}

// __setstate__, and what files before 1.9 lack besides.
void SetState(ModuleDef& state) {
  const auto has_tensor = [&](absl::string_view name) {
    const at::Tensor* tensor = FindNamed(state.parameters, name);
    return tensor != nullptr && tensor->defined();
  };
  FillAbsent(state, "_qkv_same_embed_dim", !has_tensor("q_proj_weight"));
  FillAbsent(state, "batch_first", false);
  FillAbsent(state, "add_zero_attn", false);
  for (const absl::string_view name : {"bias_k", "bias_v"}) {
    if (FindNamed(state.parameters, name) == nullptr) FillAbsent(state, name, Attribute());
  }
}

}  // namespace

absl::Status RegisterMultiheadAttention(PluginRegistry& registry) {
  return AddTorchNnClasses(
      registry, "torch.nn.modules.activation",
      {{.name = "MultiheadAttention",
        .signature = "embed_dim, num_heads, dropout=0.0, bias=True, add_bias_kv=False, add_zero_attn=False, "
                     "kdim=None, vdim=None, batch_first=False, device=None, dtype=None",
        .construct = ConstructAttention,
        .build = BuildModule<MultiheadAttention>,
        .set_state = SetState}});
}

}  // namespace loadstone
