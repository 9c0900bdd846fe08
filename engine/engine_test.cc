#include "engine/engine.h"

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <ATen/ops/ones.h>

#include "engine/base/status_matchers.h"
#include "engine/testing/fakes.h"
#include "engine/testing/temp_folder.h"

namespace loadstone {
namespace {

using testing::BlockDef;
using testing::FakeDevice;
using testing::FakeLoader;
using testing::IsOk;
using testing::LinearDef;
using testing::StatusIs;
using testing::TempFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr absl::StatusCode kNotFound = absl::StatusCode::kNotFound;

// Every file is a block of one linear layer, 2 to 3.
absl::StatusOr<ModelContent> ReadBlock(const ByteSource& source) { return BlockDef({{"head", LinearDef(2, 3)}}); }

class EngineTest : public ::testing::Test {
 protected:
  EngineTest() {
    auto loader = std::make_unique<FakeLoader>("fake", absl::OkStatus(), ReadBlock);
    loader_ = loader.get();
    EXPECT_OK(registry_->AddLoader(std::move(loader)));
    EXPECT_OK(registry_->AddDevice(std::make_unique<FakeDevice>("cpu")));
  }
  std::unique_ptr<Engine> NewEngine() { return Engine::Create({.registry = registry_}).value(); }
  ModelSpec Spec(int64_t version = 1) const { return {.name = "ranker", .version = version, .path = path_}; }

