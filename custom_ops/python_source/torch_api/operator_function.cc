#include "custom_ops/python_source/torch_api/operator_function.h"

#include <string>

namespace loadstone::python {

OperatorFunction::OperatorFunction(absl::string_view name, const AtenOperator& aten, CallForm form)
    : BuiltinObject(std::string(name), form == CallForm::kFunction ? Binds::kNo : Binds::kYes),
      aten_(aten),
      form_(form) {}

Value OperatorFunction::Call(Evaluator& evaluator, absl::Span<const Value> args,
                             absl::Span<StrObject* const> keywords) {
  return AtenCall(evaluator, aten_, args, keywords, form_);
}

}  // namespace loadstone::python
