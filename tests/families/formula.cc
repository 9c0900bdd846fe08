#include "tests/families/formula.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace loadstone::testing {
namespace {

uint32_t Fnv1a32(absl::string_view text) {
  uint32_t value = 2166136261u;
  for (const char c : text) value = (value ^ static_cast<uint8_t>(c)) * 16777619u;
  return value;
}

// A float32 tensor of scale * u + shift, u the uniform numbers.
at::Tensor Affine(absl::string_view key, const std::vector<int64_t>& shape, double scale, double shift) {
  at::Tensor tensor = at::empty(shape, at::kFloat);
  float* data = tensor.mutable_data_ptr<float>();
  const uint32_t phase = Fnv1a32(key);
  for (int64_t i = 0; i < tensor.numel(); ++i) {
    uint32_t x = static_cast<uint32_t>(i) * 2654435761u + phase;
    x ^= x >> 16;
    x *= 0x45d9f3bu;
    x ^= x >> 16;
    data[i] = static_cast<float>(scale * (x / 4294967296.0) + shift);
  }
  return tensor;
}

void Collect(const ModuleDef& module, const std::string& prefix,
             std::vector<std::pair<std::string, std::vector<int64_t>>>& shapes) {
  for (const Named<at::Tensor>& parameter : module.parameters) {
    if (parameter.value.defined()) shapes.emplace_back(prefix + parameter.name, parameter.value.sizes().vec());
  }
  const std::vector<std::string>& excluded = module.non_persistent_buffers;
  for (const Named<at::Tensor>& buffer : module.buffers) {
    if (!buffer.value.defined() || std::find(excluded.begin(), excluded.end(), buffer.name) != excluded.end()) continue;
    shapes.emplace_back(prefix + buffer.name, buffer.value.sizes().vec());
  }
  for (const Named<std::shared_ptr<ModuleDef>>& child : module.children) {
    if (child.value != nullptr) Collect(*child.value, absl::StrCat(prefix, child.name, "."), shapes);
  }
}

}  // namespace

uint64_t Fnv1a64(absl::string_view text) {
  uint64_t value = 14695981039346656037u;
  for (const char c : text) value = (value ^ static_cast<uint8_t>(c)) * 1099511628211u;
  return value;
}

at::Tensor Uniform(absl::string_view key, const std::vector<int64_t>& shape) { return Affine(key, shape, 1, 0); }

at::Tensor FormulaWeights(absl::string_view key, const std::vector<int64_t>& shape) {
  if (absl::EndsWith(key, "num_batches_tracked")) return at::zeros(shape, at::kLong);
  if (absl::EndsWith(key, "running_var")) return Affine(key, shape, 1, 0.5);
  if (shape.size() == 1)
    return absl::EndsWith(key, "weight") ? Affine(key, shape, 0.4, 0.2) : Affine(key, shape, 0.2, -0.1);
  double fan_in = 1;
  for (size_t i = 1; i < shape.size(); ++i) fan_in *= static_cast<double>(shape[i]);
  const double bound = std::sqrt(3 / fan_in);
  return Affine(key, shape, 2 * bound, -bound);
}

std::vector<std::pair<std::string, std::vector<int64_t>>> StateDictShapes(const ModuleDef& module) {
  std::vector<std::pair<std::string, std::vector<int64_t>>> shapes;
  Collect(module, "", shapes);
  return shapes;
}

}  // namespace loadstone::testing
