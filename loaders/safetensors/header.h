// What a safetensors file says it holds.
#ifndef LOADSTONE_LOADERS_SAFETENSORS_HEADER_H_
#define LOADSTONE_LOADERS_SAFETENSORS_HEADER_H_

#include <cstdint>
#include <string>
#include <vector>

#include <c10/core/ScalarType.h>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/named.h"

namespace loadstone {

// One tensor, contiguous and little-endian. Checked: `end - begin` is what type and sizes need, and no product of the
// sizes overflows.
struct SafetensorsEntry {
  c10::ScalarType type = c10::ScalarType::Float;
  std::vector<int64_t> sizes;  // as PyTorch counts them: two F4 values are one element
  uint64_t begin = 0;          // from SafetensorsHeader::data_begin
  uint64_t end = 0;
};

struct SafetensorsHeader {
  NamedList<SafetensorsEntry> entries;  // in the order of the JSON text; no name twice
  NamedList<std::string> metadata;      // "__metadata__"
  uint64_t data_begin = 0;              // in the file
};

// Whether the file begins like one: 8 bytes of length, then JSON's '{'. REQUIRES nothing of the bytes.
bool BeginsAsSafetensors(absl::string_view file);

// InvalidArgument: does not begin like one. DataLoss: malformed. ResourceExhausted: a header over 100 MB.
// Unimplemented: well-formed, with a tensor that PyTorch has no type for (F6, or an odd row of F4).
absl::StatusOr<SafetensorsHeader> ParseSafetensorsHeader(absl::string_view file);

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_SAFETENSORS_HEADER_H_
