// Writing .safetensors files.
#ifndef LOADSTONE_TOOLS_TENSOR_IO_SAFETENSORS_FILE_H_
#define LOADSTONE_TOOLS_TENSOR_IO_SAFETENSORS_FILE_H_

#include <ATen/core/Tensor.h>

#include <string>

#include "absl/status/status.h"
#include "engine/named.h"

namespace loadstone {

// Writes dense tensors as the safetensors library would: a header with {"format": "pt"}, then each tensor's elements in
// row-major order, 8-byte aligned. Tensors that share memory are written one by one: the format has no sharing.
// InvalidArgument: two of one name, or a name that is no UTF-8. Unimplemented: a tensor that the format cannot hold
// (sparse, quantized, complex128, on the meta device: says which). Others: see ReplaceFile.
absl::Status WriteSafetensorsFile(const std::string& path, const NamedList<at::Tensor>& tensors);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_TENSOR_IO_SAFETENSORS_FILE_H_
