#include "engine/internal/model_loading.h"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include "engine/base/status_matchers.h"
#include "engine/class_provider.h"
#include "engine/testing/fakes.h"
#include "engine/testing/temp_folder.h"

namespace loadstone {
namespace {

using testing::FakeDevice;
using testing::FakeLoader;
using testing::LinearDef;
using testing::StatusIs;
using testing::TempFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
using Content = absl::StatusOr<ModelContent>;

class ChooseLoaderTest : public ::testing::Test {
 protected:
  void Add(const char* name, absl::Status can_load) {
    ASSERT_OK(registry_.AddLoader(std::make_unique<FakeLoader>(name, std::move(can_load))));
  }
  absl::StatusOr<std::string> Choose(std::string loader = "") {
    const absl::StatusOr<const Loader*> chosen = ChooseLoader({.loader = std::move(loader)}, *source_, registry_);
    if (!chosen.ok()) return chosen.status();
    return std::string((*chosen)->name());
  }

  const std::shared_ptr<ByteSource> source_ = ByteSource::FromBytes("bytes", "model.bin");
  PluginRegistry registry_;
};

TEST_F(ChooseLoaderTest, TheOnlyOneThatUnderstandsIsTaken) {
  Add("a", absl::InvalidArgumentError("no zip"));
  Add("b", absl::OkStatus());
  EXPECT_THAT(Choose(), testing::IsOkAndHolds("b"));
}

TEST_F(ChooseLoaderTest, NoneSaysWhatTheFileIsOnce) {
  Add("a", absl::InvalidArgumentError("it is a picture"));
  Add("b", absl::InvalidArgumentError("it is a picture"));
  Add("c", absl::InvalidArgumentError("it has no header"));
  EXPECT_THAT(Choose(), StatusIs(kInvalid, "model.bin: it is a picture; it has no header"));
}

TEST_F(ChooseLoaderTest, TwoThatUnderstandAreNamed) {
  Add("a", absl::OkStatus());
  Add("b", absl::OkStatus());
  EXPECT_THAT(Choose(), StatusIs(kInvalid, HasSubstr("loaders a and b both understand it")));
}

TEST_F(ChooseLoaderTest, BrokenFileIsLoadedByNobody) {
  Add("a", absl::OkStatus());
  Add("b", absl::PermissionDeniedError("calls os.system"));
  Add("c", absl::InvalidArgumentError("no zip"));
  EXPECT_THAT(Choose(), StatusIs(absl::StatusCode::kPermissionDenied, "model.bin: calls os.system"));
}

TEST_F(ChooseLoaderTest, BrokenFileIsNoMatterOfOtherFormats) {
  Add("a", absl::InvalidArgumentError("no zip"));
  Add("b", absl::DataLossError("cut short"));
  EXPECT_THAT(Choose(), StatusIs(absl::StatusCode::kDataLoss, "model.bin: cut short"));
}

TEST_F(ChooseLoaderTest, NamedLoaderIsNotAsked) {
  Add("a", absl::InvalidArgumentError("no zip"));
  Add("b", absl::OkStatus());
  EXPECT_THAT(Choose("a"), testing::IsOkAndHolds("a"));
}

TEST_F(ChooseLoaderTest, UnknownNameIsNotFound) {
  Add("state_dict", absl::OkStatus());
  EXPECT_THAT(Choose("state_dcit"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("did you mean state_dict?")));
}

TEST_F(ChooseLoaderTest, NoLoaderAtAllIsFailedPrecondition) {
  EXPECT_THAT(Choose(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("no loader is registered")));
}

class LoadModelTest : public ::testing::Test {
 protected:
  LoadModelTest() {
    spec_.name = "net";
    spec_.path = folder_.Write("model.pth", "bytes");
    EXPECT_OK(registry_->AddDevice(std::make_unique<FakeDevice>("cpu")));
  }
  absl::StatusOr<std::shared_ptr<const Servable>> Load(FakeLoader::Content content) {
    const absl::Status added =
        registry_->AddLoader(std::make_unique<FakeLoader>("fake", absl::OkStatus(), std::move(content)));
    if (!added.ok()) return added;
    return LoadModel(spec_, registry_);
  }
  static Content Weights(const ByteSource&) {
    return StateDict{.entries = {{"weight", at::ones({3, 2})}, {"bias", at::ones({3})}}};
  }

  const TempFolder folder_;
  const std::shared_ptr<PluginRegistry> registry_ = testing::NewRegistry();
  ModelSpec spec_;
};

TEST_F(LoadModelTest, WholeModuleIsBuilt) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Servable> servable,
                       Load([](const ByteSource&) -> Content { return LinearDef(2, 3); }));
  EXPECT_EQ(servable->module().class_name(), "tiny.Linear");
  EXPECT_EQ(servable->report().loader, "fake");
  EXPECT_EQ(servable->name(), "net");
}

TEST_F(LoadModelTest, WeightsAreBoundToTheArchitecture) {
  spec_.architecture = Architecture{"tiny.Linear", {{2, 3}, {}}};
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Servable> servable, Load(Weights));
  EXPECT_EQ(servable->module().FindParameter("weight")->sum().item<float>(), 6.0f);
}