  const TempFolder folder_;
  const std::string path_ = folder_.Write("ranker/1/model.pth", "bytes");
  std::shared_ptr<PluginRegistry> registry_ = testing::NewRegistry();
  const FakeLoader* loader_;
};

TEST_F(EngineTest, AddedModelIsLoadedWhenAcquired) {
  const std::unique_ptr<Engine> engine = NewEngine();
  ASSERT_OK(engine->AddModel(Spec()));
  EXPECT_EQ(loader_->loads, 0);
  ASSERT_OK_AND_ASSIGN(const ServableHandle handle, engine->Acquire("ranker"));
  EXPECT_EQ(handle->module().type_name(), "Block");
  EXPECT_EQ((*handle).version(), 1);
  EXPECT_EQ(loader_->loads, 1);
}

TEST_F(EngineTest, RunGivesTheOutput) {
  const std::unique_ptr<Engine> engine = NewEngine();
  ASSERT_OK(engine->AddModel(Spec()));
  ASSERT_OK_AND_ASSIGN(const ServableHandle handle, engine->Acquire("ranker"));
  ASSERT_OK_AND_ASSIGN(const c10::IValue output, handle->Run({at::ones({1, 2})}));
  EXPECT_EQ(output.toTensor().sum().item<float>(), 9.0f);
}

TEST_F(EngineTest, RefusedInputIsInvalidArgumentWithItsLayers) {
  const std::unique_ptr<Engine> engine = NewEngine();
  ASSERT_OK(engine->AddModel(Spec()));
  ASSERT_OK_AND_ASSIGN(const ServableHandle handle, engine->Acquire("ranker"));
  EXPECT_THAT(handle->Run({at::ones({1, 7})}),
              StatusIs(kInvalid, AllOf(HasSubstr("ranker: "), HasSubstr("in tiny.Linear"), HasSubstr("in tiny.Block"))));
}

TEST_F(EngineTest, HandleOutlivesEngineAndRegistry) {
  std::unique_ptr<Engine> engine = NewEngine();
  ASSERT_OK(engine->AddModel(Spec()));
  ASSERT_OK_AND_ASSIGN(const ServableHandle handle, engine->Acquire("ranker"));
  engine.reset();
  registry_.reset();
  EXPECT_EQ(handle->device().name(), "cpu");
  EXPECT_THAT(handle->Run({at::ones({1, 2})}), IsOk());
}

TEST_F(EngineTest, HandlesShareOneServable) {
  const std::unique_ptr<Engine> engine = NewEngine();
  ASSERT_OK(engine->AddModel(Spec()));
  ASSERT_OK_AND_ASSIGN(const ServableHandle first, engine->Acquire("ranker"));
  ASSERT_OK_AND_ASSIGN(const ServableHandle second, engine->Acquire("ranker", 1));
  EXPECT_EQ(&*first, &*second);
  EXPECT_EQ(loader_->loads, 1);
}

TEST_F(EngineTest, AcquireTakesTheHighestVersion) {
  const std::unique_ptr<Engine> engine = NewEngine();
  ASSERT_OK(engine->AddModel(Spec(2)));
  ASSERT_OK(engine->AddModel(Spec(10)));
  ASSERT_OK_AND_ASSIGN(const ServableHandle handle, engine->Acquire("ranker"));
  EXPECT_EQ(handle->version(), 10);
}

TEST_F(EngineTest, VersionThatIsNotThereIsNotFound) {
  const std::unique_ptr<Engine> engine = NewEngine();
  ASSERT_OK(engine->AddModel(Spec(2)));
  EXPECT_THAT(engine->Acquire("ranker", 3), StatusIs(kNotFound, HasSubstr("has no version 3, only 2")));
}

TEST_F(EngineTest, VersionZeroIsNotTheHighest) {
  const std::unique_ptr<Engine> engine = NewEngine();
  ASSERT_OK(engine->AddModel(Spec(2)));
  EXPECT_THAT(engine->Acquire("ranker", 0), StatusIs(kNotFound, HasSubstr("has no version 0")));
  EXPECT_THAT(engine->Acquire("ranker", -1), StatusIs(kNotFound, HasSubstr("has no version -1")));
}

TEST_F(EngineTest, UnknownModelIsNotFoundWithTheNearest) {
  const std::unique_ptr<Engine> engine = NewEngine();
  ASSERT_OK(engine->AddModel(Spec()));
  EXPECT_THAT(engine->Acquire("rnaker"), StatusIs(kNotFound, HasSubstr("did you mean ranker?")));
  EXPECT_THAT(engine->Acquire(""), StatusIs(kNotFound, HasSubstr("no model ''")));
}

TEST_F(EngineTest, ModelNeedsANameAPathAndAVersion) {
  const std::unique_ptr<Engine> engine = NewEngine();
  EXPECT_THAT(engine->AddModel({.path = "model.pth"}), StatusIs(kInvalid, HasSubstr("name is empty")));
  EXPECT_THAT(engine->AddModel({.name = "ranker"}), StatusIs(kInvalid, HasSubstr("path is empty")));
  EXPECT_THAT(engine->AddModel(Spec(0)), StatusIs(kInvalid, HasSubstr("version 0 is not positive")));
}

TEST_F(EngineTest, ModelTwiceAlreadyExists) {
  const std::unique_ptr<Engine> engine = NewEngine();
  ASSERT_OK(engine->AddModel(Spec()));
  EXPECT_THAT(engine->AddModel(Spec()), StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("ranker version 1")));
}

TEST_F(EngineTest, LoadThatFailedIsTriedAgain) {
  const std::unique_ptr<Engine> engine = NewEngine();
  ModelSpec spec = Spec();
  spec.path = folder_.Path("later.pth");
  ASSERT_OK(engine->AddModel(spec));
  EXPECT_THAT(engine->Acquire("ranker"), StatusIs(kNotFound, HasSubstr("later.pth")));
  folder_.Write("later.pth", "bytes");
  EXPECT_THAT(engine->Acquire("ranker"), IsOk());
}

TEST_F(EngineTest, ModelsSaysWhatIsLoaded) {
  const std::unique_ptr<Engine> engine = NewEngine();
  ASSERT_OK(engine->AddModel(Spec(2)));
  ASSERT_OK(engine->AddModel(Spec(1)));
  ASSERT_OK(engine->Acquire("ranker"));
  const std::vector<Engine::ModelInfo> models = engine->Models();
  ASSERT_EQ(models.size(), 2);
  EXPECT_EQ(models[0].spec.version, 1);
  EXPECT_FALSE(models[0].loaded);
  EXPECT_TRUE(models[1].loaded);
}

TEST_F(EngineTest, RepositoryIsReadAndNothingLoaded) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Engine> engine,
                       Engine::Create({.registry = registry_, .model_repository = folder_.path()}));
  EXPECT_EQ(engine->Models().size(), 1);
  EXPECT_EQ(loader_->loads, 0);
  EXPECT_THAT(engine->Acquire("ranker"), IsOk());
}

TEST_F(EngineTest, AbsentRepositoryIsNotFound) {
  EXPECT_THAT(Engine::Create({.registry = registry_, .model_repository = "/no/such/folder"}),
              StatusIs(kNotFound, HasSubstr("/no/such/folder")));
}

TEST_F(EngineTest, BadModelJsonIsInvalid) {
  folder_.Write("ranker/model.json", "{");
  EXPECT_THAT(Engine::Create({.registry = registry_, .model_repository = folder_.path()}),
              StatusIs(kInvalid, HasSubstr("ranker/model.json")));
}

TEST_F(EngineTest, NoRegistryIsInvalid) {
  EXPECT_THAT(Engine::Create({}), StatusIs(kInvalid, HasSubstr("registry is null")));
}

TEST_F(EngineTest, EightThreadsAcquireAndRunOneLoad) {
  const std::unique_ptr<Engine> engine = NewEngine();
  ASSERT_OK(engine->AddModel(Spec()));
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const absl::StatusOr<ServableHandle> handle = engine->Acquire("ranker");
      ASSERT_THAT(handle, IsOk());
      EXPECT_THAT((*handle)->Run({at::ones({1, 2})}), IsOk());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(loader_->loads, 1);
}

}  // namespace
}  // namespace loadstone
