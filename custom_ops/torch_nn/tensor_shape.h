// Checks of tensors that a file brings, for layers whose ATen kernels trust their sizes.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_TENSOR_SHAPE_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_TENSOR_SHAPE_H_

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "absl/strings/string_view.h"
#include "engine/attribute_reader.h"

namespace loadstone {

// Fits any size of that dimension.
inline constexpr int64_t kAnySize = -1;

// Notes a mistake when `tensor` has another shape; an undefined one fits.
void CheckShape(AttributeReader& attributes, absl::string_view name, const at::Tensor& tensor,
                const std::vector<int64_t>& shape);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_TENSOR_SHAPE_H_
