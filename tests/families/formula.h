// Weights by a formula that formula.py has too, so that no weights need be stored: hashes of key and place.
#ifndef LOADSTONE_TESTS_FAMILIES_FORMULA_H_
#define LOADSTONE_TESTS_FAMILIES_FORMULA_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/module_def.h"

namespace loadstone::testing {

uint64_t Fnv1a64(absl::string_view text);
// Numbers from 0 to 1, float32.
at::Tensor Uniform(absl::string_view key, const std::vector<int64_t>& shape);
// The tensor of a state dict's key.
at::Tensor FormulaWeights(absl::string_view key, const std::vector<int64_t>& shape);

// What state_dict() of the module would hold, in its order: keys and shapes.
std::vector<std::pair<std::string, std::vector<int64_t>>> StateDictShapes(const ModuleDef& module);

}  // namespace loadstone::testing

#endif  // LOADSTONE_TESTS_FAMILIES_FORMULA_H_
