// Evaluates before the first call what calls will need.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_WARM_UP_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_WARM_UP_H_

#include <vector>

#include "absl/functional/function_ref.h"
#include "custom_ops/python_source/runtime/evaluator.h"

namespace loadstone::python {

// Names of modules are evaluated when they are first used, which a frozen world cannot do. Follows the code of all
// classes and functions that can be reached from `roots`, and evaluates the names that it mentions. What fails is not
// evaluated: it is an error of the call that uses it. Calls `reached` for each object on the way, once.
void WarmUp(Evaluator& evaluator, const std::vector<Value>& roots, absl::FunctionRef<void(const Value&)> reached);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_WARM_UP_H_
