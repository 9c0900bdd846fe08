// The names that PyTorch's files use for element types.
#ifndef LOADSTONE_LOADERS_TORCH_FORMAT_SCALAR_TYPES_H_
#define LOADSTONE_LOADERS_TORCH_FORMAT_SCALAR_TYPES_H_

#include <optional>

#include <c10/core/ScalarType.h>

#include "absl/strings/string_view.h"

namespace loadstone {

// The element type of a storage class, "FloatStorage" (torch/storage.py, _dtype_to_storage_type_map). An
// UntypedStorage counts bytes: Byte. nullopt: no such class.
std::optional<c10::ScalarType> ScalarTypeOfStorageClass(absl::string_view class_name);

// "float32" and "torch.float32". nullopt: no such dtype.
std::optional<c10::ScalarType> ScalarTypeOfDtype(absl::string_view dtype);

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_TORCH_FORMAT_SCALAR_TYPES_H_
