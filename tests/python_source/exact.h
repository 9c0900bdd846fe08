// Whether two values are the same to the last bit.
#ifndef LOADSTONE_TESTS_PYTHON_SOURCE_EXACT_H_
#define LOADSTONE_TESTS_PYTHON_SOURCE_EXACT_H_

#include <string>

#include <ATen/core/ivalue.h>

namespace loadstone::testing {

// "" when both have the same structure, dtypes, shapes and bits; NaNs of other bits count as equal, as do lists of one
// type and of any. Else the first difference, and for numbers how large it is.
std::string ExactDifference(const c10::IValue& actual, const c10::IValue& expected);

}  // namespace loadstone::testing

#endif  // LOADSTONE_TESTS_PYTHON_SOURCE_EXACT_H_
