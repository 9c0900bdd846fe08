// Expected numbers, as Python wrote them in JSON, and their comparison.
#ifndef LOADSTONE_TESTS_FAMILIES_EXPECTED_H_
#define LOADSTONE_TESTS_FAMILIES_EXPECTED_H_

#include <ATen/core/Tensor.h>

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/string_view.h"

namespace loadstone::testing {

// tests/families/testdata/<name>
std::string FamilyPath(absl::string_view name);
nlohmann::json ReadFamilyJson(absl::string_view name);
// All numbers of arrays in arrays, in one dimension.
at::Tensor Floats(const nlohmann::json& numbers);
at::Tensor Ints(const nlohmann::json& rows);  // an array of arrays: two dimensions

// The largest difference of two tensors of equally many numbers, relative to the largest number in `expected`.
// Infinity when the counts differ or a number is not finite.
double Difference(const at::Tensor& actual, const at::Tensor& expected);

}  // namespace loadstone::testing

#endif  // LOADSTONE_TESTS_FAMILIES_EXPECTED_H_
