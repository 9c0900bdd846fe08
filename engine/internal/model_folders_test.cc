#include "engine/internal/model_folders.h"

#include <optional>
#include <string>
#include <utility>

#include "engine/base/status_matchers.h"
#include "engine/testing/temp_folder.h"

namespace loadstone {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::StatusIs;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
using Answer = absl::StatusOr<std::optional<ModelSpec>>;

// Any folder's weights are in its file `weights`, and are of tiny.Linear.
FolderFormat Knows(std::string name) {
  return {.name = std::move(name), .open = [](const ModelSpec& folder) -> Answer {
            ModelSpec opened = folder;
            opened.path += "/weights";
            opened.architecture = Architecture{"tiny.Linear", {}};
            return opened;
          }};
}

class OpenModelFolderTest : public ::testing::Test {
 protected:
  OpenModelFolderTest() { spec_.path = folder_.path(); }
  const testing::TempFolder folder_;
  PluginRegistry registry_;
  ModelSpec spec_;
};

TEST_F(OpenModelFolderTest, FileStaysAsItIs) {
  ASSERT_OK(registry_.AddFolderFormat(Knows("hub")));
  spec_.path = folder_.Write("model.pth", "bytes");
  ASSERT_OK_AND_ASSIGN(const ModelSpec opened, OpenModelFolder(spec_, registry_));
  EXPECT_EQ(opened.path, spec_.path);
  EXPECT_FALSE(opened.architecture.has_value());
}

TEST_F(OpenModelFolderTest, AbsentFileStaysToo) {
  spec_.path = folder_.Path("absent.pth");
  EXPECT_OK(OpenModelFolder(spec_, registry_));
}

TEST_F(OpenModelFolderTest, FolderBecomesItsWeightsAndArchitecture) {
  ASSERT_OK(
      registry_.AddFolderFormat({.name = "other", .open = [](const ModelSpec&) -> Answer { return std::nullopt; }}));
  ASSERT_OK(registry_.AddFolderFormat(Knows("hub")));
  ASSERT_OK_AND_ASSIGN(const ModelSpec opened, OpenModelFolder(spec_, registry_));
  EXPECT_EQ(opened.path, folder_.Path("weights"));
  EXPECT_EQ(opened.architecture->class_name, "tiny.Linear");
}

TEST_F(OpenModelFolderTest, ArchitectureOfTheSpecWins) {
  ASSERT_OK(registry_.AddFolderFormat(Knows("hub")));
  spec_.architecture = Architecture{"tiny.Block", {}};
  ASSERT_OK_AND_ASSIGN(const ModelSpec opened, OpenModelFolder(spec_, registry_));
  EXPECT_EQ(opened.architecture->class_name, "tiny.Block");
}

TEST_F(OpenModelFolderTest, UnknownFolderNamesTheFormatsThatWereAsked) {
  EXPECT_THAT(OpenModelFolder(spec_, registry_), StatusIs(kInvalid, folder_.path() + " is a folder, not a model file"));
  ASSERT_OK(
      registry_.AddFolderFormat({.name = "hub", .open = [](const ModelSpec&) -> Answer { return std::nullopt; }}));
  EXPECT_THAT(OpenModelFolder(spec_, registry_), StatusIs(kInvalid, HasSubstr("not one that hub knows")));
}

TEST_F(OpenModelFolderTest, TwoFormatsThatUnderstandAreNamed) {
  ASSERT_OK(registry_.AddFolderFormat(Knows("one")));
  ASSERT_OK(registry_.AddFolderFormat(Knows("two")));
  EXPECT_THAT(OpenModelFolder(spec_, registry_),
              StatusIs(kInvalid, HasSubstr("formats one and two both understand it")));
}

TEST_F(OpenModelFolderTest, ErrorOfAFormatNamesTheFolder) {
  ASSERT_OK(registry_.AddFolderFormat(
      {.name = "hub", .open = [](const ModelSpec&) -> Answer { return absl::DataLossError("no JSON"); }}));
  EXPECT_THAT(OpenModelFolder(spec_, registry_),
              StatusIs(absl::StatusCode::kDataLoss, AllOf(HasSubstr(folder_.path()), HasSubstr("no JSON"))));
}

}  // namespace
}  // namespace loadstone
