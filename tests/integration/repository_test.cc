// A model repository on disk, with real files and model.json.
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <ATen/ops/allclose.h>

#include "engine/base/status_matchers.h"
#include "engine/engine.h"
#include "tests/integration/test_models.h"
#include "tools/tensor_io/npy.h"

namespace loadstone {
namespace {

namespace fs = std::filesystem;
using testing::TestDataPath;

class RepositoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(::testing::TempDir()) / "repository";
    fs::remove_all(root_);
    fs::create_directories(root_ / "digits" / "1");
    fs::create_directories(root_ / "digits" / "2");
    fs::copy_file(TestDataPath("digits/state_dict.pth"), root_ / "digits" / "1" / "model.pth");
    fs::copy_file(TestDataPath("digits/checkpoint.pth"), root_ / "digits" / "2" / "model.pt");
    std::ofstream(root_ / "digits" / "model.json")
        << R"({"architecture": {"class": "digits.model.DigitsNet", "args": {"width": 16}}, "device": "cpu"})";
  }

  absl::StatusOr<std::unique_ptr<Engine>> Open() {
    return Engine::Create({.registry = testing::BuiltinRegistry(), .model_repository = root_.string()});
  }

  fs::path root_;
};

TEST_F(RepositoryTest, HighestVersionIsTheDefault) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Engine> engine, Open());
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine->Acquire("digits"));
  EXPECT_EQ(model->version(), 2);
  EXPECT_EQ(model->report().loader, "checkpoint");
}

TEST_F(RepositoryTest, VersionsGiveTheSameOutputs) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Engine> engine, Open());
  ASSERT_OK_AND_ASSIGN(const at::Tensor image, ReadNpyFile(TestDataPath("digits/seven.npy")));
  ASSERT_OK_AND_ASSIGN(const ServableHandle first, engine->Acquire("digits", 1));
  ASSERT_OK_AND_ASSIGN(const ServableHandle second, engine->Acquire("digits", 2));
  ASSERT_OK_AND_ASSIGN(const c10::IValue a, first->Run({image}));
  ASSERT_OK_AND_ASSIGN(const c10::IValue b, second->Run({image}));
  EXPECT_TRUE(at::allclose(a.toTensor(), b.toTensor()));
}

TEST_F(RepositoryTest, HandleOutlivesTheEngineAndTheFile) {
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<Engine> engine, Open());
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine->Acquire("digits"));
  engine.reset();
  fs::remove_all(root_);
  ASSERT_OK_AND_ASSIGN(const at::Tensor image, ReadNpyFile(TestDataPath("digits/seven.npy")));
  EXPECT_OK(model->Run({image}));
}

TEST_F(RepositoryTest, UnknownModelNamesTheNearest) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Engine> engine, Open());
  EXPECT_THAT(engine->Acquire("digit"),
              testing::StatusIs(absl::StatusCode::kNotFound, ::testing::HasSubstr("did you mean digits?")));
}

TEST_F(RepositoryTest, UnknownFieldOfModelJsonNamesFileAndField) {
  std::ofstream(root_ / "digits" / "model.json") << R"({"architectur": {}})";
  EXPECT_THAT(Open(), testing::StatusIs(absl::StatusCode::kInvalidArgument,
                                        ::testing::AllOf(::testing::HasSubstr("digits/model.json"),
                                                         ::testing::HasSubstr("did you mean architecture?"))));
}

}  // namespace
}  // namespace loadstone
