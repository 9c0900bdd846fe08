// What users meet when a load fails: every message says what, where and what to do.
#include <unistd.h>

#include <memory>
#include <string>

#include <ATen/ops/zeros.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "custom_ops/torch_nn/register.h"
#include "engine/base/status_macros.h"
#include "engine/base/status_matchers.h"
#include "engine/engine.h"
#include "loaders/full_module/full_module_loader.h"
#include "plugins/cpu/cpu_device.h"
#include "tests/integration/test_models.h"

namespace loadstone {
namespace {

using testing::DigitsSpec;
using testing::EngineWithBuiltins;
using testing::ReadText;
using testing::StatusIs;
using testing::TestDataPath;
using testing::WriteTemporary;
using ::testing::AllOf;
using ::testing::HasSubstr;

absl::Status Load(ModelSpec spec) {
  const std::unique_ptr<Engine> engine = EngineWithBuiltins();
  RETURN_IF_ERROR(engine->AddModel(spec));
  return engine->Acquire(spec.name).status();
}

absl::Status LoadFile(const std::string& path) {
  ModelSpec spec;
  spec.name = "m";
  spec.path = path;
  return Load(spec);
}

absl::Status LoadBytes(absl::string_view bytes) { return LoadFile(WriteTemporary("model.pth", bytes)); }

TEST(LoadErrorsTest, EveryMissingClassIsNamedWithItsPaths) {
  auto registry = std::make_shared<PluginRegistry>();
  ASSERT_OK(RegisterFullModuleLoader(*registry));
  ASSERT_OK(RegisterTorchNn(*registry));
  ASSERT_OK(RegisterCpuDevice(*registry));
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Engine> engine, Engine::Create({.registry = registry}));
  ASSERT_OK(engine->AddModel(DigitsSpec("full_module.pth")));
  EXPECT_THAT(engine->Acquire("digits"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("2 classes are not registered"),
                             HasSubstr("digits.model.BasicBlock, used by layer1.0, layer2.0"),
                             HasSubstr("digits.model.DigitsNet, used by the model itself"),
                             HasSubstr("PluginRegistry::AddModuleClass"))));
}

TEST(LoadErrorsTest, WrongPathNamesTheNearestFiles) {
  EXPECT_THAT(LoadFile(TestDataPath("digits/full_modul.pth")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("did you mean full_module.pth")));
}

TEST(LoadErrorsTest, WrongFolderSaysHowFarThePathLeads) {
  EXPECT_THAT(LoadFile(TestDataPath("digit/full_module.pth")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("there is no folder tests/testdata/digit")));
}

TEST(LoadErrorsTest, TruncatedFileSaysSo) {
  const std::string bytes = ReadText(TestDataPath("digits/full_module.pth"));
  EXPECT_THAT(LoadBytes(absl::string_view(bytes).substr(0, bytes.size() / 2)),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("cut short")));
}

TEST(LoadErrorsTest, TextFileSaysSo) {
  EXPECT_THAT(LoadBytes("epoch 1 loss 0.3\nepoch 2 loss 0.2\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a text file")));
}

TEST(LoadErrorsTest, HtmlPageSaysSo) {
  EXPECT_THAT(LoadBytes("<!DOCTYPE html>\n<html><body>Sign in</body></html>"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("an HTML page")));
}

TEST(LoadErrorsTest, GitLfsPointerSaysSo) {
  EXPECT_THAT(LoadBytes("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("git lfs pull")));
}

TEST(LoadErrorsTest, EmptyFileSaysSo) {
  EXPECT_THAT(LoadBytes(""), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("empty (0 bytes)")));
}

TEST(LoadErrorsTest, FolderSaysSo) {
  EXPECT_THAT(LoadFile(TestDataPath("digits")), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is a folder")));
}

TEST(LoadErrorsTest, StateDictWithoutArchitectureAsksForIt) {
  ModelSpec spec = DigitsSpec("state_dict.pth");
  spec.architecture.reset();
  EXPECT_THAT(Load(spec), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("name its class and arguments")));
}

TEST(LoadErrorsTest, WrongArchitectureArgumentSaysWhichOnesThereAre) {
  ModelSpec spec = DigitsSpec("state_dict.pth");
  spec.architecture->arguments.keyword = {{"widht", 24}};
  EXPECT_THAT(Load(spec), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("did you mean width?")));
}

// Weights with one key gone and one too many, into a model with more classes.
ModelSpec Mismatched() {
  ModelSpec spec = DigitsSpec("mismatched_state_dict.pth");
  spec.architecture->arguments.keyword = {{"num_classes", 12}};
  return spec;
}

TEST(LoadErrorsTest, StrictLoadListsEveryKeyThatDoesNotFit) {
  EXPECT_THAT(Load(Mismatched()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("1 missing from the file:\n    fc.bias"),
                             HasSubstr("1 in the file but not in the model:\n    aux.weight"),
                             HasSubstr("fc.weight: [10, 32] in the file, [12, 32] in the model"))));
}

TEST(LoadErrorsTest, LenientLoadReportsWhatDidNotFitAndLoadsTheRest) {
  const std::unique_ptr<Engine> engine = EngineWithBuiltins();
  ModelSpec spec = Mismatched();
  spec.strictness = Strictness::kLenient;
  ASSERT_OK(engine->AddModel(spec));
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine->Acquire("digits"));
  EXPECT_THAT(model->report().missing_keys, ::testing::ElementsAre("fc.bias"));
  EXPECT_THAT(model->report().unexpected_keys, ::testing::ElementsAre("aux.weight"));
  EXPECT_THAT(model->report().mismatched_keys,
              ::testing::ElementsAre("fc.weight: [10, 32] in the file, [12, 32] in the model"));
  ASSERT_OK_AND_ASSIGN(const at::Tensor loaded, model->module().FindParameter("conv1.weight"));
  EXPECT_NE(loaded.abs().sum().item<float>(), 0);
  ASSERT_OK_AND_ASSIGN(const at::Tensor not_loaded, model->module().FindParameter("fc.weight"));
  EXPECT_EQ(not_loaded.sizes(), at::IntArrayRef({12, 32}));
  EXPECT_EQ(not_loaded.abs().sum().item<float>(), 0);
}

TEST(LoadErrorsTest, FileThatCallsOsSystemIsRefusedAndNothingRuns) {
  EXPECT_THAT(LoadFile(TestDataPath("hostile/os_system.pth")),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("system")));
  EXPECT_NE(access("loadstone_canary", F_OK), 0);
}

TEST(LoadErrorsTest, EvalInsideACheckpointIsRefusedAndNothingRuns) {
  EXPECT_THAT(LoadFile(TestDataPath("hostile/eval_in_checkpoint.pth")),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("eval")));
  EXPECT_NE(access("loadstone_canary", F_OK), 0);
}

TEST(LoadErrorsTest, WrongInputSaysWhichLayerRefusedIt) {
  const std::unique_ptr<Engine> engine = EngineWithBuiltins();
  ASSERT_OK(engine->AddModel(DigitsSpec("full_module.pth")));
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine->Acquire("digits"));
  EXPECT_THAT(model->Run({at::zeros({1, 3, 8, 8})}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("in torch.nn.modules.conv.Conv2d"), HasSubstr("in digits.model.DigitsNet"))));
}

}  // namespace
}  // namespace loadstone
