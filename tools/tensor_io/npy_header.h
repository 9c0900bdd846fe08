// The header of a .npy file (numpy/lib/format.py): which elements follow, and in which order.
#ifndef LOADSTONE_TOOLS_TENSOR_IO_NPY_HEADER_H_
#define LOADSTONE_TOOLS_TENSOR_IO_NPY_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <c10/core/ScalarType.h>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace loadstone {

struct NpyHeader {
  c10::ScalarType type = c10::ScalarType::Float;
  bool big_endian = false;
  bool fortran_order = false;
  std::vector<int64_t> shape;  // none negative; their product fits int64, even without the zeros
  size_t size = 0;             // of magic, version, length and header text: the elements begin here
};

// Checks everything but how many bytes follow. InvalidArgument: not a .npy file. DataLoss: malformed or cut short.
// Unimplemented: well-formed, but no tensor can hold its elements (text, dates, objects, records, 80-bit floats).
absl::StatusOr<NpyHeader> ParseNpyHeader(absl::string_view bytes);

// Magic, version, length and header text of a C-order, little-endian array. InvalidArgument: numpy has no such type
// (bfloat16, quantized, ...).
absl::StatusOr<std::string> NpyHeaderText(c10::ScalarType type, const std::vector<int64_t>& shape);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_TENSOR_IO_NPY_HEADER_H_
