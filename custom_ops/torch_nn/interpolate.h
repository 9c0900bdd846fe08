// torch.nn.functional.interpolate.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_INTERPOLATE_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_INTERPOLATE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace loadstone {

// Its parameters; of size and scale_factor one is empty (None).
struct InterpolateOptions {
  std::vector<int64_t> size;
  bool size_is_one_number = false;  // Python was given an int, for all dimensions
  std::vector<double> scale_factor;
  bool scale_is_one_number = false;
  std::string mode = "nearest";
  std::optional<bool> align_corners;
  bool recompute_scale_factor = false;
  bool antialias = false;
};

// Throws c10::Error where Python raises. Thread-safe.
at::Tensor Interpolate(const at::Tensor& input, const InterpolateOptions& options);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_INTERPOLATE_H_
