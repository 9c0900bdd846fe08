#include "custom_ops/torch_nn/tensor_shape.h"

#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/python_format.h"

namespace loadstone {

void CheckShape(AttributeReader& attributes, absl::string_view name, const at::Tensor& tensor,
                const std::vector<int64_t>& shape) {
  if (!tensor.defined()) return;
  const at::IntArrayRef sizes = tensor.sizes();
  bool fits = sizes.size() == shape.size();
  for (size_t i = 0; fits && i < shape.size(); ++i) fits = shape[i] == kAnySize || shape[i] == sizes[i];
  if (fits) return;
  attributes.Fail(absl::StrCat(name, " has shape ", ShapeText({sizes.data(), sizes.size()}), ", needs ",
                               ShapeText(shape), " (-1 is any size)"));
}

}  // namespace loadstone
