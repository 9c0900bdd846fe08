// The element types of the safetensors format.
#ifndef LOADSTONE_LOADERS_SAFETENSORS_DTYPES_H_
#define LOADSTONE_LOADERS_SAFETENSORS_DTYPES_H_

#include <c10/core/ScalarType.h>

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace loadstone {

struct SafetensorsDtype {
  absl::string_view name;
  uint64_t bits;                        // of one value
  std::optional<c10::ScalarType> type;  // nullopt: PyTorch has none
};

inline constexpr SafetensorsDtype kSafetensorsDtypes[] = {
    {"BOOL", 8, c10::ScalarType::Bool},
    {"U8", 8, c10::ScalarType::Byte},
    {"I8", 8, c10::ScalarType::Char},
    {"I16", 16, c10::ScalarType::Short},
    {"U16", 16, c10::ScalarType::UInt16},
    {"I32", 32, c10::ScalarType::Int},
    {"U32", 32, c10::ScalarType::UInt32},
    {"I64", 64, c10::ScalarType::Long},
    {"U64", 64, c10::ScalarType::UInt64},
    {"F16", 16, c10::ScalarType::Half},
    {"BF16", 16, c10::ScalarType::BFloat16},
    {"F32", 32, c10::ScalarType::Float},
    {"F64", 64, c10::ScalarType::Double},
    {"C64", 64, c10::ScalarType::ComplexFloat},
    {"F8_E5M2", 8, c10::ScalarType::Float8_e5m2},
    {"F8_E4M3", 8, c10::ScalarType::Float8_e4m3fn},
    {"F8_E5M2FNUZ", 8, c10::ScalarType::Float8_e5m2fnuz},
    {"F8_E4M3FNUZ", 8, c10::ScalarType::Float8_e4m3fnuz},
    {"F8_E8M0", 8, c10::ScalarType::Float8_e8m0fnu},
    {"F6_E2M3", 6, std::nullopt},
    {"F6_E3M2", 6, std::nullopt},
    {"F4", 4, c10::ScalarType::Float4_e2m1fn_x2},
};

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_SAFETENSORS_DTYPES_H_
