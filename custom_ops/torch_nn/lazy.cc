#include "custom_ops/torch_nn/lazy.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/layout.h"
#include "engine/module.h"
#include "engine/module_class.h"

namespace loadstone {
namespace {

std::string Explain(absl::string_view class_name) {
  return absl::StrCat(class_name, " has no shape before its first input: run the model once in Python, which makes it ",
                      "another class, and save it then");
}

absl::StatusOr<std::unique_ptr<Module>> Build(ModuleParts parts) {
  return absl::FailedPreconditionError(Explain(parts.class_name));
}

ModuleClass LazyClass(std::string name, std::string signature) {
  ModuleClass lazy{.name = name, .signature = std::move(signature), .build = Build};
  lazy.construct = [name](AttributeReader& arguments, ModuleDefBuilder& self) { self.Fail(Explain(name)); };
  return lazy;
}

}  // namespace

absl::Status RegisterLazy(PluginRegistry& registry) {
  std::vector<ModuleClass> convs;
  std::vector<ModuleClass> batch_norms;
  std::vector<ModuleClass> instance_norms;
  for (const int dims : {1, 2, 3}) {
    convs.push_back(LazyClass(absl::StrCat("LazyConv", dims, "d"),
                              "out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, "
                              "padding_mode='zeros', device=None, dtype=None"));
    convs.push_back(LazyClass(absl::StrCat("LazyConvTranspose", dims, "d"),
                              "out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=True, "
                              "dilation=1, padding_mode='zeros', device=None, dtype=None"));
    batch_norms.push_back(LazyClass(
        absl::StrCat("LazyBatchNorm", dims, "d"),
        "eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, device=None, dtype=None, *, bias=True"));
    instance_norms.push_back(LazyClass(
        absl::StrCat("LazyInstanceNorm", dims, "d"),
        "eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, device=None, dtype=None, *, bias=True"));
  }
  absl::Status status = AddTorchNnClasses(registry, "torch.nn.modules.conv", std::move(convs));
  status.Update(AddTorchNnClasses(registry, "torch.nn.modules.batchnorm", std::move(batch_norms)));
  status.Update(AddTorchNnClasses(registry, "torch.nn.modules.instancenorm", std::move(instance_norms)));
  status.Update(AddTorchNnClasses(
      registry, "torch.nn.modules.linear",
      {LazyClass("LazyLinear", "out_features, bias=True, device=None, dtype=None")}));
  return status;
}

}  // namespace loadstone
