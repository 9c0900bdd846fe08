#include "loaders/torch_format/strided_view.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <c10/core/TensorImpl.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/python_format.h"

namespace loadstone {
namespace {

constexpr size_t kMaxDimensions = 64;  // what ATen's iterators and torch.save's readers take

// Values that share one byte: the packed quantized types count values in sizes and bytes in storages.
uint64_t ValuesPerElement(c10::ScalarType type) {
  if (type == c10::ScalarType::QUInt4x2) return 2;
  if (type == c10::ScalarType::QUInt2x4) return 4;
  return 1;
}

}  // namespace

absl::Status CheckView(const ViewGeometry& geometry, c10::ScalarType type, uint64_t storage_bytes) {
  const auto text = [&geometry] {
    return absl::StrCat("a tensor of sizes ", ShapeText(geometry.sizes), ", strides ", ShapeText(geometry.strides),
                        " and offset ", geometry.offset);
  };
  if (geometry.sizes.size() != geometry.strides.size()) {
    return absl::DataLossError(absl::StrCat(text(), " has ", geometry.sizes.size(), " sizes but ",
                                            geometry.strides.size(), " strides"));
  }
  if (geometry.sizes.size() > kMaxDimensions) {
    return absl::DataLossError(absl::StrCat("a tensor of ", geometry.sizes.size(), " dimensions, at most ",
                                            kMaxDimensions, " are possible"));
  }
  bool negative = geometry.offset < 0;
  bool empty = false;
  bool overflow = false;
  int64_t elements = 1;
  int64_t last = geometry.offset;
  for (size_t i = 0; i < geometry.sizes.size(); ++i) {
    const int64_t size = geometry.sizes[i];
    const int64_t stride = geometry.strides[i];
    negative = negative || size < 0 || stride < 0;
    if (negative) break;
    empty = empty || size == 0;
    int64_t reach;
    overflow = overflow || __builtin_mul_overflow(elements, std::max<int64_t>(size, 1), &elements) ||
               __builtin_mul_overflow(std::max<int64_t>(size, 1) - 1, stride, &reach) ||
               __builtin_add_overflow(last, reach, &last);
  }
  if (negative) return absl::DataLossError(absl::StrCat(text(), " has a negative number"));
  if (overflow) return absl::DataLossError(absl::StrCat(text(), " overflows 64 bits"));
  if (empty) return absl::OkStatus();
  const uint64_t elements_stored = storage_bytes / c10::elementSize(type) * ValuesPerElement(type);
  if (static_cast<uint64_t>(last) < elements_stored) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(text(), " reaches element ", last, ", its storage holds ", elements_stored,
                                          " (", storage_bytes, " bytes of ", c10::toString(type), ")"));
}

absl::StatusOr<at::Tensor> MakeView(c10::Storage storage, c10::ScalarType type, const ViewGeometry& geometry) {
  RETURN_IF_ERROR(CheckView(geometry, type, storage.nbytes()));
  at::Tensor tensor = at::detail::make_tensor<c10::TensorImpl>(
      std::move(storage), c10::DispatchKeySet(c10::DispatchKey::CPU), c10::scalarTypeToTypeMeta(type));
  tensor.unsafeGetTensorImpl()->set_sizes_and_strides(geometry.sizes, geometry.strides, geometry.offset);
  return tensor;
}

}  // namespace loadstone
