// Two models of one repository with different classes of one Python name, each from the library its model.json names.
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <ATen/ops/ones.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "engine/engine.h"
#include "engine/testing/temp_folder.h"
#include "plugins/dynamic/load_plugin.h"
#include "tests/integration/test_models.h"

namespace loadstone {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::ReadText;
using testing::StatusIs;
using testing::TempFolder;

class ModelPluginsTest : public ::testing::Test {
 protected:
  ModelPluginsTest() {
    // Copies: where they are built, links lead out of their folder.
    for (const char* const library : {"twice.so", "thrice.so"}) {
      folder_.Write(absl::StrCat("libraries/", library), ReadText(absl::StrCat("tests/plugins/", library)));
    }
    AddModel("doubler", "twice.so");
    AddModel("tripler", "thrice.so");
  }
  void AddModel(absl::string_view name, absl::string_view library) {
    folder_.Write(absl::StrCat("models/", name, "/1/model.pth"), ReadText("tests/plugins/scale.pth"));
    folder_.Write(absl::StrCat("models/", name, "/model.json"), absl::StrCat(R"({"plugins": [")", library, R"("]})"));
  }
  EngineOptions Options() const {
    return {.registry = testing::BuiltinRegistry(),
            .model_repository = folder_.Path("models"),
            .install_plugin = PluginsFrom({folder_.Path("libraries")})};
  }
  const TempFolder folder_;
};

double ScaleOf(Engine& engine, absl::string_view model) {
  const absl::StatusOr<ServableHandle> handle = engine.Acquire(model);
  EXPECT_OK(handle);
  if (!handle.ok()) return 0;
  return (*handle)->Run({at::ones({1})}).value().toTensor().item<double>();
}

TEST_F(ModelPluginsTest, EachModelHasItsOwnClass) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Engine> engine, Engine::Create(Options()));
  EXPECT_EQ(ScaleOf(*engine, "doubler"), 2);
  EXPECT_EQ(ScaleOf(*engine, "tripler"), 3);
}

TEST_F(ModelPluginsTest, ClassOfTheEnginesPluginsIsNotReplaced) {
  EngineOptions options = Options();
  options.plugins = {"twice.so"};
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Engine> engine, Engine::Create(options));
  EXPECT_THAT(engine->Acquire("tripler"), StatusIs(absl::StatusCode::kAlreadyExists,
                                                   AllOf(HasSubstr("model tripler: "),
                                                         HasSubstr("class 'shop.models.Scale' is registered twice, by"),
                                                         HasSubstr("twice.so and by"), HasSubstr("thrice.so"))));
}

TEST_F(ModelPluginsTest, LibraryOutsideOfTheFoldersIsRefused) {
  AddModel("thief", "../../../etc/passwd");
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Engine> engine, Engine::Create(Options()));
  const absl::Status status = engine->Acquire("thief").status();
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(status.message(), AllOf(HasSubstr("model thief: "), HasSubstr("../../../etc/passwd")));
}

TEST_F(ModelPluginsTest, WithoutInstallPluginTheModelIsRefused) {
  EngineOptions options = Options();
  options.install_plugin = nullptr;
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Engine> engine, Engine::Create(options));
  EXPECT_THAT(engine->Acquire("doubler"),
              StatusIs(absl::StatusCode::kFailedPrecondition, AllOf(HasSubstr("model doubler"), HasSubstr("twice.so"),
                                                                    HasSubstr("EngineOptions::install_plugin"))));
}

}  // namespace
}  // namespace loadstone
