// Python's int (of 64 bits) and float.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_NUMBERS_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_NUMBERS_H_

#include <cstdint>

#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/runtime/value.h"

namespace loadstone::python {

// REQUIRES of all: is_number().

// Python's result, exactly; an int beyond 64 bits and a complex number are refused. NotImplemented: not an operator of
// these types. Empty: failed.
Value NumberBinary(Evaluator& evaluator, Operator op, const Value& left, const Value& right);

// -1, 0, 1, or kUnordered when one is not a number.
constexpr int kUnordered = 2;
int CompareNumbers(const Value& left, const Value& right);

// CPython's hash, the same for equal numbers of both types.
uint64_t HashNumber(const Value& value);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_NUMBERS_H_
