// Files that shrink while a model is loaded from them or runs on them: a Status each time, never a signal, never a
// result computed from zeros.
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "engine/engine.h"
#include "tests/integration/test_models.h"

namespace loadstone {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

constexpr absl::StatusCode kDataLoss = absl::StatusCode::kDataLoss;

// A copy of a digits file, which its test may harm.
ModelSpec CopyOf(absl::string_view name) {
  ModelSpec spec = testing::DigitsSpec(name);
  spec.path = testing::WriteTemporary(name, testing::ReadText(spec.path));
  return spec;
}

absl::StatusOr<c10::IValue> RunOnOnes(const ServableHandle& model) { return model->Run({at::ones({1, 1, 8, 8})}); }

class ShrinkingFileTest : public ::testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Containers, ShrinkingFileTest,
                         ::testing::Values("full_module.pth", "state_dict.pth", "checkpoint.pth"));

TEST_P(ShrinkingFileTest, ModelThatRunsOnItGivesDataLossFromThenOn) {
  const std::unique_ptr<Engine> engine = testing::EngineWithBuiltins();
  const ModelSpec spec = CopyOf(GetParam());
  ASSERT_OK(engine->AddModel(spec));
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine->Acquire(spec.name));
  ASSERT_OK(RunOnOnes(model));
  std::filesystem::resize_file(spec.path, 1000);
  EXPECT_THAT(RunOnOnes(model), StatusIs(kDataLoss, HasSubstr("shrank")));
  EXPECT_THAT(RunOnOnes(model), StatusIs(kDataLoss, HasSubstr("shrank")));
}

TEST_P(ShrinkingFileTest, OverwrittenByACopyIsDataLossToo) {
  const std::unique_ptr<Engine> engine = testing::EngineWithBuiltins();
  const ModelSpec spec = CopyOf(GetParam());
  ASSERT_OK(engine->AddModel(spec));
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine->Acquire(spec.name));
  testing::WriteTemporary(GetParam(), std::string(std::filesystem::file_size(spec.path), 'x'));
  EXPECT_THAT(RunOnOnes(model), StatusIs(kDataLoss, HasSubstr("shrank")));
}

TEST_P(ShrinkingFileTest, RenamingAnotherFileOverItIsTheWayToReplaceIt) {
  const std::unique_ptr<Engine> engine = testing::EngineWithBuiltins();
  const ModelSpec spec = CopyOf(GetParam());
  ASSERT_OK(engine->AddModel(spec));
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine->Acquire(spec.name));
  ASSERT_OK_AND_ASSIGN(const c10::IValue before, RunOnOnes(model));
  std::filesystem::rename(testing::WriteTemporary("new", "x"), spec.path);
  ASSERT_OK_AND_ASSIGN(const c10::IValue after, RunOnOnes(model));
  EXPECT_TRUE(at::equal(before.toTensor(), after.toTensor()));
}

}  // namespace
}  // namespace loadstone
