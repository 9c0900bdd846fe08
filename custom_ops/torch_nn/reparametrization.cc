#include "custom_ops/torch_nn/reparametrization.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ops/_weight_norm.h>
#include <ATen/ops/div.h>
#include <ATen/ops/dot.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/mv.h>
#include <c10/util/Exception.h>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "engine/base/status_macros.h"
#include "engine/python_format.h"
#include "engine/reparametrization.h"

namespace loadstone {
namespace {

std::string Shape(const at::Tensor& tensor) { return ShapeText({tensor.sizes().data(), tensor.sizes().size()}); }

// The dimension that norms are kept along, -1 for one norm of the whole tensor: no state dict says it, but g has the
// shape of norm_except_dim(v, 2, dim).
std::optional<int64_t> WeightNormDim(const at::Tensor& g, const at::Tensor& v) {
  if (g.dim() == 0) return -1;
  if (g.dim() != v.dim()) return std::nullopt;
  for (int64_t dim = 0; dim < v.dim(); ++dim) {
    std::vector<int64_t> norms(static_cast<size_t>(v.dim()), 1);
    norms[static_cast<size_t>(dim)] = v.size(dim);
    if (g.sizes() == at::IntArrayRef(norms)) return dim;  // another that fits as well has size 1, as this one
  }
  return std::nullopt;
}

absl::StatusOr<at::Tensor> ComputeWeightNorm(const ModuleDef& module, absl::Span<const at::Tensor> parts) {
  const at::Tensor& g = parts[0];
  const at::Tensor& v = parts[1];
  const std::optional<int64_t> dim = WeightNormDim(g, v);
  if (dim.has_value()) return at::_weight_norm(v, g, *dim);
  return absl::InvalidArgumentError(absl::StrCat("weight norm: magnitudes of shape ", Shape(g),
                                                 " are no norms along one dimension of ", Shape(v)));
}

// Python's default: the dimension of the outputs. Square weights of another `dim` cannot be told apart.
absl::StatusOr<at::Tensor> ComputeSpectralNorm(const ModuleDef& module, absl::Span<const at::Tensor> parts) {
  const at::Tensor& weight = parts[0];
  const at::Tensor& u = parts[1];
  const int64_t outputs = absl::StrContains(module.class_name, "ConvTranspose") ? 1 : 0;
  std::vector<int64_t> able;
  for (int64_t dim = 0; u.dim() == 1 && dim < weight.dim(); ++dim) {
    if (weight.size(dim) != u.size(0)) continue;
    if (dim == outputs) return SpectralNormWeight(weight, u, parts[2], dim);
    able.push_back(dim);
  }
  if (able.size() == 1) return SpectralNormWeight(weight, u, parts[2], able.front());
  return absl::InvalidArgumentError(absl::StrCat("spectral norm: a left vector of shape ", Shape(u), " fits ",
                                                 able.size(), " dimensions of ", Shape(weight), ", needs one"));
}

absl::StatusOr<at::Tensor> ComputePruning(const ModuleDef& module, absl::Span<const at::Tensor> parts) {
  return PrunedTensor(parts[0], parts[1]);
}

}  // namespace

at::Tensor SpectralNormWeight(const at::Tensor& weight, const at::Tensor& u, const at::Tensor& v, int64_t dim) {
  TORCH_CHECK(weight.dim() > 0 && dim >= 0 && dim < weight.dim(), "dim ", dim, " of a weight of ", weight.dim(),
              " dimensions");
  const at::Tensor matrix = weight.movedim(dim, 0).flatten(1);
  return at::div(weight, at::dot(u, at::mv(matrix, v)));
}

at::Tensor PrunedTensor(const at::Tensor& original, const at::Tensor& mask) {
  return at::mul(mask.to(original.scalar_type()), original);
}

absl::Status RegisterReparametrizations(PluginRegistry& registry) {
  for (Reparametrization& form : std::vector<Reparametrization>{
           {.name = "weight norm", .parts = {"*_g", "*_v"}, .compute = ComputeWeightNorm},
           {.name = "weight norm",
            .parts = {"parametrizations.*.original0", "parametrizations.*.original1"},
            .compute = ComputeWeightNorm},
           {.name = "spectral norm", .parts = {"*_orig", "*_u", "*_v"}, .compute = ComputeSpectralNorm},
           {.name = "spectral norm",
            .parts = {"parametrizations.*.original", "parametrizations.*.0._u", "parametrizations.*.0._v"},
            .compute = ComputeSpectralNorm},
           {.name = "pruning", .parts = {"*_orig", "*_mask"}, .compute = ComputePruning}}) {
    RETURN_IF_ERROR(registry.AddReparametrization(std::move(form)));
  }
  return absl::OkStatus();
}

}  // namespace loadstone
