// One overload of an operator, and how Python's arguments bind to it.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_OVERLOAD_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_OVERLOAD_H_

#include <optional>
#include <vector>

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/torch_api/parameter.h"

namespace loadstone::python {

class Overload {
 public:
  // Nothing: an overload that source may not reach, because it writes into `out`, names dimensions, or takes what
  // Python's values cannot be.
  static std::optional<Overload> Make(const c10::OperatorHandle& handle);

  // Pushes one value for each parameter. kNo: these arguments are for another overload; `stack` is then as it was.
  Fit Bind(Evaluator& evaluator, absl::Span<const Value> args, absl::Span<StrObject* const> keywords, bool method,
           torch::jit::Stack& stack) const;

  const c10::OperatorHandle& handle() const { return handle_; }
  const c10::FunctionSchema& schema() const { return handle_.schema(); }
  bool writes() const { return writes_; }
  // Is this one tried before `other`? Tensors before numbers, one number before lists of them.
  bool GoesBefore(const Overload& other) const;

 private:
  explicit Overload(const c10::OperatorHandle& handle) : handle_(handle) {}
  int FindParameter(absl::string_view name, bool method) const;

  c10::OperatorHandle handle_;
  std::vector<Parameter> parameters_;
  int positional_ = 0;
  bool makes_tensors_ = false;  // takes dtype and device: Python's binding adds requires_grad
  bool writes_ = false;
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_OVERLOAD_H_
