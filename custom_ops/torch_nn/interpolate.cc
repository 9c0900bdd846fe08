#include "custom_ops/torch_nn/interpolate.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ATen/ops/_upsample_bicubic2d_aa.h>
#include <ATen/ops/_upsample_bilinear2d_aa.h>
#include <ATen/ops/_upsample_nearest_exact1d.h>
#include <ATen/ops/_upsample_nearest_exact2d.h>
#include <ATen/ops/_upsample_nearest_exact3d.h>
#include <ATen/ops/adaptive_avg_pool1d.h>
#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/adaptive_avg_pool3d.h>
#include <ATen/ops/upsample_bicubic2d.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/upsample_linear1d.h>
#include <ATen/ops/upsample_nearest1d.h>
#include <ATen/ops/upsample_nearest2d.h>
#include <ATen/ops/upsample_nearest3d.h>
#include <ATen/ops/upsample_trilinear3d.h>
#include <c10/util/Exception.h>

namespace loadstone {
namespace {

constexpr double kMaxOutput = 2147483647;

// What the operators take: one of the two.
struct Target {
  at::OptionalIntArrayRef size() const {
    return has_size ? at::OptionalIntArrayRef(output_size) : at::OptionalIntArrayRef();
  }
  std::optional<at::ArrayRef<double>> scales() const {
    return has_size ? std::nullopt : std::optional<at::ArrayRef<double>>(scale_factors);
  }

  bool has_size = false;
  std::vector<int64_t> output_size;
  std::vector<double> scale_factors;
};

// `given`, or its one number for all of the input's spatial dimensions.
template <typename T>
std::vector<T> ForDims(const std::vector<T>& given, bool is_one_number, const at::Tensor& input, const char* what) {
  const size_t dims = static_cast<size_t>(input.dim() - 2);
  if (is_one_number) return std::vector<T>(dims, given.front());
  TORCH_CHECK_VALUE(given.size() == dims, "Input and ", what, " must have the same number of spatial dimensions, but "
                    "got input with spatial dimensions of ", input.sizes().slice(2), " and ", what, " of ", given);
  return given;
}

Target TargetOf(const at::Tensor& input, const InterpolateOptions& options) {
  Target target;
  TORCH_CHECK_VALUE(options.size.empty() != options.scale_factor.empty(),
                    "exactly one of size or scale_factor should be defined");
  if (!options.size.empty()) {
    TORCH_CHECK_VALUE(!options.recompute_scale_factor,
                      "recompute_scale_factor is not meaningful with an explicit size.");
    target.has_size = true;
    target.output_size = ForDims(options.size, options.size_is_one_number, input, "output size");
    return target;
  }
  target.scale_factors = ForDims(options.scale_factor, options.scale_is_one_number, input, "scale_factor");
  if (!options.recompute_scale_factor && options.mode != "area") return target;
  target.has_size = true;
  for (size_t d = 0; d < target.scale_factors.size(); ++d) {
    const double size = static_cast<double>(input.size(static_cast<int64_t>(d) + 2)) * target.scale_factors[d];
    TORCH_CHECK_VALUE(std::abs(size) <= kMaxOutput, "scale_factor ", target.scale_factors[d],
                      " makes dimension ", d + 2, " of ", input.sizes(), " too large");
    target.output_size.push_back(static_cast<int64_t>(size));
  }
  return target;
}

bool TakesAlignCorners(const std::string& mode) {
  return mode != "nearest" && mode != "area" && mode != "nearest-exact";
}

}  // namespace

at::Tensor Interpolate(const at::Tensor& input, const InterpolateOptions& options) {
  const std::string& mode = options.mode;
  const int64_t dim = input.dim();
  TORCH_CHECK_NOT_IMPLEMENTED(dim >= 3 && dim <= 5, "Input Error: Only 3D, 4D and 5D input Tensors supported (got ",
                              dim, "D) for mode ", mode);
  TORCH_CHECK_VALUE(TakesAlignCorners(mode) || !options.align_corners.has_value(),
                    "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | "
                    "trilinear");
  const bool corners = options.align_corners.value_or(false);
  const Target target = TargetOf(input, options);
  TORCH_CHECK_VALUE(!options.antialias || (dim == 4 && (mode == "bilinear" || mode == "bicubic")),
                    "Anti-alias option is restricted to bilinear and bicubic modes and requires a 4-D tensor as input");
  const at::OptionalIntArrayRef size = target.size();
  const std::optional<at::ArrayRef<double>> scales = target.scales();
  if (mode == "nearest") {
    if (dim == 3) return at::upsample_nearest1d(input, size, scales);
    if (dim == 4) return at::upsample_nearest2d(input, size, scales);
    return at::upsample_nearest3d(input, size, scales);
  }
  if (mode == "nearest-exact") {
    if (dim == 3) return at::_upsample_nearest_exact1d(input, size, scales);
    if (dim == 4) return at::_upsample_nearest_exact2d(input, size, scales);
    return at::_upsample_nearest_exact3d(input, size, scales);
  }
  if (mode == "area") {
    if (dim == 3) return at::adaptive_avg_pool1d(input, target.output_size);
    if (dim == 4) return at::adaptive_avg_pool2d(input, target.output_size);
    return at::adaptive_avg_pool3d(input, target.output_size);
  }
  if (dim == 3 && mode == "linear") return at::upsample_linear1d(input, size, corners, scales);
  if (dim == 4 && mode == "bilinear") {
    if (options.antialias) return at::_upsample_bilinear2d_aa(input, size, corners, scales);
    return at::upsample_bilinear2d(input, size, corners, scales);
  }
  if (dim == 4 && mode == "bicubic") {
    if (options.antialias) return at::_upsample_bicubic2d_aa(input, size, corners, scales);
    return at::upsample_bicubic2d(input, size, corners, scales);
  }
  if (dim == 5 && mode == "trilinear") return at::upsample_trilinear3d(input, size, corners, scales);
  TORCH_CHECK_NOT_IMPLEMENTED(false, "Got ", dim, "D input, which mode ", mode, " does not take");
}

}  // namespace loadstone
