// Weights as text, a line for each tensor: its name, its shape, its values.
//
//   shop weights 1
//   score.bias 1 : 0.25
//   score.weight 1 3 : 0.5 -1 2
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ops/empty.h>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/status_macros.h"
#include "engine/loader.h"
#include "shop.h"

namespace shop {
namespace {

constexpr absl::string_view kFirstLine = "shop weights 1\n";
constexpr size_t kMaxDimensions = 8;

using Words = std::vector<absl::string_view>;

// The product never leaves 0..limit: a file cannot ask for more elements than it has values.
absl::StatusOr<std::vector<int64_t>> ReadShape(const Words& words, int64_t limit) {
  if (words.size() > kMaxDimensions) return absl::DataLossError(absl::StrCat(words.size(), " dimensions"));
  std::vector<int64_t> shape;
  int64_t elements = 1;
  for (const absl::string_view word : words) {
    int64_t size;
    if (!absl::SimpleAtoi(word, &size) || size < 0) return absl::DataLossError(absl::StrCat("dimension '", word, "'"));
    if (size != 0 && elements > limit / size) return absl::DataLossError("the shape has more elements than the line");
    elements *= size;
    shape.push_back(size);
  }
  if (elements != limit) return absl::DataLossError(absl::StrCat(limit, " values, the shape has ", elements));
  return shape;
}

absl::StatusOr<at::Tensor> ReadTensor(absl::string_view shape_text, absl::string_view values_text) {
  const Words values = absl::StrSplit(values_text, ' ', absl::SkipEmpty());
  const Words sizes = absl::StrSplit(shape_text, ' ', absl::SkipEmpty());
  ASSIGN_OR_RETURN(const std::vector<int64_t> shape, ReadShape(sizes, static_cast<int64_t>(values.size())));
  at::Tensor tensor = at::empty(shape);
  float* next = tensor.mutable_data_ptr<float>();
  for (const absl::string_view value : values) {
    if (!absl::SimpleAtof(value, next++)) return absl::DataLossError(absl::StrCat("value '", value, "'"));
  }
  return tensor;
}

class TextWeightsLoader : public loadstone::Loader {
 public:
  absl::string_view name() const override { return "shop_text_weights"; }

  absl::Status CanLoad(const loadstone::ByteSource& source) const override {
    if (absl::StartsWith(source.bytes(), kFirstLine)) return absl::OkStatus();
    return absl::InvalidArgumentError("not a shop's weights");
  }

  absl::StatusOr<loadstone::ModelContent> Load(const loadstone::ModelSpec& spec,
                                               const loadstone::ByteSource& source) const override {
    RETURN_IF_ERROR(CanLoad(source));
    if (!absl::EndsWith(source.bytes(), "\n")) return absl::DataLossError("the last line is cut short");
    loadstone::StateDict weights;
    int line_number = 1;
    for (const absl::string_view line : absl::StrSplit(source.bytes().substr(kFirstLine.size()), '\n')) {
      ++line_number;
      if (line.empty()) continue;
      const std::pair<absl::string_view, absl::string_view> halves = absl::StrSplit(line, absl::MaxSplits(':', 1));
      const std::pair<absl::string_view, absl::string_view> head =
          absl::StrSplit(halves.first, absl::MaxSplits(' ', 1));
      absl::StatusOr<at::Tensor> tensor = ReadTensor(head.second, halves.second);
      if (!tensor.ok()) return loadstone::Annotate(tensor.status(), absl::StrCat("line ", line_number));
      weights.entries.push_back({std::string(head.first), *std::move(tensor)});
    }
    return weights;
  }
};

}  // namespace

absl::Status RegisterTextWeights(loadstone::PluginRegistry& registry) {
  return registry.AddLoader(std::make_unique<TextWeightsLoader>());
}

}  // namespace shop
