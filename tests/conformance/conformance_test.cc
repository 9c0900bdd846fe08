// Every loader, many classes and every device that ships, and those of a plugin library, keep what plugins promise.
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/linspace.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "engine/plugin_registry.h"
#include "engine/testing/device_conformance.h"
#include "engine/testing/loader_conformance.h"
#include "engine/testing/module_conformance.h"
#include "loaders/archive/tar_archive.h"
#include "plugins/builtin/builtin_plugins.h"
#include "plugins/dynamic/load_plugin.h"
#include "tests/integration/test_models.h"

namespace loadstone {
namespace {

using testing::CheckDevice;
using testing::CheckLoader;
using testing::CheckModule;
using testing::ModuleExample;
using testing::ReadText;

// All that ships, and the library of plugins/dynamic/example.
const PluginRegistry& Registry() {
  static const std::shared_ptr<PluginRegistry> registry = [] {
    auto made = std::make_shared<PluginRegistry>();
    EXPECT_OK(RegisterBuiltinPlugins(*made));
    EXPECT_OK(LoadPlugin("tests/plugins/shop.so", *made));
    return made;
  }();
  return *registry;
}

// A file that real PyTorch wrote, in each container; or one beside.
std::string ReadExample(const std::string& name) {
  if (name.find('/') != std::string::npos) return ReadText(name);
  const std::string bundle = ReadText("tests/corruption/small_files.tar");
  const absl::StatusOr<std::vector<TarMember>> members = ReadTar(bundle);
  EXPECT_OK(members);
  for (const TarMember& member : *members) {
    if (member.name == name) return std::string(member.bytes);
  }
  ADD_FAILURE() << "no " << name << " in small_files.tar";
  return "";
}

struct LoaderCase {
  std::string loader;
  std::string file;
  std::string test_name;
};

class LoaderConformance : public ::testing::TestWithParam<LoaderCase> {};

TEST_P(LoaderConformance, Conforms) {
  ASSERT_OK_AND_ASSIGN(const Loader* loader, Registry().FindLoader(GetParam().loader));
  EXPECT_OK(CheckLoader(*loader, {.bytes = ReadExample(GetParam().file), .spec = {}}));
}

// Not torchscript: it runs the file's program by LibTorch, only when it is named, and promises nothing of hostile
// files.
INSTANTIATE_TEST_SUITE_P(
    Loaders, LoaderConformance,
    ::testing::Values(LoaderCase{"full_module", "zip2_module.pth", "FullModuleZip"},
                      LoaderCase{"full_module", "legacy4_module.pth", "FullModuleLegacy"},
                      LoaderCase{"state_dict", "zip_state_dict.pth", "StateDictZip"},
                      LoaderCase{"state_dict", "legacy_state_dict.pth", "StateDictLegacy"},
                      LoaderCase{"checkpoint", "tests/testdata/digits/checkpoint.pth", "Checkpoint"},
                      LoaderCase{"safetensors", "linear.safetensors", "Safetensors"},
                      LoaderCase{"shop_text_weights", "tests/plugins/ranker.weights", "OfAPluginLibrary"}),
    [](const ::testing::TestParamInfo<LoaderCase>& info) { return info.param.test_name; });

// Values from -1 to 1.
at::Tensor Numbers(std::vector<int64_t> shape) {
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  return at::linspace(-1, 1, count).reshape(shape);
}

Attribute Int(int64_t value) { return Attribute(value); }

struct ModuleCase {
  std::string test_name;
  ModuleExample example;
};
void PrintTo(const ModuleCase& module_case, std::ostream* out) { *out << module_case.test_name; }

std::vector<ModuleCase> ModuleCases() {
  return {
      {"Linear", {"torch.nn.Linear", {{Int(3), Int(2)}, {}}, {Numbers({4, 3})}}},
      {"Bilinear", {"torch.nn.Bilinear", {{Int(3), Int(2), Int(4)}, {}}, {Numbers({4, 3}), Numbers({4, 2})}}},
      {"Conv2d", {"torch.nn.Conv2d", {{Int(2), Int(3), Int(3)}, {{"padding", 1}}}, {Numbers({1, 2, 5, 5})}}},
      {"ConvTranspose1d", {"torch.nn.ConvTranspose1d", {{Int(2), Int(3), Int(3)}, {}}, {Numbers({1, 2, 5})}}},
      {"BatchNorm2d", {"torch.nn.BatchNorm2d", {{Int(2)}, {}}, {Numbers({1, 2, 3, 3})}}},
      {"InstanceNorm1d", {"torch.nn.InstanceNorm1d", {{Int(2)}, {{"affine", true}}}, {Numbers({1, 2, 6})}}},
      {"LayerNorm", {"torch.nn.LayerNorm", {{Int(6)}, {}}, {Numbers({2, 6})}}},
      {"GroupNorm", {"torch.nn.GroupNorm", {{Int(2), Int(4)}, {}}, {Numbers({1, 4, 5})}}},
      {"ReLUInPlace", {"torch.nn.ReLU", {{}, {{"inplace", true}}}, {Numbers({2, 6})}}},
      {"PReLU", {"torch.nn.PReLU", {}, {Numbers({2, 6})}}},
      {"Dropout", {"torch.nn.Dropout", {{Attribute(0.5)}, {}}, {Numbers({2, 6})}}},
      {"Softmax", {"torch.nn.Softmax", {{Int(1)}, {}}, {Numbers({2, 6})}}},
      {"MaxPool2d", {"torch.nn.MaxPool2d", {{Int(2)}, {}}, {Numbers({1, 1, 4, 4})}}},
      {"AdaptiveAvgPool2d", {"torch.nn.AdaptiveAvgPool2d", {{Int(1)}, {}}, {Numbers({1, 2, 4, 4})}}},
      {"Embedding", {"torch.nn.Embedding", {{Int(10), Int(4)}, {}}, {at::arange(10).flip(0)}}},
      {"LSTM", {"torch.nn.LSTM", {{Int(3), Int(4)}, {{"num_layers", 2}}}, {Numbers({5, 1, 3})}}},
      {"GRUCell", {"torch.nn.GRUCell", {{Int(3), Int(4)}, {}}, {Numbers({2, 3})}}},
      {"MultiheadAttention",
       {"torch.nn.MultiheadAttention",
        {{Int(8), Int(2)}, {}},
        {Numbers({4, 1, 8}), Numbers({4, 1, 8}), Numbers({4, 1, 8})}}},
      {"TransformerEncoderLayer",
       {"torch.nn.TransformerEncoderLayer", {{Int(8), Int(2), Int(16)}, {}}, {Numbers({4, 1, 8})}}},
      {"MSELoss", {"torch.nn.MSELoss", {}, {Numbers({4}), Numbers({4}).flip(0)}}},
      {"Upsample", {"torch.nn.Upsample", {{}, {{"scale_factor", 2}}}, {Numbers({1, 1, 3, 3})}}},
      {"DigitsNet", {"digits.model.DigitsNet", {{Int(4)}, {}}, {Numbers({2, 1, 8, 8})}}},
      {"DigitsBlock", {"digits.model.BasicBlock", {{Int(4), Int(4)}, {}}, {Numbers({1, 4, 8, 8})}}},
      {"ResNet18", {"torchvision.models.resnet18", {{}, {{"num_classes", 5}}}, {Numbers({1, 3, 32, 32})}}},
      {"OfAPluginLibrary", {"shop.models.Ranker", {{Int(3)}, {}}, {Numbers({4, 3})}}},
  };
}

class ModuleConformance : public ::testing::TestWithParam<ModuleCase> {};

TEST_P(ModuleConformance, Conforms) { EXPECT_OK(CheckModule(Registry(), GetParam().example)); }

INSTANTIATE_TEST_SUITE_P(Classes, ModuleConformance, ::testing::ValuesIn(ModuleCases()),
                         [](const ::testing::TestParamInfo<ModuleCase>& info) { return info.param.test_name; });

TEST(DeviceConformance, CpuConforms) {
  ASSERT_OK_AND_ASSIGN(const Device* device, Registry().FindDevice("cpu"));
  EXPECT_OK(CheckDevice(*device, {}));
}

TEST(DeviceConformance, DeviceOfAPluginLibraryConforms) {
  ASSERT_OK_AND_ASSIGN(const Device* device, Registry().FindDevice("shop_budget"));
  EXPECT_OK(
      CheckDevice(*device, {.memory_owner = testing::MemoryOwner::kThisDevice, .too_many_bytes = int64_t{1} << 40}));
}

}  // namespace
}  // namespace loadstone
