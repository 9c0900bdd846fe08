// An operator of ATen as a function or method of Python.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_OPERATOR_FUNCTION_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_OPERATOR_FUNCTION_H_

#include "absl/strings/string_view.h"
#include "custom_ops/python_source/runtime/object.h"
#include "custom_ops/python_source/torch_api/aten_call.h"

namespace loadstone::python {

class OperatorFunction : public BuiltinObject {
 public:
  OperatorFunction(absl::string_view name, const AtenOperator& aten, CallForm form);
  Value Call(Evaluator& evaluator, absl::Span<const Value> args, absl::Span<StrObject* const> keywords) override;

 private:
  const AtenOperator& aten_;
  const CallForm form_;
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_OPERATOR_FUNCTION_H_
