#include "custom_ops/torchvision/resnet_recognizer.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "custom_ops/torchvision/resnet.h"
#include "custom_ops/torchvision/resnet_builders.h"

namespace loadstone::torchvision {
namespace {

constexpr int64_t kUsualClasses = 1000;

using Shape = std::vector<int64_t>;

const Shape* Find(const TensorShapes& shapes, const std::string& key) {
  const auto found = shapes.find(key);
  return found == shapes.end() ? nullptr : &found->second;
}

// What of a ResNet's constructor can be seen in its state dict.
struct Seen {
  absl::string_view block;
  std::array<int64_t, 4> layers;
  int64_t groups = 1;
  int64_t width_per_group = 64;
  int64_t num_classes;
};

std::optional<Seen> Look(const TensorShapes& shapes) {
  const Shape* stem = Find(shapes, "conv1.weight");
  const Shape* first = Find(shapes, "layer1.0.conv1.weight");
  const Shape* second = Find(shapes, "layer1.0.conv2.weight");
  const Shape* head = Find(shapes, "fc.weight");
  if (stem == nullptr || *stem != Shape{64, 3, 7, 7} || Find(shapes, "bn1.running_mean") == nullptr)
    return std::nullopt;
  if (first == nullptr || first->size() != 4 || second == nullptr || second->size() != 4) return std::nullopt;
  if (head == nullptr || head->size() != 2 || Find(shapes, "fc.bias") == nullptr) return std::nullopt;

  Seen seen;
  seen.num_classes = head->front();
  for (size_t i = 0; i < seen.layers.size(); ++i) {
    int64_t count = 0;
    while (Find(shapes, absl::StrCat("layer", i + 1, ".", count, ".conv1.weight")) != nullptr) ++count;
    if (count == 0) return std::nullopt;
    seen.layers[i] = count;
  }
  if (Find(shapes, "layer1.0.conv3.weight") == nullptr) {
    seen.block = kBasicBlock;
    return head->back() == 512 && first->front() == 64 ? std::optional<Seen>(seen) : std::nullopt;
  }
  seen.block = kBottleneck;
  // Bottleneck: width = planes * base_width / 64 * groups, and planes is 64 in layer1.
  const int64_t width = second->front();
  const int64_t width_of_group = (*second)[1];
  if (head->back() != 2048 || width_of_group < 1 || width % width_of_group != 0) return std::nullopt;
  seen.groups = width / width_of_group;
  seen.width_per_group = width_of_group;
  return seen;
}

// The arguments of ResNet that are not its defaults.
void AddCommon(const Seen& seen, NamedList<Attribute>& keyword) {
  if (seen.num_classes != kUsualClasses) keyword.push_back({"num_classes", seen.num_classes});
}

Architecture Name(const Seen& seen) {
  const absl::Span<const ResNetBuilder> builders = ResNetBuilders();
  const auto builder = std::find_if(builders.begin(), builders.end(), [&seen](const ResNetBuilder& candidate) {
    return candidate.block == seen.block && candidate.layers == seen.layers && candidate.groups == seen.groups &&
           candidate.width_per_group == seen.width_per_group;
  });
  Architecture architecture;
  NamedList<Attribute>& keyword = architecture.arguments.keyword;
  if (builder != builders.end()) {
    architecture.class_name = absl::StrCat("torchvision.models.", builder->name);
    AddCommon(seen, keyword);
    return architecture;
  }
  architecture.class_name = std::string(kResNet);
  keyword.push_back({"block", std::string(seen.block)});
  keyword.push_back({"layers", Attribute::List(std::vector<Attribute>(seen.layers.begin(), seen.layers.end()))});
  AddCommon(seen, keyword);
  if (seen.groups != 1) keyword.push_back({"groups", seen.groups});
  if (seen.width_per_group != 64) keyword.push_back({"width_per_group", seen.width_per_group});
  return architecture;
}

}  // namespace

ArchitectureRecognizer ResNetRecognizer() {
  return {.name = "torchvision.resnet",
          .recognize = [](const TensorShapes& shapes) -> absl::StatusOr<std::optional<Architecture>> {
            const std::optional<Seen> seen = Look(shapes);
            if (!seen.has_value()) return std::nullopt;
            return Name(*seen);
          }};
}

}  // namespace loadstone::torchvision
