// Which file of a split model holds which tensor.
#ifndef LOADSTONE_LOADERS_SAFETENSORS_WEIGHT_MAP_H_
#define LOADSTONE_LOADERS_SAFETENSORS_WEIGHT_MAP_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/named.h"

namespace loadstone {

// File by tensor name, in the order of the text. Each file is a bare name that ends in .safetensors: no folder, no "..".
struct WeightMap {
  NamedList<std::string> files;
};

// InvalidArgument: not JSON text with a "weight_map" of safetensors files. DataLoss: it is, and is malformed or names a
// file in another folder. ResourceExhausted: over 100 MB.
absl::StatusOr<WeightMap> ParseWeightMap(absl::string_view text);

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_SAFETENSORS_WEIGHT_MAP_H_
