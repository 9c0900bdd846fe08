// Libraries that are not loaded, and what is said of each. None of their code may run.
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "engine/plugin_registry.h"
#include "engine/testing/temp_folder.h"
#include "plugins/dynamic/load_plugin.h"

namespace loadstone {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::StatusIs;
using testing::TempFolder;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr absl::StatusCode kPrecondition = absl::StatusCode::kFailedPrecondition;
constexpr absl::StatusCode kDenied = absl::StatusCode::kPermissionDenied;

std::string ReadBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string Library(absl::string_view name) { return absl::StrCat("tests/plugins/", name, ".so"); }

class RefusalsTest : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(std::getenv("LOADSTONE_TEST_PLUGIN_RAN"), nullptr); }
  absl::Status Load(const std::string& path) {
    PluginRegistry registry;
    return LoadPlugin(path, registry);
  }
  // The function that knows the plugins of `folder` only.
  absl::Status LoadFrom(const std::string& folder, const std::string& library) {
    PluginRegistry registry;
    return PluginsFrom({folder})(library, registry);
  }
  const TempFolder folder_;
};

TEST_F(RefusalsTest, OtherApiVersion) {
  EXPECT_THAT(
      Load(Library("other_api")),
      StatusIs(kPrecondition, AllOf(HasSubstr("other_api.so: built for plugin API version 999, this program has 2"),
                                    HasSubstr("build it anew"))));
}

TEST_F(RefusalsTest, OtherLibTorch) {
  EXPECT_THAT(Load(Library("other_libtorch")),
              StatusIs(kPrecondition, HasSubstr("other_libtorch.so: built for LibTorch 1.13.1, this program has 2.")));
}

TEST_F(RefusalsTest, OtherAbi) {
  EXPECT_THAT(Load(Library("other_abi")),
              StatusIs(kPrecondition, AllOf(HasSubstr("other_abi.so: built for the ABI of"),
                                            HasSubstr("cxx11 strings 0"), HasSubstr("cxx11 strings 1"))));
}

TEST_F(RefusalsTest, LibraryWithoutTheSymbol) {
  EXPECT_THAT(Load(Library("no_symbol")),
              StatusIs(kInvalid, HasSubstr("no_symbol.so: not a Loadstone plugin: it exports "
                                           "no symbol loadstone_plugin")));
}

TEST_F(RefusalsTest, SymbolThatNobodyHasIsNamedAsItsAuthorWroteIt) {
  EXPECT_THAT(
      Load(Library("unresolved")),
      StatusIs(kPrecondition, HasSubstr("unresolved.so: needs a symbol that neither this program nor its libraries "
                                        "have: loadstone::NotInTheEngine()")));
}

TEST_F(RefusalsTest, TextFile) {
  EXPECT_THAT(Load(folder_.Write("plugin.so", "int main;")),
              StatusIs(kInvalid, HasSubstr("plugin.so: not a shared library")));
}

TEST_F(RefusalsTest, ProgramWithoutTheSymbol) {
  EXPECT_THAT(Load("/proc/self/exe"), StatusIs(kInvalid, HasSubstr("no symbol loadstone_plugin")));
}

TEST_F(RefusalsTest, LibraryThatIsCutShort) {
  const std::string bytes = ReadBytes(Library("unresolved"));
  EXPECT_THAT(Load(folder_.Write("plugin.so", bytes.substr(0, bytes.size() / 2))),
              StatusIs(kInvalid, HasSubstr("plugin.so: the shared library is cut short")));
}

TEST_F(RefusalsTest, AbsentFileNamesTheNearest) {
  folder_.Write("shop.so", "");
  EXPECT_THAT(Load(folder_.Path("shopp.so")),
              StatusIs(absl::StatusCode::kNotFound, AllOf(HasSubstr("shopp.so"), HasSubstr("shop.so?"))));
}

TEST_F(RefusalsTest, FileThatAnybodyMayWriteTo) {
  const std::string path = folder_.Write("plugin.so", ReadBytes(Library("unresolved")));
  ASSERT_EQ(chmod(path.c_str(), 0666), 0);
  EXPECT_THAT(Load(path), StatusIs(kDenied, HasSubstr("plugin.so: anybody may write to it")));
}

TEST_F(RefusalsTest, FolderThatAnybodyMayWriteTo) {
  const std::string path = folder_.Write("plugin.so", ReadBytes(Library("unresolved")));
  ASSERT_EQ(chmod(folder_.path().c_str(), 0777), 0);
  EXPECT_THAT(Load(path), StatusIs(kDenied, HasSubstr("plugin.so: anybody may write to its folder")));
}

TEST_F(RefusalsTest, PathThatLeavesTheFolders) {
  folder_.Write("outside.so", "");
  folder_.Write("plugins/inside.so", "");
  EXPECT_THAT(LoadFrom(folder_.Path("plugins"), "../outside.so"),
              StatusIs(kDenied, AllOf(HasSubstr("../outside.so: leads outside of the plugin folders"),
                                      HasSubstr(folder_.Path("plugins")))));
  EXPECT_THAT(LoadFrom(folder_.Path("plugins"), folder_.Path("outside.so")),
              StatusIs(kDenied, HasSubstr("outside.so")));
}

TEST_F(RefusalsTest, SymbolicLinkThatLeavesTheFolders) {
  folder_.Write("outside.so", "");
  folder_.Write("plugins/inside.so", "");
  fs::create_symlink("../outside.so", folder_.Path("plugins/link.so"));
  EXPECT_THAT(LoadFrom(folder_.Path("plugins"), "link.so"), StatusIs(kDenied, HasSubstr("link.so: leads outside")));
}

TEST_F(RefusalsTest, FolderWhoseNameOnlyBeginsAlike) {
  folder_.Write("plugins/inside.so", "");
  folder_.Write("plugins2/outside.so", "");
  EXPECT_THAT(LoadFrom(folder_.Path("plugins"), folder_.Path("plugins2/outside.so")),
              StatusIs(kDenied, HasSubstr("leads outside")));
}

TEST_F(RefusalsTest, NameThatNoFolderHas) {
  folder_.Write("plugins/inside.so", "");
  EXPECT_THAT(LoadFrom(folder_.Path("plugins"), "shop.so"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("shop.so: not in the plugin folders")));
  EXPECT_THAT(LoadFrom(folder_.Path("nowhere"), "shop.so"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("plugin folder")));
}

TEST_F(RefusalsTest, FileInsideTheFoldersIsChecked) {
  folder_.Write("plugins/deep/inside.so", "text");
  EXPECT_THAT(LoadFrom(folder_.Path("plugins"), "deep/inside.so"),
              StatusIs(kInvalid, HasSubstr("not a shared library")));
  EXPECT_THAT(LoadFrom(folder_.Path("plugins"), folder_.Path("plugins/deep/../deep/inside.so")),
              StatusIs(kInvalid, HasSubstr("not a shared library")));
}

}  // namespace
}  // namespace loadstone
