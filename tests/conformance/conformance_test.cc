// Every loader, many classes of each family and every device that ships, and those of a plugin library, keep what
// plugins promise.
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/linspace.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/status_macros.h"
#include "engine/base/status_matchers.h"
#include "engine/class_provider.h"
#include "engine/plugin_registry.h"
#include "engine/testing/device_conformance.h"
#include "engine/testing/loader_conformance.h"
#include "engine/testing/module_conformance.h"
#include "engine/testing/temp_folder.h"
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
using testing::StatusIs;
using testing::TempFolder;
using ::testing::HasSubstr;

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

// A file that real PyTorch wrote: "zip.tar:model.pth" is one of a tar's; or one that lies beside.
std::string ReadExample(const std::string& path) {
  const std::vector<std::string> parts = absl::StrSplit(path, absl::MaxSplits(':', 1));
  const std::string bytes = ReadText(parts[0]);
  if (parts.size() == 1) return bytes;
  const absl::StatusOr<std::vector<TarMember>> members = ReadTar(bytes);
  EXPECT_OK(members);
  for (const TarMember& member : *members) {
    if (member.name == parts[1]) return std::string(member.bytes);
  }
  ADD_FAILURE() << "no " << path;
  return "";
}

constexpr char kSmallFiles[] = "tests/corruption/small_files.tar:";

struct LoaderCase {
  std::string loader;
  std::string file;
  std::string test_name;
  testing::LoaderChoice choice = testing::LoaderChoice::kByContent;
};
void PrintTo(const LoaderCase& loader_case, std::ostream* out) { *out << loader_case.test_name; }

class LoaderConformance : public ::testing::TestWithParam<LoaderCase> {};

TEST_P(LoaderConformance, Conforms) {
  ASSERT_OK_AND_ASSIGN(const Loader* loader, Registry().FindLoader(GetParam().loader));
  EXPECT_OK(CheckLoader(
      *loader,
      {.bytes = ReadExample(GetParam().file), .spec = {}, .path = GetParam().file, .choice = GetParam().choice}));
}

TEST(LoaderConformance, EveryLoaderThatShipsHasACase) {
  std::set<std::string> names;
  for (const PluginRegistry::Entry<Loader>& entry : Registry().loaders()) names.emplace(entry.value->name());
  EXPECT_EQ(names, std::set<std::string>({"checkpoint", "full_module", "safetensors", "safetensors_index",
                                          "shop_text_weights", "state_dict", "torchscript"}));
}

INSTANTIATE_TEST_SUITE_P(
    Loaders, LoaderConformance,
    ::testing::Values(LoaderCase{"full_module", absl::StrCat(kSmallFiles, "zip2_module.pth"), "FullModuleZip"},
                      LoaderCase{"full_module", absl::StrCat(kSmallFiles, "legacy4_module.pth"), "FullModuleLegacy"},
                      LoaderCase{"state_dict", absl::StrCat(kSmallFiles, "zip_state_dict.pth"), "StateDictZip"},
                      LoaderCase{"state_dict", absl::StrCat(kSmallFiles, "legacy_state_dict.pth"), "StateDictLegacy"},
                      LoaderCase{"checkpoint", "tests/testdata/digits/checkpoint.pth", "Checkpoint"},
                      LoaderCase{"safetensors", absl::StrCat(kSmallFiles, "linear.safetensors"), "Safetensors"},
                      LoaderCase{"safetensors_index", "loaders/safetensors/testdata/model.safetensors.index.json",
                                 "SafetensorsIndex"},
                      LoaderCase{"torchscript", "tests/formats/files.tar:torchscript/scripted.pth", "Torchscript",
                                 testing::LoaderChoice::kByName},
                      LoaderCase{"shop_text_weights", "tests/plugins/ranker.weights", "OfAPluginLibrary"}),
    [](const ::testing::TestParamInfo<LoaderCase>& info) { return info.param.test_name; });

// Values from -1 to 1.
at::Tensor Numbers(std::vector<int64_t> shape) {
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  return at::linspace(-1, 1, count).reshape(shape);
}

Attribute Int(int64_t value) { return Attribute(value); }

// Small, with the defaults of Python's BertConfig where nothing is said.
Attribute BertConfig() {
  return Attribute::Dict{{{"vocab_size", Int(12)},
                          {"hidden_size", Int(8)},
                          {"num_hidden_layers", Int(2)},
                          {"num_attention_heads", Int(2)},
                          {"intermediate_size", Int(10)},
                          {"max_position_embeddings", Int(6)}}};
}

