// A tensor as a checked view of a storage.
#ifndef LOADSTONE_LOADERS_TORCH_FORMAT_STRIDED_VIEW_H_
#define LOADSTONE_LOADERS_TORCH_FORMAT_STRIDED_VIEW_H_

#include <cstdint>

#include <ATen/core/Tensor.h>
#include <c10/core/ScalarType.h>
#include <c10/core/Storage.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "loaders/torch_format/view_geometry.h"

namespace loadstone {

// DataLoss unless every element that the geometry reaches lies inside `storage_bytes` bytes of elements of `type`;
// also for negative numbers, more than 64 dimensions, and anything that overflows.
absl::Status CheckView(const ViewGeometry& geometry, c10::ScalarType type, uint64_t storage_bytes);

// The view itself. For plain (not quantized) types.
absl::StatusOr<at::Tensor> MakeView(c10::Storage storage, c10::ScalarType type, const ViewGeometry& geometry);

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_TORCH_FORMAT_STRIDED_VIEW_H_
