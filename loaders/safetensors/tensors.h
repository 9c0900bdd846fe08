// The tensors of one safetensors file.
#ifndef LOADSTONE_LOADERS_SAFETENSORS_TENSORS_H_
#define LOADSTONE_LOADERS_SAFETENSORS_TENSORS_H_

#include <memory>

#include <ATen/core/Tensor.h>

#include "absl/status/statusor.h"
#include "engine/byte_source.h"
#include "loaders/safetensors/header.h"

namespace loadstone {

// The file's header, parsed once for each source. Errors: those of ParseSafetensorsHeader.
absl::StatusOr<std::shared_ptr<const SafetensorsHeader>> ReadSafetensorsHeader(const ByteSource& source);

// A view of the source's memory, which it keeps alive; a copy where the file does not align it to its element size.
// REQUIRES: `entry` is of `header`, and `header` of this source.
absl::StatusOr<at::Tensor> MakeTensor(const Named<SafetensorsEntry>& entry, const SafetensorsHeader& header,
                                      const ByteSource& source);

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_SAFETENSORS_TENSORS_H_
