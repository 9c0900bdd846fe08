#include "engine/engine.h"

#include <ATen/ops/ones.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/base/status_matchers.h"
#include "engine/testing/fakes.h"
#include "engine/testing/temp_folder.h"

namespace loadstone {
namespace {

using ::testing::AllOf;
using testing::BlockDef;
using testing::FakeDevice;
using testing::FakeLoader;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::LinearDef;
using testing::StatusIs;
using testing::TempFolder;

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
  EXPECT_THAT(
      handle->Run({at::ones({1, 7})}),
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

TEST_F(EngineTest, FileThatShrinksDuringItsLoadIsDataLossWhateverTheLoaderSays) {
  ASSERT_OK(
      registry_->AddLoader(std::make_unique<FakeLoader>("shrinking", absl::InvalidArgumentError("by name only"),
                                                        [](const ByteSource& source) -> absl::StatusOr<ModelContent> {
                                                          std::filesystem::resize_file(source.path(), 0);
                                                          return absl::InvalidArgumentError("is all zeros");
                                                        })));
  const std::unique_ptr<Engine> engine = NewEngine();
  ModelSpec spec = Spec();
  spec.loader = "shrinking";
  ASSERT_OK(engine->AddModel(spec));
  EXPECT_THAT(engine->Acquire("ranker"), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("shrank")));
}

TEST_F(EngineTest, LoaderIsGivenTheLimitsOfTheSpec) {
  uint64_t given = 0;
  ASSERT_OK(registry_->AddLoader(std::make_unique<FakeLoader>("limited", absl::InvalidArgumentError("by name only"),
                                                              [&given](const ByteSource& source) {
                                                                given = source.limits().pickle_bytes;
                                                                return ReadBlock(source);
                                                              })));
  const std::unique_ptr<Engine> engine = NewEngine();
  ModelSpec spec = Spec();
  spec.loader = "limited";
  spec.limits.pickle_bytes = 17;
  ASSERT_OK(engine->AddModel(spec));
  ASSERT_OK(engine->Acquire("ranker"));
  EXPECT_EQ(given, 17);
}

// A block whose second layer is of a class that plugins bring.
absl::StatusOr<ModelContent> ReadRanker(const ByteSource& source) {
  auto layer = std::make_shared<ModuleDef>();
  layer->class_name = "shop.Layer";
  return BlockDef({{"layer", layer}});
}

// Each library brings a class "shop.Layer", whose extra_repr is the library's name.
absl::Status InstallLayer(const std::string& library, PluginRegistry& registry) {
  return registry.Install(library, [&library](PluginRegistry& r) {
    ModuleClass layer = testing::BlockClass();
    layer.name = "shop.Layer";
    layer.build = [library, build = layer.build](ModuleParts parts) {
      parts.attributes.push_back({"extra", library});
      return build(std::move(parts));
    };
    return r.AddModuleClass(std::move(layer));
  });
}

class EnginePluginsTest : public EngineTest {
 protected:
  EnginePluginsTest() {
    EXPECT_OK(registry_->AddLoader(std::make_unique<FakeLoader>("ranker", absl::OkStatus(), ReadRanker)));
  }
  ModelSpec Ranker(std::string name, std::vector<std::string> plugins) const {
    return {.name = std::move(name), .path = path_, .loader = "ranker", .plugins = std::move(plugins)};
  }
};

TEST_F(EnginePluginsTest, TwoModelsUseDifferentClassesOfOneName) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Engine> engine,
                       Engine::Create({.registry = registry_, .install_plugin = InstallLayer}));
  ASSERT_OK(engine->AddModel(Ranker("one", {"one.so"})));
  ASSERT_OK(engine->AddModel(Ranker("two", {"two.so"})));
  ASSERT_OK_AND_ASSIGN(const ServableHandle one, engine->Acquire("one"));
  ASSERT_OK_AND_ASSIGN(const ServableHandle two, engine->Acquire("two"));
  EXPECT_THAT(one->module().ToString(), HasSubstr("one.so"));
  EXPECT_THAT(two->module().ToString(), HasSubstr("two.so"));
}

TEST_F(EnginePluginsTest, ModelWithoutPluginsDoesNotSeeThoseOfOthers) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Engine> engine,
                       Engine::Create({.registry = registry_, .install_plugin = InstallLayer}));
  ASSERT_OK(engine->AddModel(Ranker("one", {"one.so"})));
  ASSERT_OK(engine->AddModel(Ranker("none", {})));
  ASSERT_OK(engine->Acquire("one"));
  EXPECT_THAT(engine->Acquire("none"), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("shop.Layer")));
}

TEST_F(EnginePluginsTest, TwoPluginsOfOneModelThatBringOneNameAreRefused) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Engine> engine,
                       Engine::Create({.registry = registry_, .install_plugin = InstallLayer}));
  ASSERT_OK(engine->AddModel(Ranker("one", {"one.so", "two.so"})));
  EXPECT_THAT(engine->Acquire("one"), StatusIs(absl::StatusCode::kAlreadyExists,
                                               AllOf(HasSubstr("model one"), HasSubstr("by one.so and by two.so"))));
}

TEST_F(EnginePluginsTest, PluginsOfTheEngineServeEveryModel) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Engine> engine,
                       Engine::Create({.registry = registry_, .install_plugin = InstallLayer, .plugins = {"all.so"}}));
  ASSERT_OK(engine->AddModel(Ranker("one", {})));
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine->Acquire("one"));
  EXPECT_THAT(model->module().ToString(), HasSubstr("all.so"));
}

TEST_F(EnginePluginsTest, PluginOfAModelThatTakesANameOfTheEnginesIsRefused) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Engine> engine,
                       Engine::Create({.registry = registry_, .install_plugin = InstallLayer, .plugins = {"all.so"}}));
  ASSERT_OK(engine->AddModel(Ranker("one", {"one.so"})));
  EXPECT_THAT(engine->Acquire("one"), StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("by all.so and by one.so")));
}

TEST_F(EnginePluginsTest, PluginsWithoutInstallPluginAreRefused) {
  const std::unique_ptr<Engine> engine = NewEngine();
  ASSERT_OK(engine->AddModel(Ranker("one", {"one.so"})));
  EXPECT_THAT(engine->Acquire("one"),
              StatusIs(absl::StatusCode::kFailedPrecondition, AllOf(HasSubstr("one.so"), HasSubstr("install_plugin"))));
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
