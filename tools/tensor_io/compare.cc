#include "tools/tensor_io/compare.h"

#include <cmath>
#include <complex>
#include <limits>
#include <utility>
#include <vector>

#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/python_format.h"

namespace loadstone {
namespace {

bool IsNan(double value) { return std::isnan(value); }
bool IsNan(const std::complex<double>& value) { return std::isnan(value.real()) || std::isnan(value.imag()); }

absl::Status CheckDense(const at::Tensor& tensor) {
  if (tensor.layout() == c10::kStrided && !tensor.is_quantized() && !tensor.is_meta()) return absl::OkStatus();
  return absl::InvalidArgumentError("a sparse, quantized or meta tensor cannot be compared");
}

std::vector<int64_t> IndexOf(int64_t position, at::IntArrayRef sizes) {
  std::vector<int64_t> index(sizes.size());
  for (size_t i = sizes.size(); i > 0; --i) {
    index[i - 1] = position % sizes[i - 1];
    position /= sizes[i - 1];
  }
  return index;
}

// Number is double or std::complex<double>.
template <typename Number>
Comparison CompareElements(const at::Tensor& actual, const at::Tensor& expected, Tolerance tolerance) {
  const auto* const a = static_cast<const Number*>(actual.const_data_ptr());
  const auto* const e = static_cast<const Number*>(expected.const_data_ptr());
  Comparison result;
  result.elements = actual.numel();
  std::pair<bool, double> worst(false, -1);
  int64_t worst_position = 0;
  for (int64_t i = 0; i < result.elements; ++i) {
    const bool same = a[i] == e[i] || (IsNan(a[i]) && IsNan(e[i]));
    const double difference = same ? 0 : std::abs(a[i] - e[i]);
    const double size = std::abs(e[i]);
    // An expected infinity would allow any difference.
    const bool matches = same || (std::isfinite(size) && difference <= tolerance.absolute + tolerance.relative * size);
    if (!matches) ++result.mismatches;
    if (std::isnan(difference) || difference > result.max_absolute) {
      if (!std::isnan(result.max_absolute)) result.max_absolute = difference;
    }
    if (size != 0 && std::isfinite(size)) result.max_relative = std::fmax(result.max_relative, difference / size);
    // A mismatch counts for more than any difference that the tolerance allows; NaN is the largest.
    const std::pair rank(!matches, std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference);
    if (rank > worst) {
      worst = rank;
      worst_position = i;
    }
  }
  if (result.elements > 0) {
    result.worst_index = IndexOf(worst_position, actual.sizes());
    result.worst_actual = a[worst_position];
    result.worst_expected = e[worst_position];
  }
  return result;
}

}  // namespace

absl::StatusOr<Comparison> Compare(const at::Tensor& actual, const at::Tensor& expected, Tolerance tolerance) {
  if (actual.sizes() != expected.sizes()) {
    return absl::InvalidArgumentError(absl::StrCat("has the shape ", ShapeText(actual.sizes().vec()), ", expected is ",
                                                   ShapeText(expected.sizes().vec())));
  }
  RETURN_IF_ERROR(CheckDense(actual));
  RETURN_IF_ERROR(CheckDense(expected));
  try {
    const bool complex = actual.is_complex() || expected.is_complex();
    const auto type = complex ? c10::ScalarType::ComplexDouble : c10::ScalarType::Double;
    const auto plain = [type](const at::Tensor& tensor) {
      return tensor.cpu().resolve_conj().resolve_neg().to(type).contiguous();
    };
    if (complex) return CompareElements<std::complex<double>>(plain(actual), plain(expected), tolerance);
    return CompareElements<double>(plain(actual), plain(expected), tolerance);
  } catch (const c10::Error& error) {
    return absl::ResourceExhaustedError(error.what_without_backtrace());
  }
}

}  // namespace loadstone
