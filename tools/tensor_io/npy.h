// NumPy's .npy files as tensors: the inputs and outputs of programs and tests.
#ifndef LOADSTONE_TOOLS_TENSOR_IO_NPY_H_
#define LOADSTONE_TOOLS_TENSOR_IO_NPY_H_

#include <string>

#include <ATen/core/Tensor.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace loadstone {

// A contiguous tensor of its own memory. Any byte order, C and Fortran order, every dtype that numpy and ATen share.
// Not a byte is trusted, and no pickle inside is ever read.
// InvalidArgument: not a .npy file. DataLoss: malformed, or not exactly as long as its shape needs (says both).
// Unimplemented: elements that no tensor holds. ResourceExhausted: no memory for it.
absl::StatusOr<at::Tensor> ParseNpy(absl::string_view bytes);
// The same from a file; errors also as ByteSource::Map.
absl::StatusOr<at::Tensor> ReadNpyFile(const std::string& path);

// The bytes of the file that numpy.save would write for the tensor in C order.
// InvalidArgument: no array can hold it (bfloat16, sparse, quantized, ...).
absl::StatusOr<std::string> NpyBytes(const at::Tensor& tensor);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_TENSOR_IO_NPY_H_
