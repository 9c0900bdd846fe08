// Numbers as these files store them.
#ifndef LOADSTONE_LOADERS_TORCH_FORMAT_LITTLE_ENDIAN_H_
#define LOADSTONE_LOADERS_TORCH_FORMAT_LITTLE_ENDIAN_H_

#include <bit>
#include <cstdint>
#include <cstring>

#include "absl/strings/string_view.h"

namespace loadstone {

// Files are little-endian and storages are used where they lie.
static_assert(std::endian::native == std::endian::little, "only little-endian machines are supported");

// The first 8 bytes. REQUIRES: there are 8.
inline int64_t LoadInt64(absl::string_view bytes) {
  int64_t value;
  std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_TORCH_FORMAT_LITTLE_ENDIAN_H_
