// The digits model has a class of C++ that ships and its author's Python source: both give the same.
#include <memory>
#include <string>

#include <ATen/Parallel.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/register.h"
#include "custom_ops/torch_nn/register.h"
#include "engine/base/status_macros.h"
#include "engine/base/status_matchers.h"
#include "engine/engine.h"
#include "engine/testing/temp_folder.h"
#include "gtest/gtest.h"
#include "loaders/checkpoint/checkpoint_loader.h"
#include "loaders/full_module/full_module_loader.h"
#include "loaders/state_dict/state_dict_loader.h"
#include "plugins/cpu/cpu_device.h"
#include "tests/integration/test_models.h"
#include "tools/tensor_io/npy.h"

namespace loadstone::testing {
namespace {

// All that the model needs but its own classes.
std::shared_ptr<PluginRegistry> WithoutDigits() {
  auto registry = std::make_shared<PluginRegistry>();
  EXPECT_OK(RegisterFullModuleLoader(*registry));
  EXPECT_OK(RegisterStateDictLoader(*registry));
  EXPECT_OK(RegisterCheckpointLoader(*registry));
  EXPECT_OK(RegisterTorchNn(*registry));
  EXPECT_OK(RegisterPythonSource(*registry));
  EXPECT_OK(RegisterCpuDevice(*registry));
  return registry;
}

class DigitsSourceTest : public ::testing::TestWithParam<const char*> {
 protected:
  DigitsSourceTest() {
    at::set_num_threads(1);
    for (const char* name : {"__init__.py", "model.py"}) {
      source_.Write(absl::StrCat("digits/", name), ReadText(TestDataPath(absl::StrCat("digits/python/digits/", name))));
    }
  }

  absl::StatusOr<at::Tensor> Logits(std::shared_ptr<const PluginRegistry> registry) {
    ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine, Engine::Create({.registry = std::move(registry)}));
    ModelSpec spec = DigitsSpec(GetParam());
    spec.source = source_.path();
    RETURN_IF_ERROR(engine->AddModel(spec));
    ASSIGN_OR_RETURN(const ServableHandle model, engine->Acquire(spec.name));
    ASSIGN_OR_RETURN(const at::Tensor images, ReadNpyFile(TestDataPath("digits/images.npy")));
    ASSIGN_OR_RETURN(const c10::IValue output, model->Run({images}));
    return output.toTensor();
  }

  const TempFolder source_;
};

TEST_P(DigitsSourceTest, SourceGivesWhatPythonAndTheClassOfCppGive) {
  const std::shared_ptr<PluginRegistry> without = WithoutDigits();
  ASSERT_FALSE(without->HasModuleClass("digits.model.DigitsNet"));
  ASSERT_OK_AND_ASSIGN(const at::Tensor from_source, Logits(without));
  // A registered class goes before the source's.
  ASSERT_TRUE(BuiltinRegistry()->HasModuleClass("digits.model.DigitsNet"));
  ASSERT_OK_AND_ASSIGN(const at::Tensor from_class, Logits(BuiltinRegistry()));
  EXPECT_TRUE(at::equal(from_source, from_class));
  ASSERT_OK_AND_ASSIGN(const at::Tensor logits, ReadNpyFile(TestDataPath("digits/logits.npy")));
  EXPECT_TRUE(at::allclose(from_source, logits, /*rtol=*/1e-5, /*atol=*/1e-5));
}

INSTANTIATE_TEST_SUITE_P(AllFiles, DigitsSourceTest,
                         ::testing::Values("full_module.pth", "state_dict.pth", "checkpoint.pth"),
                         [](const ::testing::TestParamInfo<const char*>& info) {
                           const std::string name = info.param;
                           return name.substr(0, name.size() - 4);
                         });

}  // namespace
}  // namespace loadstone::testing
