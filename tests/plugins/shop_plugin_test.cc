// The library of plugins/dynamic/example, built both ways that docs/shared_library_plugins.md says: its format, class
// and device.
#include <filesystem>
#include <memory>
#include <string>

#include <ATen/ops/allclose.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "engine/engine.h"
#include "plugins/builtin/builtin_plugins.h"
#include "plugins/dynamic/load_plugin.h"
#include "tests/integration/test_models.h"
#include "tools/tensor_io/npy.h"

namespace loadstone {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::ReadText;
using testing::StatusIs;

std::string Ranker(absl::string_view name) { return absl::StrCat("tests/plugins/ranker", name); }

class ShopPluginTest : public ::testing::TestWithParam<const char*> {
 protected:
  static std::string Shop() { return absl::StrCat("tests/plugins/", GetParam(), ".so"); }
  void SetUp() override {
    ASSERT_OK(RegisterBuiltinPlugins(*registry_));
    ASSERT_OK(LoadPlugin(Shop(), *registry_));
    engine_ = Engine::Create({.registry = registry_}).value();
  }

  // What `spec` makes of the recorded input equals Python's output.
  void ExpectPythonsOutput(ModelSpec spec) {
    spec.name = "ranker";
    ASSERT_OK(engine_->AddModel(spec));
    ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine_->Acquire("ranker"));
    ASSERT_OK_AND_ASSIGN(const at::Tensor input, ReadNpyFile(Ranker("_input.npy")));
    ASSERT_OK_AND_ASSIGN(const at::Tensor expected, ReadNpyFile(Ranker("_output.npy")));
    ASSERT_OK_AND_ASSIGN(const c10::IValue output, model->Run({input}));
    EXPECT_TRUE(at::allclose(output.toTensor(), expected, /*rtol=*/1e-5, /*atol=*/1e-6));
    EXPECT_EQ(model->module().ToString() + "\n", ReadText(Ranker("_print.txt")));
  }

  static Architecture RankerOf(int64_t features, int64_t hidden) {
    return {"shop.models.Ranker", {{features}, {{"hidden", hidden}}}};
  }

  const std::shared_ptr<PluginRegistry> registry_ = std::make_shared<PluginRegistry>();
  std::unique_ptr<Engine> engine_;
};

TEST_P(ShopPluginTest, ClassRunsFromAFullModule) { ExpectPythonsOutput({.path = Ranker("_full_module.pth")}); }

TEST_P(ShopPluginTest, ClassRunsFromAStateDict) {
  ExpectPythonsOutput({.path = Ranker("_state_dict.pth"), .architecture = RankerOf(3, 4)});
}

TEST_P(ShopPluginTest, LoaderReadsItsFormat) {
  ExpectPythonsOutput({.path = Ranker(".weights"), .architecture = RankerOf(3, 4)});
}

TEST_P(ShopPluginTest, DeviceHoldsTheModelAndGivesItsMemoryBack) {
  ASSERT_OK_AND_ASSIGN(const Device* device, registry_->FindDevice("shop_budget"));
  ExpectPythonsOutput({.path = Ranker("_full_module.pth"), .device = "shop_budget"});
  ASSERT_OK_AND_ASSIGN(const DeviceMemory loaded, device->Memory());
  EXPECT_EQ(loaded.used_bytes, 4 * (3 + 3 * 4 + 4 + 4 + 1));
  engine_.reset();
  ASSERT_OK_AND_ASSIGN(const DeviceMemory after, device->Memory());
  EXPECT_EQ(after.used_bytes, 0);
}

TEST_P(ShopPluginTest, OriginIsTheLibrarysResolvedPath) {
  EXPECT_EQ(registry_->loaders().back().origin, std::filesystem::canonical(Shop()).string());
  EXPECT_EQ(registry_->devices().back().origin, std::filesystem::canonical(Shop()).string());
  EXPECT_EQ(registry_->module_classes().back().origin, std::filesystem::canonical(Shop()).string());
}

TEST_P(ShopPluginTest, SecondLoadNamesBothOrigins) {
  EXPECT_THAT(LoadPlugin(Shop(), *registry_),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       AllOf(HasSubstr("loader 'shop_text_weights' is registered twice"), EndsWith(Shop()))));
}

TEST_P(ShopPluginTest, AnotherRegistryTakesTheSameLibrary) {
  PluginRegistry another;
  ASSERT_OK(LoadPlugin(Shop(), another));
  EXPECT_NE(another.FindLoader("shop_text_weights").value(), registry_->FindLoader("shop_text_weights").value());
}

TEST_P(ShopPluginTest, ErrorsOfTheLibrarysCodeAreStatuses) {
  ASSERT_OK(engine_->AddModel({.name = "narrow", .path = Ranker(".weights"), .architecture = RankerOf(2, 4)}));
  EXPECT_THAT(engine_->Acquire("narrow"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("scale")));
  ASSERT_OK(engine_->AddModel({.name = "ranker", .path = Ranker("_full_module.pth")}));
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine_->Acquire("ranker"));
  ASSERT_OK_AND_ASSIGN(const at::Tensor input, ReadNpyFile(Ranker("_input.npy")));
  EXPECT_THAT(model->Run({input.slice(1, 0, 2)}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("shop.models.Ranker")));
}

INSTANTIATE_TEST_SUITE_P(Builds, ShopPluginTest, ::testing::Values("shop", "shop_of_workspace"),
                         [](const auto& build) { return std::string(build.param); });

}  // namespace
}  // namespace loadstone
