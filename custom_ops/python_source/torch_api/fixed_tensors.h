// Keeps a call from changing the tensors of a model that other calls read.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_FIXED_TENSORS_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_FIXED_TENSORS_H_

#include <ATen/core/Tensor.h>
#include <ATen/core/function_schema.h>
#include <ATen/core/stack.h>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "custom_ops/python_source/runtime/evaluator.h"

namespace loadstone::python {

// The memory of a model's tensors.
using FixedTensors = absl::flat_hash_set<const c10::StorageImpl*>;

// While it lives, operators of this thread may not write into `fixed`, which must outlive it.
class FixedTensorsScope {
 public:
  explicit FixedTensorsScope(const FixedTensors* fixed);
  ~FixedTensorsScope();
  FixedTensorsScope(const FixedTensorsScope&) = delete;
  FixedTensorsScope& operator=(const FixedTensorsScope&) = delete;

 private:
  const FixedTensors* const outer_;
};

// False, with the error: `tensor` is fixed. `what` is what would change it.
bool CheckNotFixed(Evaluator& evaluator, absl::string_view what, const at::Tensor& tensor);
// The same for each argument that the operator writes into.
bool CheckNotFixed(Evaluator& evaluator, absl::string_view what, const c10::FunctionSchema& schema,
                   const torch::jit::Stack& arguments);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_FIXED_TENSORS_H_
