// What an argument of an operator's schema takes, and Python's values as such.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_PARAMETER_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_PARAMETER_H_

#include <optional>
#include <string>

#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>

#include "absl/types/span.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/torch_api/overload_fit.h"

namespace loadstone::python {

struct Parameter {
  enum class Type {
    kTensor,
    kInt,
    kFloat,
    kScalar,
    kBool,
    kText,
    kDevice,
    kDtype,
    kLayout,
    kMemoryFormat,
    kGenerator,
    kOther,
  };
  std::string name;
  Type type = Type::kOther;
  bool optional = false;
  bool list = false;
  bool optional_items = false;  // Tensor?[]
  int fixed = 0;                // int[2]: one int stands for two
  bool keyword_only = false;
  bool takes_numbers = false;   // a tensor: also a number
  std::optional<c10::IValue> fallback;
};

Parameter DescribeArgument(const c10::Argument& argument);

// kNo: the parameter does not take such a value.
Fit ConvertArgument(Evaluator& evaluator, const Parameter& parameter, const Value& value, c10::IValue& result);
// REQUIRES: a parameter that is a list.
Fit ConvertList(Evaluator& evaluator, const Parameter& parameter, absl::Span<const Value> items, c10::IValue& result);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_PARAMETER_H_
