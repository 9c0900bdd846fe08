// A loader that gives any file the weights of formula.h.
#ifndef LOADSTONE_TESTS_FAMILIES_FORMULA_LOADER_H_
#define LOADSTONE_TESTS_FAMILIES_FORMULA_LOADER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/loader.h"
#include "tests/families/formula.h"

namespace loadstone::testing {

// "formula", for specs that name it.
class FormulaLoader : public Loader {
 public:
  using Shapes = std::vector<std::pair<std::string, std::vector<int64_t>>>;
  explicit FormulaLoader(Shapes shapes) : shapes_(std::move(shapes)) {}
  absl::string_view name() const override { return "formula"; }
  absl::Status CanLoad(const ByteSource&) const override { return absl::InvalidArgumentError("only when named"); }
  absl::StatusOr<ModelContent> Load(const ModelSpec&, const ByteSource&) const override {
    StateDict weights;
    for (const auto& [key, shape] : shapes_) weights.entries.push_back({key, FormulaWeights(key, shape)});
    return weights;
  }

 private:
  const Shapes shapes_;
};

}  // namespace loadstone::testing

#endif  // LOADSTONE_TESTS_FAMILIES_FORMULA_LOADER_H_