TEST_F(LoadModelTest, WeightsWithoutAnArchitectureAreInvalid) {
  EXPECT_THAT(Load(Weights), StatusIs(kInvalid, AllOf(HasSubstr("model.pth: "), HasSubstr("2 weights"),
                                                      HasSubstr("first key weight"), HasSubstr("\"architecture\""))));
}

// Takes every state dict for a tiny.Linear(2, `out_features`).
ArchitectureRecognizer TakesAllForLinear(int out_features) {
  return {.name = "tiny", .recognize = [out_features](const TensorShapes&) -> absl::StatusOr<std::optional<Architecture>> {
            return Architecture{"tiny.Linear", {{2, out_features}, {}}};
          }};
}

TEST_F(LoadModelTest, RecognisedWeightsAreLoadedAndReported) {
  ASSERT_OK(registry_->AddArchitectureRecognizer(TakesAllForLinear(3)));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Servable> servable, Load(Weights));
  EXPECT_EQ(servable->module().class_name(), "tiny.Linear");
  EXPECT_EQ(servable->report().recognized, "tiny.Linear(2, 3), by tiny");
}

TEST_F(LoadModelTest, GivenArchitectureIsNotRecognised) {
  ASSERT_OK(registry_->AddArchitectureRecognizer(TakesAllForLinear(4)));
  spec_.architecture = Architecture{"tiny.Linear", {{2, 3}, {}}};
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Servable> servable, Load(Weights));
  EXPECT_EQ(servable->report().recognized, "");
}

TEST_F(LoadModelTest, RecognisedWeightsThatDoNotFitSayHowTheyWereRecognised) {
  ASSERT_OK(registry_->AddArchitectureRecognizer(TakesAllForLinear(4)));
  EXPECT_THAT(Load(Weights), StatusIs(kInvalid, AllOf(HasSubstr("recognised as tiny.Linear(2, 4), by tiny: "),
                                                      HasSubstr("weight: [3, 2] in the file, [4, 2] in the model"))));
}

TEST_F(LoadModelTest, FolderIsLoadedFromItsWeights) {
  ASSERT_OK(registry_->AddFolderFormat(
      {.name = "hub", .open = [](const ModelSpec& folder) -> absl::StatusOr<std::optional<ModelSpec>> {
         ModelSpec file = folder;
         file.path += "/model.pth";
         file.architecture = Architecture{"tiny.Linear", {{2, 3}, {}}};
         return file;
       }}));
  spec_.path = folder_.path();
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Servable> servable, Load(Weights));
  EXPECT_EQ(servable->module().class_name(), "tiny.Linear");
  EXPECT_EQ(servable->spec().path, folder_.path());
}

TEST_F(LoadModelTest, WholeModuleWithAnArchitectureIsInvalid) {
  spec_.architecture = Architecture{"tiny.Block", {}};
  EXPECT_THAT(Load([](const ByteSource&) -> Content { return LinearDef(2, 3); }),
              StatusIs(kInvalid, HasSubstr("no architecture (tiny.Block) can be given")));
}

TEST_F(LoadModelTest, UnknownArchitectureIsFailedPrecondition) {
  spec_.architecture = Architecture{"tiny.Liner", {{2, 3}, {}}};
  EXPECT_THAT(Load(Weights), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("did you mean tiny.Linear?")));
}

// Has tiny.Linear under the name of the folder it was opened for.
class FolderProvider : public ClassProvider {
 public:
  explicit FolderProvider(const std::string& path) : name_(path + ".Linear") {}
  absl::StatusOr<const ModuleClass*> Find(absl::string_view name) const override {
    return name == name_ ? &linear_ : nullptr;
  }
  absl::Status Seal() const override {
    return name_ == "unsealed.Linear" ? absl::UnimplementedError("code.py:1:1: unsupported") : absl::OkStatus();
  }

 private:
  const std::string name_;
  const ModuleClass linear_ = testing::LinearClass();
};

absl::StatusOr<std::shared_ptr<const ClassProvider>> OpenFolder(const std::string& path,
                                                                std::shared_ptr<const PluginRegistry>) {
  if (path == "absent") return absl::NotFoundError("no folder absent");
  return std::make_shared<const FolderProvider>(path);
}

TEST_F(LoadModelTest, ClassesComeFromTheSourceOfTheModel) {
  ASSERT_OK(registry_->AddClassSource({.name = "folders", .open = OpenFolder}));
  spec_.source = "code";
  spec_.architecture = Architecture{"code.Linear", {{2, 3}, {}}};
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Servable> servable, Load(Weights));
  EXPECT_EQ(servable->module().FindParameter("weight")->sum().item<float>(), 6.0f);
  EXPECT_FALSE(registry_->HasModuleClass("code.Linear"));
}

