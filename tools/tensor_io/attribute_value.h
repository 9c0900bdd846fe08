// Plain Python values as a forward takes them.
#ifndef LOADSTONE_TOOLS_TENSOR_IO_ATTRIBUTE_VALUE_H_
#define LOADSTONE_TOOLS_TENSOR_IO_ATTRIBUTE_VALUE_H_

#include <ATen/core/ivalue.h>

#include "absl/status/statusor.h"
#include "engine/attribute.h"

namespace loadstone {

// Tensors, numbers, text and None, and tuples, lists and text-keyed dicts of these. A list of nothing but tensors
// becomes a list of tensors. InvalidArgument: anything else (says what and where: "[1]['mask']").
absl::StatusOr<c10::IValue> ValueFromAttribute(const Attribute& attribute);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_TENSOR_IO_ATTRIBUTE_VALUE_H_
