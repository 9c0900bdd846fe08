#include "tests/families/expected.h"

#include <ATen/ops/abs.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/max.h>
#include <ATen/ops/sub.h>

#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace loadstone::testing {
namespace {

template <typename T>
void Append(const nlohmann::json& value, std::vector<T>& numbers) {
  if (!value.is_array()) return numbers.push_back(value.get<T>());
  for (const nlohmann::json& item : value) Append(item, numbers);
}

template <typename T>
at::Tensor Copy(std::vector<T>& numbers, at::ScalarType type) {
  return at::from_blob(numbers.data(), {static_cast<int64_t>(numbers.size())}, type).clone();
}

}  // namespace

std::string FamilyPath(absl::string_view name) { return absl::StrCat("tests/families/testdata/", name); }

nlohmann::json ReadFamilyJson(absl::string_view name) {
  std::ifstream file(FamilyPath(name));
  return nlohmann::json::parse(file);
}

at::Tensor Floats(const nlohmann::json& numbers) {
  std::vector<float> all;
  Append(numbers, all);
  return Copy(all, at::kFloat);
}

at::Tensor Ints(const nlohmann::json& rows) {
  std::vector<int64_t> all;
  Append(rows, all);
  return Copy(all, at::kLong).view({static_cast<int64_t>(rows.size()), -1});
}

double Difference(const at::Tensor& actual, const at::Tensor& expected) {
  if (actual.numel() != expected.numel()) return std::numeric_limits<double>::infinity();
  const at::Tensor wanted = expected.reshape({-1}).to(at::kDouble);
  const double largest = at::max(at::abs(at::sub(actual.reshape({-1}).to(at::kDouble), wanted))).item<double>();
  const double difference = largest / at::max(at::abs(wanted)).item<double>();
  return std::isfinite(difference) ? difference : std::numeric_limits<double>::infinity();
}

}  // namespace loadstone::testing
