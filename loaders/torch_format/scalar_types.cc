#include "loaders/torch_format/scalar_types.h"

#include <optional>

#include "absl/strings/strip.h"

namespace loadstone {
namespace {

struct Entry {
  absl::string_view dtype;
  absl::string_view storage_class;  // "" where the writer uses UntypedStorage
  c10::ScalarType type;
};

constexpr Entry kEntries[] = {
    {"uint8", "ByteStorage", c10::ScalarType::Byte},
    {"int8", "CharStorage", c10::ScalarType::Char},
    {"int16", "ShortStorage", c10::ScalarType::Short},
    {"int32", "IntStorage", c10::ScalarType::Int},
    {"int64", "LongStorage", c10::ScalarType::Long},
    {"float16", "HalfStorage", c10::ScalarType::Half},
    {"float32", "FloatStorage", c10::ScalarType::Float},
    {"float64", "DoubleStorage", c10::ScalarType::Double},
    {"complex32", "", c10::ScalarType::ComplexHalf},
    {"complex64", "ComplexFloatStorage", c10::ScalarType::ComplexFloat},
    {"complex128", "ComplexDoubleStorage", c10::ScalarType::ComplexDouble},
    {"bool", "BoolStorage", c10::ScalarType::Bool},
    {"qint8", "QInt8Storage", c10::ScalarType::QInt8},
    {"quint8", "QUInt8Storage", c10::ScalarType::QUInt8},
    {"qint32", "QInt32Storage", c10::ScalarType::QInt32},
    {"bfloat16", "BFloat16Storage", c10::ScalarType::BFloat16},
    {"quint4x2", "QUInt4x2Storage", c10::ScalarType::QUInt4x2},
    {"quint2x4", "QUInt2x4Storage", c10::ScalarType::QUInt2x4},
    {"bits1x8", "", c10::ScalarType::Bits1x8},
    {"bits2x4", "", c10::ScalarType::Bits2x4},
    {"bits4x2", "", c10::ScalarType::Bits4x2},
    {"bits8", "", c10::ScalarType::Bits8},
    {"bits16", "", c10::ScalarType::Bits16},
    {"float8_e5m2", "", c10::ScalarType::Float8_e5m2},
    {"float8_e4m3fn", "", c10::ScalarType::Float8_e4m3fn},
    {"float8_e5m2fnuz", "", c10::ScalarType::Float8_e5m2fnuz},
    {"float8_e4m3fnuz", "", c10::ScalarType::Float8_e4m3fnuz},
    {"float8_e8m0fnu", "", c10::ScalarType::Float8_e8m0fnu},
    {"float4_e2m1fn_x2", "", c10::ScalarType::Float4_e2m1fn_x2},
    {"uint16", "", c10::ScalarType::UInt16},
    {"uint32", "", c10::ScalarType::UInt32},
    {"uint64", "", c10::ScalarType::UInt64},
    // Other names of the same types, as torch exports them.
    {"half", "", c10::ScalarType::Half},
    {"float", "", c10::ScalarType::Float},
    {"double", "", c10::ScalarType::Double},
    {"cfloat", "", c10::ScalarType::ComplexFloat},
    {"cdouble", "", c10::ScalarType::ComplexDouble},
    {"chalf", "", c10::ScalarType::ComplexHalf},
    {"short", "", c10::ScalarType::Short},
    {"int", "", c10::ScalarType::Int},
    {"long", "", c10::ScalarType::Long},
};

}  // namespace

std::optional<c10::ScalarType> ScalarTypeOfStorageClass(absl::string_view class_name) {
  if (class_name == "UntypedStorage") return c10::ScalarType::Byte;
  for (const Entry& entry : kEntries) {
    if (entry.storage_class == class_name && !class_name.empty()) return entry.type;
  }
  return std::nullopt;
}

std::optional<c10::ScalarType> ScalarTypeOfDtype(absl::string_view dtype) {
  absl::ConsumePrefix(&dtype, "torch.");
  for (const Entry& entry : kEntries) {
    if (entry.dtype == dtype) return entry.type;
  }
  return std::nullopt;
}

}  // namespace loadstone
