// What a forward returned, as a flat list of tensors.
#ifndef LOADSTONE_TOOLS_TENSOR_IO_NAMED_TENSORS_H_
#define LOADSTONE_TOOLS_TENSOR_IO_NAMED_TENSORS_H_

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/named.h"

namespace loadstone {

// Each tensor of `value`, named by its place: `root` itself, or "output[0]", "output['logits']" below it. Numbers and
// bools become tensors without dimensions, None is left out. Tuples and lists are alike.
// Unimplemented: text, or an object that is none of these (says where).
absl::StatusOr<NamedList<at::Tensor>> NamedTensors(absl::string_view root, const c10::IValue& value);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_TENSOR_IO_NAMED_TENSORS_H_
