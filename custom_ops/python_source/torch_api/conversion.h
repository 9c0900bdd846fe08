// Tensors of another dtype, device or memory format; tensors of Python's data.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_CONVERSION_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_CONVERSION_H_

#include <optional>

#include "custom_ops/python_source/torch_api/objects.h"

namespace loadstone::python {

struct Conversion {
  std::optional<c10::ScalarType> dtype;
  std::optional<c10::Device> device;
  std::optional<c10::MemoryFormat> format;
  bool copy = false;
};

// The tensor itself when it is so already.
Value ConvertTensor(Evaluator& evaluator, const Value& tensor, const Conversion& conversion);
// What the arguments of a `to` say, from args[first] on. False: failed.
bool ReadConversion(Evaluator& evaluator, absl::Span<const Value> positional, const DictObject* keywords,
                    Conversion& conversion);

// Native functions, with the tensor first: Tensor.to(*args, **kwargs), Tensor.type(dtype), Tensor.cuda(device).
Value ConvertCall(Evaluator& evaluator, absl::Span<const Value> args);
Value ConvertType(Evaluator& evaluator, absl::Span<const Value> args);
Value ConvertCuda(Evaluator& evaluator, absl::Span<const Value> args);

// torch.tensor(data, *, dtype, device, requires_grad): a copy. torch.as_tensor(data, dtype, device): none of a tensor.
Value MakeTensorCall(Evaluator& evaluator, absl::Span<const Value> args);
Value AsTensorCall(Evaluator& evaluator, absl::Span<const Value> args);
// The same with `like`'s dtype and device where none is given: args are the tensor, data, dtype, device.
Value MakeTensorLike(Evaluator& evaluator, const at::Tensor& like, absl::Span<const Value> args);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_CONVERSION_H_
