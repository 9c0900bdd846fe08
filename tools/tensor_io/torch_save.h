// Writing files for torch.load.
#ifndef LOADSTONE_TOOLS_TENSOR_IO_TORCH_SAVE_H_
#define LOADSTONE_TOOLS_TENSOR_IO_TORCH_SAVE_H_

#include <ATen/core/ivalue.h>

#include <string>

#include "absl/status/statusor.h"

namespace loadstone {

// The bytes of a file that torch.load(weights_only=True) reads back as this value: a tensor, None, a number, a text, or
// a tuple, list or dict of them. Unimplemented: any other value (says what).
absl::StatusOr<std::string> TorchSaveBytes(const c10::IValue& value);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_TENSOR_IO_TORCH_SAVE_H_
