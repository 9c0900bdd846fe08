// What torch.nn.utils makes of a layer's tensor: weight norm, spectral norm and pruning, in eval mode.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_REPARAMETRIZATION_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_REPARAMETRIZATION_H_

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

// weight / sigma, where sigma is u·(W v) and W is `weight` as a matrix, dimension `dim` first
// (torch.nn.utils.spectral_norm without its power iteration, which eval mode leaves out). Throws c10::Error.
at::Tensor SpectralNormWeight(const at::Tensor& weight, const at::Tensor& u, const at::Tensor& v, int64_t dim);

// torch.nn.utils.prune.BasePruningMethod.apply_mask. Throws c10::Error.
at::Tensor PrunedTensor(const at::Tensor& original, const at::Tensor& mask);

// The forms in which state dicts hold such tensors: those of the hooks and those of torch.nn.utils.parametrizations.
absl::Status RegisterReparametrizations(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_REPARAMETRIZATION_H_
