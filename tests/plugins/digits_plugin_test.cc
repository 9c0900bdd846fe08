// The four digits files with their classes from a library; the program has none of them linked in.
#include <memory>
#include <string>

#include <ATen/ops/allclose.h>

#include "custom_ops/torch_nn/register.h"
#include "engine/base/status_matchers.h"
#include "engine/engine.h"
#include "loaders/checkpoint/checkpoint_loader.h"
#include "loaders/full_module/full_module_loader.h"
#include "loaders/state_dict/state_dict_loader.h"
#include "plugins/builtin/builtin_plugins.h"
#include "plugins/cpu/cpu_device.h"
#include "plugins/dynamic/load_plugin.h"
#include "tests/integration/test_models.h"
#include "tools/tensor_io/npy.h"

namespace loadstone {
namespace {

using ::testing::AllOf;
using testing::DigitsSpec;
using ::testing::HasSubstr;
using testing::StatusIs;
using testing::TestDataPath;

constexpr char kDigits[] = "tests/plugins/digits.so";

class DigitsPluginTest : public ::testing::TestWithParam<const char*> {};

TEST_P(DigitsPluginTest, OutputsEqualPythons) {
  const auto registry = std::make_shared<PluginRegistry>();
  ASSERT_OK(RegisterFullModuleLoader(*registry));
  ASSERT_OK(RegisterStateDictLoader(*registry));
  ASSERT_OK(RegisterCheckpointLoader(*registry));
  ASSERT_OK(RegisterTorchNn(*registry));
  ASSERT_OK(RegisterCpuDevice(*registry));
  ASSERT_FALSE(registry->HasModuleClass("digits.model.DigitsNet"));
  ASSERT_OK(LoadPlugin(kDigits, *registry));
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Engine> engine, Engine::Create({.registry = registry}));
  ASSERT_OK(engine->AddModel(DigitsSpec(GetParam())));
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine->Acquire("digits"));
  ASSERT_OK_AND_ASSIGN(const at::Tensor images, ReadNpyFile(TestDataPath("digits/images.npy")));
  ASSERT_OK_AND_ASSIGN(const at::Tensor logits, ReadNpyFile(TestDataPath("digits/logits.npy")));
  ASSERT_OK_AND_ASSIGN(const c10::IValue output, model->Run({images}));
  EXPECT_TRUE(at::allclose(output.toTensor(), logits, /*rtol=*/1e-5, /*atol=*/1e-5));
}

INSTANTIATE_TEST_SUITE_P(AllFiles, DigitsPluginTest,
                         ::testing::Values("full_module.pth", "state_dict.pth", "checkpoint.pth",
                                           "gpu_full_module.pth"),
                         [](const ::testing::TestParamInfo<const char*>& info) {
                           const std::string name = info.param;
                           return name.substr(0, name.size() - 4);
                         });

TEST(DigitsPluginBesideTheBuiltinTest, IsRefusedNamingBoth) {
  PluginRegistry registry;
  ASSERT_OK(RegisterBuiltinPlugins(registry));
  EXPECT_THAT(
      LoadPlugin(kDigits, registry),
      StatusIs(absl::StatusCode::kAlreadyExists,
               AllOf(HasSubstr("'digits.model.BasicBlock' is registered twice, by custom_ops/examples/digits and by"),
                     HasSubstr("tests/plugins/digits.so"))));
}

}  // namespace
}  // namespace loadstone
