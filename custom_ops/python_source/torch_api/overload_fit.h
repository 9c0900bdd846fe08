// Whether a value is one that is wanted.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_OVERLOAD_FIT_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_OVERLOAD_FIT_H_

namespace loadstone::python {

// kNo: it is not, and something else may be tried. kFailed: the error is in the evaluator.
enum class Fit { kYes, kNo, kFailed };

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_OVERLOAD_FIT_H_
