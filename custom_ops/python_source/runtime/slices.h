// Slices of Python's own sequences.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_SLICES_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_SLICES_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "custom_ops/python_source/runtime/evaluator.h"

namespace loadstone::python {

// Which positions of a sequence a slice takes, by PySlice_AdjustIndices.
struct Bounds {
  int64_t start, stop, step, count;
};

// False: failed.
bool SliceBounds(Evaluator& evaluator, const SliceObject& slice, int64_t length, Bounds& bounds);

// The text of the characters [from, from + count).
absl::string_view Characters(const StrObject& text, int64_t from, int64_t count);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_SLICES_H_