TEST_F(LoadModelTest, WhatTheClassesCannotRunIsAnErrorOfTheLoad) {
  ASSERT_OK(registry_->AddClassSource({.name = "folders", .open = OpenFolder}));
  spec_.source = "unsealed";
  spec_.architecture = Architecture{"unsealed.Linear", {{2, 3}, {}}};
  EXPECT_THAT(Load(Weights), StatusIs(absl::StatusCode::kUnimplemented,
                                      AllOf(HasSubstr("model.pth: "), HasSubstr("code.py:1:1: unsupported"))));
}

TEST_F(LoadModelTest, SourceThatCannotBeOpenedIsTheError) {
  ASSERT_OK(registry_->AddClassSource({.name = "folders", .open = OpenFolder}));
  spec_.source = "absent";
  EXPECT_THAT(Load(Weights), StatusIs(absl::StatusCode::kNotFound, HasSubstr("no folder absent")));
}

TEST_F(LoadModelTest, SourceWithoutAClassSourceIsFailedPrecondition) {
  spec_.source = "code";
  EXPECT_THAT(Load(Weights), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("no class source is registered")));
}

TEST_F(LoadModelTest, LenientLoadReportsWhatItLeftOut) {
  spec_.architecture = Architecture{"tiny.Linear", {{2, 3, false}, {}}};
  spec_.strictness = Strictness::kLenient;
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Servable> servable, Load(Weights));
  EXPECT_THAT(servable->report().unexpected_keys, ::testing::ElementsAre("bias"));
}

TEST_F(LoadModelTest, AbsentFileIsNotFound) {
  spec_.path = folder_.Path("modle.pth");
  EXPECT_THAT(Load(Weights), StatusIs(absl::StatusCode::kNotFound, HasSubstr("did you mean model.pth?")));
}

TEST_F(LoadModelTest, ErrorOfTheLoaderNamesTheFile) {
  EXPECT_THAT(Load([](const ByteSource&) -> Content { return absl::DataLossError("cut short"); }),
              StatusIs(absl::StatusCode::kDataLoss, AllOf(HasSubstr("model.pth: "), HasSubstr("cut short"))));
}

TEST_F(LoadModelTest, LoaderThatReadsNothingIsInternal) {
  EXPECT_THAT(Load([](const ByteSource&) -> Content { return std::shared_ptr<ModuleDef>(); }),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("loader fake read nothing")));
}

TEST_F(LoadModelTest, ExceptionOfALoaderIsInternal) {
  EXPECT_THAT(Load([](const ByteSource&) -> Content { throw std::length_error("too long"); }),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("too long")));
}

TEST_F(LoadModelTest, ExceptionOfATensorOperationIsInternal) {
  EXPECT_THAT(Load([](const ByteSource&) -> Content { return StateDict{.entries = {{"a", at::zeros({-1})}}}; }),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("model.pth")));
}

TEST_F(LoadModelTest, AutoTakesTheFirstAccelerator) {
  ASSERT_OK(registry_->AddDevice(std::make_unique<FakeDevice>("fake:0")));
  ASSERT_OK(registry_->AddDevice(std::make_unique<FakeDevice>("fake:1")));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Servable> servable,
                       Load([](const ByteSource&) -> Content { return LinearDef(2, 3); }));
  EXPECT_EQ(servable->device().name(), "fake:0");
}

TEST_F(LoadModelTest, AutoFallsBackToCpu) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Servable> servable,
                       Load([](const ByteSource&) -> Content { return LinearDef(2, 3); }));
  EXPECT_EQ(servable->device().name(), "cpu");
}

TEST_F(LoadModelTest, LoaderIsToldTheDeviceThatWasChosen) {
  class HostOnly : public FakeLoader {
   public:
    using FakeLoader::FakeLoader;
    absl::StatusOr<ModelContent> Load(const ModelSpec& spec, const ByteSource& source) const override {
      return absl::UnimplementedError(absl::StrCat("not on ", spec.device));
    }
  };
  ASSERT_OK(registry_->AddDevice(std::make_unique<FakeDevice>("fake:0")));
  ASSERT_OK(registry_->AddLoader(std::make_unique<HostOnly>("host_only", absl::OkStatus())));
  EXPECT_THAT(LoadModel(spec_, registry_), StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("not on fake:0")));
  spec_.device = "fake:7,cpu";
  EXPECT_THAT(LoadModel(spec_, registry_), StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("not on cpu")));
}

TEST_F(LoadModelTest, UnknownDeviceIsNotFound) {
  spec_.device = "cpi";
  EXPECT_THAT(Load(Weights), StatusIs(absl::StatusCode::kNotFound, HasSubstr("no device 'cpi'; did you mean cpu?")));
}

TEST_F(LoadModelTest, FullDeviceIsResourceExhaustedAndNamesTheFile) {
  spec_.device = "full";
  ASSERT_OK(registry_->AddDevice(std::make_unique<FakeDevice>("full", absl::ResourceExhaustedError("no room"))));
  EXPECT_THAT(Load([](const ByteSource&) -> Content { return LinearDef(2, 3); }),
              StatusIs(absl::StatusCode::kResourceExhausted, AllOf(HasSubstr("model.pth: "), HasSubstr("no room"))));
}

}  // namespace
}  // namespace loadstone
