// Tensors as text for people.
#ifndef LOADSTONE_TOOLS_TENSOR_IO_FORMAT_VALUE_H_
#define LOADSTONE_TOOLS_TENSOR_IO_FORMAT_VALUE_H_

#include <string>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include "absl/status/statusor.h"

namespace loadstone {

// "float32", "bfloat16", "bool": the dtype without Python's "torch.".
std::string DtypeName(const at::Tensor& tensor);

// "float32 [1, 10]".
std::string DescribeTensor(const at::Tensor& tensor);

// The elements in nested brackets, as many digits as tell the tensor's numbers apart; of more than 1000 elements the
// first and last three of each dimension.
std::string FormatElements(const at::Tensor& tensor);

// What a forward gave, ending with a newline: dtype, shape and elements of each tensor. Of at most 16 rows of scores
// (a float tensor [N, C], C > 1) also the index and value of each row's largest score, as it is: no softmax.
// Unimplemented: see NamedTensors.
absl::StatusOr<std::string> FormatOutput(const c10::IValue& value);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_TENSOR_IO_FORMAT_VALUE_H_
