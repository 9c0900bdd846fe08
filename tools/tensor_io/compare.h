// How far two tensors are apart.
#ifndef LOADSTONE_TOOLS_TENSOR_IO_COMPARE_H_
#define LOADSTONE_TOOLS_TENSOR_IO_COMPARE_H_

#include <complex>
#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "absl/status/statusor.h"

namespace loadstone {

struct Tolerance {
  double relative = 0;
  double absolute = 0;
};

struct Comparison {
  int64_t elements = 0;
  int64_t mismatches = 0;
  double max_absolute = 0;  // NaN when a NaN stands against a number
  double max_relative = 0;  // of the elements whose expected value is not 0
  // The element of the largest absolute difference, mismatches first; empty for no elements and for one without
  // dimensions.
  std::vector<int64_t> worst_index;
  std::complex<double> worst_actual;
  std::complex<double> worst_expected;
};

// As numpy.allclose(equal_nan=True): an element matches when |actual - expected| <= absolute + relative × |expected|,
// when both are the same infinity, or both NaN. Dtypes may differ.
// InvalidArgument: the shapes differ (names both), or one has no dense elements.
absl::StatusOr<Comparison> Compare(const at::Tensor& actual, const at::Tensor& expected, Tolerance tolerance);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_TENSOR_IO_COMPARE_H_
