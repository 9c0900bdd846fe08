#include "tools/tensor_io/format_value.h"

#include <charconv>
#include <cctype>
#include <cmath>
#include <string>

#include <ATen/core/Tensor.h>
#include <c10/util/complex.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "engine/base/status_macros.h"
#include "engine/python_format.h"
#include "tools/tensor_io/named_tensors.h"

namespace loadstone {
namespace {

constexpr int64_t kMaxElements = 1000;  // that are all shown, as PyTorch's own threshold
constexpr int64_t kEdge = 3;            // shown at each end otherwise
constexpr int64_t kMaxScoredRows = 16;
constexpr int kHalfDigits = 5;      // that tell two float16 apart
constexpr int kBfloat16Digits = 4;  // that tell two bfloat16 apart

std::string WithPoint(absl::string_view number) {
  // "7" is an int in Python; "inf" and "nan" have an n.
  return number.find_first_of(".en") == absl::string_view::npos ? absl::StrCat(number, ".0") : std::string(number);
}

std::string FormatDouble(double value, c10::ScalarType type) {
  if (std::isnan(value)) return "nan";
  if (type == c10::ScalarType::Double) return PythonFloat(value);
  char buffer[64];
  const auto single = static_cast<float>(value);
  const std::to_chars_result result =
      type == c10::ScalarType::Float
          ? std::to_chars(buffer, buffer + sizeof(buffer), single)
          : std::to_chars(buffer, buffer + sizeof(buffer), single, std::chars_format::general,
                          type == c10::ScalarType::Half ? kHalfDigits : kBfloat16Digits);
  return WithPoint(absl::string_view(buffer, static_cast<size_t>(result.ptr - buffer)));
}

// REQUIRES: dense, on the CPU, one element.
std::string FormatElement(const at::Tensor& element) {
  const c10::ScalarType type = element.scalar_type();
  if (type == c10::ScalarType::Bool) return element.item<bool>() ? "True" : "False";
  if (c10::isComplexType(type)) {
    const auto value = element.item<c10::complex<double>>();
    const c10::ScalarType part =
        type == c10::ScalarType::ComplexDouble ? c10::ScalarType::Double : c10::ScalarType::Float;
    return absl::StrCat("(", FormatDouble(value.real(), part), std::signbit(value.imag()) ? "-" : "+",
                        FormatDouble(std::abs(value.imag()), part), "j)");
  }
  if (c10::isFloatingType(type)) return FormatDouble(element.item<double>(), type);
  if (type == c10::ScalarType::UInt64) return absl::StrCat(element.item().toUInt64());
  return absl::StrCat(element.item<int64_t>());
}

std::string FormatNested(const at::Tensor& tensor, int indent, bool shorten) {
  if (tensor.dim() == 0) return FormatElement(tensor);
  std::string text = "[";
  const int64_t size = tensor.size(0);
  const std::string separator = tensor.dim() == 1
                                    ? ", "
                                    : absl::StrCat(",", std::string(static_cast<size_t>(tensor.dim() - 1), '\n'),
                                                   std::string(static_cast<size_t>(indent + 1), ' '));
  for (int64_t i = 0; i < size; ++i) {
    if (i > 0) text += separator;
    if (shorten && size > 2 * kEdge && i == kEdge) {
      absl::StrAppend(&text, "...", separator);
      i = size - kEdge;
    }
    text += FormatNested(tensor.select(0, i), indent + 1, shorten);
  }
  return text + "]";
}

bool IsScores(const at::Tensor& tensor) {
  return tensor.dim() == 2 && tensor.is_floating_point() && tensor.layout() == c10::kStrided &&
         !tensor.is_quantized() && tensor.size(0) >= 1 && tensor.size(0) <= kMaxScoredRows && tensor.size(1) > 1;
}

std::string FormatBest(const at::Tensor& scores) {
  const at::Tensor rows = scores.cpu().to(c10::ScalarType::Double).contiguous();
  const double* row = rows.const_data_ptr<double>();
  const int64_t columns = rows.size(1);
  std::string text;
  for (int64_t i = 0; i < rows.size(0); ++i, row += columns) {
    int64_t best = 0;
    bool has_nan = false;
    for (int64_t j = 0; j < columns; ++j) {
      has_nan = has_nan || std::isnan(row[j]);
      if (row[j] > row[best]) best = j;
    }
    absl::StrAppend(&text, "row ", i, ": ",
                    has_nan ? "no best, it has NaN" : absl::StrFormat("best %d, score %.4g", best, row[best]), "\n");
  }
  return text;
}

}  // namespace

std::string DtypeName(const at::Tensor& tensor) {
  switch (tensor.scalar_type()) {
    case c10::ScalarType::Byte: return "uint8";
    case c10::ScalarType::Char: return "int8";
    case c10::ScalarType::Short: return "int16";
    case c10::ScalarType::Int: return "int32";
    case c10::ScalarType::Long: return "int64";
    case c10::ScalarType::Half: return "float16";
    case c10::ScalarType::Float: return "float32";
    case c10::ScalarType::Double: return "float64";
    case c10::ScalarType::ComplexHalf: return "complex32";
    case c10::ScalarType::ComplexFloat: return "complex64";
    case c10::ScalarType::ComplexDouble: return "complex128";
    default: {
      // The others are Python's names but for capitals: BFloat16, QInt8, Float8_e5m2, UInt16.
      std::string name = c10::toString(tensor.scalar_type());
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      return name;
    }
  }
}

std::string DescribeTensor(const at::Tensor& tensor) {
  return absl::StrCat(DtypeName(tensor), " ", ShapeText(tensor.sizes().vec()));
}

std::string FormatElements(const at::Tensor& tensor) {
  if (tensor.layout() != c10::kStrided || tensor.is_quantized() || tensor.is_meta()) {
    return "(sparse, quantized or without data: elements are not shown)";
  }
  if (tensor.numel() == 0) return "[]";
  return FormatNested(tensor.cpu().resolve_conj().resolve_neg(), 0, tensor.numel() > kMaxElements);
}

absl::StatusOr<std::string> FormatOutput(const c10::IValue& value) {
  ASSIGN_OR_RETURN(const NamedList<at::Tensor> tensors, NamedTensors("output", value));
  if (tensors.empty()) return "output: None\n";
  std::string text;
  for (const Named<at::Tensor>& tensor : tensors) {
    absl::StrAppend(&text, tensor.name, ": ", DescribeTensor(tensor.value), "\n", FormatElements(tensor.value), "\n");
    if (IsScores(tensor.value)) text += FormatBest(tensor.value);
  }
  return text;
}

}  // namespace loadstone
