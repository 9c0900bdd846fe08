// The kernel that runs a whole TransformerEncoderLayer, for the layers that it can run.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_FUSED_ENCODER_LAYER_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_FUSED_ENCODER_LAYER_H_

#include <cstdint>
#include <optional>

#include <ATen/core/Tensor.h>

#include "engine/module_state.h"

namespace loadstone {

// Part of a TransformerEncoderLayer; borrows the weights of its children, which Python too reads without calling them.
class FusedEncoderLayer {
 public:
  // Nothing for a layer that fails one of the conditions of TransformerEncoderLayer.forward for its fast path.
  static std::optional<FusedEncoderLayer> Find(ModuleState& state);

  // Whether it takes this input, with or without masks.
  bool Takes(const at::Tensor& src, bool masked) const;
  // REQUIRES: Takes. Masks are canonical or undefined.
  at::Tensor Run(const at::Tensor& src, const at::Tensor& mask, const at::Tensor& key_padding_mask) const;

 private:
  struct Affine {
    const at::Tensor* weight = nullptr;
    const at::Tensor* bias = nullptr;
  };
  FusedEncoderLayer() = default;

  int64_t embed_dim_ = 0;
  int64_t num_heads_ = 0;
  bool gelu_ = false;
  bool norm_first_ = false;
  double eps_ = 0;
  Affine in_proj_, out_proj_, norm1_, norm2_, linear1_, linear2_;
};

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_FUSED_ENCODER_LAYER_H_
