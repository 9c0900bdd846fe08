#include "custom_ops/torchvision/resnet_builders.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "custom_ops/torchvision/resnet.h"
#include "engine/attribute_reader.h"
#include "engine/base/status_macros.h"
#include "engine/module_def_builder.h"
#include "engine/python_format.h"

namespace loadstone::torchvision {
namespace {

constexpr ResNetBuilder kBuilders[] = {
    {"resnet18", kBasicBlock, {2, 2, 2, 2}},
    {"resnet34", kBasicBlock, {3, 4, 6, 3}},
    {"resnet50", kBottleneck, {3, 4, 6, 3}},
    {"resnet101", kBottleneck, {3, 4, 23, 3}},
    {"resnet152", kBottleneck, {3, 8, 36, 3}},
    {"resnext50_32x4d", kBottleneck, {3, 4, 6, 3}, 32, 4},
    {"resnext101_32x8d", kBottleneck, {3, 4, 23, 3}, 32, 8},
    {"resnext101_64x4d", kBottleneck, {3, 4, 23, 3}, 64, 4},
    {"wide_resnet50_2", kBottleneck, {3, 4, 6, 3}, 1, 128},
    {"wide_resnet101_2", kBottleneck, {3, 4, 23, 3}, 1, 128},
};

// torchvision.models._utils._ovewrite_named_param, for a builder whose own value is not ResNet's default.
void Overwrite(AttributeReader& arguments, NamedList<Attribute>& keyword, absl::string_view name, int64_t value,
               int64_t usual) {
  if (value == usual) return;
  const Attribute* given = FindNamed(keyword, name);
  if (given == nullptr) {
    keyword.push_back({std::string(name), value});
  } else if (AsInt(*given) != value) {
    arguments.Fail(
        absl::StrCat("The parameter '", name, "' expected value ", value, " but got ", PythonRepr(*given), " instead"));
  }
}

void ConstructResNet(const ResNetBuilder& builder, AttributeReader& arguments, ModuleDefBuilder& self) {
  if (!arguments.Get("weights").is_none()) {
    return arguments.Fail("'weights' names a download; leave it out, the weights come from the file");
  }
  NamedList<Attribute> keyword;
  for (const auto& [name, value] : arguments.Get("kwargs").dict()->entries) keyword.push_back({*name.text(), value});
  Overwrite(arguments, keyword, "groups", builder.groups, 1);
  Overwrite(arguments, keyword, "width_per_group", builder.width_per_group, 64);
  if (!arguments.status().ok()) return;
  self.Return(self.New(
      kResNet,
      {Attribute::Symbol{std::string(builder.block)}, Attribute::Ints({builder.layers.begin(), builder.layers.end()})},
      std::move(keyword)));
}

}  // namespace

absl::Span<const ResNetBuilder> ResNetBuilders() { return kBuilders; }

absl::Status RegisterResNetBuilders(PluginRegistry& registry) {
  for (const ResNetBuilder& builder : kBuilders) {
    const std::string name = absl::StrCat("torchvision.models.resnet.", builder.name);
    RETURN_IF_ERROR(registry.AddModuleClass({
        .name = name,
        .signature = "*, weights=None, progress=True, **kwargs",
        .construct = [&builder](AttributeReader& arguments,
                                ModuleDefBuilder& self) { ConstructResNet(builder, arguments, self); },
    }));
    RETURN_IF_ERROR(registry.AddClassAlias(absl::StrCat("torchvision.models.", builder.name), name));
  }
  return absl::OkStatus();
}

}  // namespace loadstone::torchvision