ModuleExample Bert(const char* name) { return {name, {{BertConfig()}, {}}, {at::arange(10).reshape({2, 5})}}; }

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
      {"ResNet50", {"torchvision.models.resnet50", {{}, {{"num_classes", 5}}}, {Numbers({1, 3, 32, 32})}}},
      {"Gelu", {"transformers.activations.GELUActivation", {}, {Numbers({2, 6})}}},
      {"BertModel", Bert("transformers.BertModel")},
      {"BertForSequenceClassification", Bert("transformers.BertForSequenceClassification")},
      {"BertForTokenClassification", Bert("transformers.BertForTokenClassification")},
      {"BertForQuestionAnswering", Bert("transformers.BertForQuestionAnswering")},
      {"BertForMaskedLM", Bert("transformers.BertForMaskedLM")},
      {"OfAPluginLibrary", {"shop.models.Ranker", {{Int(3)}, {}}, {Numbers({4, 3})}}},
  };
}

class ModuleConformance : public ::testing::TestWithParam<ModuleCase> {};

TEST_P(ModuleConformance, Conforms) { EXPECT_OK(CheckModule(Registry(), GetParam().example)); }

INSTANTIATE_TEST_SUITE_P(Classes, ModuleConformance, ::testing::ValuesIn(ModuleCases()),
                         [](const ::testing::TestParamInfo<ModuleCase>& info) { return info.param.test_name; });

// A class of a model's own Python source: python_source registers none, it provides them.
class PythonSourceConformance : public ::testing::Test {
 protected:
  // `forward` is its last line.
  absl::StatusOr<std::unique_ptr<PluginRegistry>> Open(const std::string& forward) {
    folder_.Write("model.py", absl::StrCat("import torch\nimport torch.nn as nn\n\n\n"
                                           "class Net(nn.Module):\n"
                                           "    def __init__(self, width):\n"
                                           "        super().__init__()\n"
                                           "        self.linear = nn.Linear(width, width)\n"
                                           "        self.scale = nn.Parameter(torch.ones(width))\n\n"
                                           "    def forward(self, x):\n        ",
                                           forward, "\n"));
    auto base = std::make_shared<PluginRegistry>();
    RETURN_IF_ERROR(RegisterBuiltinPlugins(*base));
    std::unique_ptr<PluginRegistry> scope = base->NewScope();
    ASSIGN_OR_RETURN(std::shared_ptr<const ClassProvider> provider, base->class_source()->open(folder_.path(), base));
    scope->SetClassProvider(std::move(provider));
    return scope;
  }
  static ModuleExample Net() { return {"model.Net", {{Int(3)}, {}}, {Numbers({4, 3})}}; }

  const TempFolder folder_;
};

TEST_F(PythonSourceConformance, Conforms) {
  ASSERT_OK_AND_ASSIGN(const auto registry, Open("return torch.relu(self.linear(x)) * self.scale"));
  EXPECT_OK(CheckModule(*registry, Net()));
}

TEST_F(PythonSourceConformance, BrokenOneIsFound) {
  ASSERT_OK_AND_ASSIGN(const auto registry, Open("return x + torch.rand(3)"));
  EXPECT_THAT(CheckModule(*registry, Net()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("second Forward")));
}

// The source is one model's program, which only runs once it is loaded.
TEST_F(PythonSourceConformance, NothingIsConstructedOnceItRan) {
  ASSERT_OK_AND_ASSIGN(const auto registry, Open("return self.linear(x)"));
  ASSERT_OK(CheckModule(*registry, Net()));
  EXPECT_THAT(CheckModule(*registry, Net()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("after a module ran")));
}

// The cpu, and on a machine with GPUs each of them.
TEST(DeviceConformance, EveryDeviceThatShipsConforms) {
  PluginRegistry registry;
  ASSERT_OK(RegisterBuiltinPlugins(registry));
  ASSERT_FALSE(registry.devices().empty());
  for (const PluginRegistry::Entry<Device>& entry : registry.devices()) EXPECT_OK(CheckDevice(*entry.value, {}));
}

TEST(DeviceConformance, DeviceOfAPluginLibraryConforms) {
  ASSERT_OK_AND_ASSIGN(const Device* device, Registry().FindDevice("shop_budget"));
  EXPECT_OK(
      CheckDevice(*device, {.memory_owner = testing::MemoryOwner::kThisDevice, .too_many_bytes = int64_t{1} << 40}));
}

}  // namespace
}  // namespace loadstone
