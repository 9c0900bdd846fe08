// The operators of ATen that source may reach.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_ALLOWED_OPERATORS_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_ALLOWED_OPERATORS_H_

#include <string>

#include "absl/container/flat_hash_map.h"

namespace loadstone::python {

// Where Python has an operator under its own name.
struct OperatorPlace {
  bool function = false;  // torch.<name>
  bool method = false;    // Tensor.<name>
};

// By name without "aten::".
const absl::flat_hash_map<std::string, OperatorPlace>& AllowedOperators();

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_ALLOWED_OPERATORS_H_
