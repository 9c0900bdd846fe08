// A safetensors file from its parts, for tests.
#ifndef LOADSTONE_LOADERS_SAFETENSORS_SAFETENSORS_BYTES_H_
#define LOADSTONE_LOADERS_SAFETENSORS_SAFETENSORS_BYTES_H_

#include <cstdint>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace loadstone::testing {

inline std::string WithLength(uint64_t length, absl::string_view rest) {
  std::string number(sizeof(length), '\0');
  std::memcpy(number.data(), &length, sizeof(length));
  return absl::StrCat(number, rest);
}

inline std::string SafetensorsBytes(absl::string_view header, absl::string_view data) {
  return WithLength(header.size(), absl::StrCat(header, data));
}

}  // namespace loadstone::testing

#endif  // LOADSTONE_LOADERS_SAFETENSORS_SAFETENSORS_BYTES_H_
