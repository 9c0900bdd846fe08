#include "custom_ops/python_source/source_tree/source_tree.h"

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/source_tree/source_files.h"
#include "engine/base/status_matchers.h"
#include "engine/testing/temp_folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loaders/archive/zip_builder.h"

namespace loadstone::python {
namespace {

using ::loadstone::testing::StatusIs;
using ::loadstone::testing::TempFolder;
using ::loadstone::testing::ZipEntry;
using ::loadstone::testing::ZipFile;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;
constexpr auto kNotFound = absl::StatusCode::kNotFound;
constexpr auto kPermissionDenied = absl::StatusCode::kPermissionDenied;
constexpr auto kResourceExhausted = absl::StatusCode::kResourceExhausted;

std::shared_ptr<const SourceTree> Tree(std::map<std::string, std::string> files) {
  return SourceTree::FromMemory("code", std::move(files));
}

std::string PathOf(const SourceTree& tree, absl::string_view name) {
  const auto module = tree.Find(name);
  return module.ok() ? (*module)->path : module.status().ToString();
}

std::string WriteZip(const TempFolder& folder, std::vector<ZipEntry> entries) {
  ZipFile file;
  file.entries = std::move(entries);
  return folder.Write("code.zip", ::loadstone::testing::Build(file));
}

ZipEntry Entry(std::string name, std::string content, bool deflate = true) {
  ZipEntry entry;
  entry.name = std::move(name);
  entry.content = std::move(content);
  entry.deflate = deflate;
  return entry;
}

TEST(SourceTreeTest, DottedNameIsFileOrPackage) {
  const auto tree = Tree({{"model.py", "M"}, {"a/__init__.py", "A"}, {"a/b.py", "B"}});
  ASSERT_OK_AND_ASSIGN(const auto module, tree->Find("a.b"));
  EXPECT_EQ(module->name, "a.b");
  EXPECT_EQ(module->path, "code/a/b.py");
  EXPECT_EQ(module->text, "B");
  EXPECT_FALSE(module->package);
  ASSERT_OK_AND_ASSIGN(const auto package, tree->Find("a"));
  EXPECT_EQ(package->path, "code/a/__init__.py");
  EXPECT_TRUE(package->package);
  EXPECT_EQ(PathOf(*tree, "model"), "code/model.py");
}

TEST(SourceTreeTest, PackageComesBeforeModuleAndModuleBeforeFolder) {
  const auto tree = Tree({{"a.py", ""}, {"a/__init__.py", ""}, {"b.py", ""}, {"b/inner.py", ""}});
  EXPECT_EQ(PathOf(*tree, "a"), "code/a/__init__.py");
  EXPECT_EQ(PathOf(*tree, "b"), "code/b.py");
  EXPECT_THAT(tree->Find("b.inner"), StatusIs(kNotFound, HasSubstr("code/b.py is a module, not a package")));
}

TEST(SourceTreeTest, FolderWithoutInitIsAnEmptyPackage) {
  const auto tree = Tree({{"nets/small/unet.py", "U"}});
  ASSERT_OK_AND_ASSIGN(const auto package, tree->Find("nets.small"));
  EXPECT_TRUE(package->package);
  EXPECT_EQ(package->text, "");
  EXPECT_EQ(PathOf(*tree, "nets.small.unet"), "code/nets/small/unet.py");
}

TEST(SourceTreeTest, SameNameIsSameObject) {
  const auto tree = Tree({{"a.py", ""}});
  ASSERT_OK_AND_ASSIGN(const auto once, tree->Find("a"));
  ASSERT_OK_AND_ASSIGN(const auto again, tree->Find("a"));
  EXPECT_EQ(once.get(), again.get());
}

TEST(SourceTreeTest, MissingModuleListsFilesSearchedAndNearMisses) {
  const auto tree = Tree({{"shop/ranker.py", ""}, {"shop/__init__.py", ""}});
  EXPECT_THAT(tree->Find("shop.rankr"),
              StatusIs(kNotFound, "no module 'shop.rankr' in code (searched shop/rankr/__init__.py, shop/rankr.py)"
                                  "; did you mean shop.ranker?"));
}

TEST(SourceTreeTest, ModuleThatLiesDeeperIsNamed) {
  const auto tree = Tree({{"src/nets/unet.py", ""}});
  EXPECT_THAT(tree->Find("unet"), StatusIs(kNotFound, HasSubstr("; did you mean src.nets.unet?")));
}

TEST(SourceTreeTest, FolderThatIsThePackageItselfIsSaid) {
  EXPECT_THAT(Tree({{"model.py", ""}})->Find("code.model"),
              StatusIs(kNotFound, HasSubstr("code is itself the package code: name the folder above it")));
}

TEST(SourceTreeTest, NamesThatArePathsFindNothing) {
  const TempFolder folder;
  folder.Write("secret.py", "");
  folder.Write("code/a.py", "");
  ASSERT_OK_AND_ASSIGN(const auto tree, SourceTree::Open(folder.Path("code")));
  for (const char* name : {"", ".", "..", "..secret", "../secret", "a..a", "/etc/passwd", "a/../a", "a\\a", "a."}) {
    EXPECT_THAT(tree->Find(name), StatusIs(kNotFound, HasSubstr("no module"))) << name;
  }
  EXPECT_THAT(tree->Find(absl::string_view("a\0b", 3)), StatusIs(kNotFound, HasSubstr("no module")));
  EXPECT_THAT(tree->Find(std::string(5000, 'a')), StatusIs(kNotFound, HasSubstr("no module")));
}

TEST(SourceTreeTest, FolderIsReadOnce) {
  const TempFolder folder;
  const std::string file = folder.Write("net.py", "first");
  ASSERT_OK_AND_ASSIGN(const auto tree, SourceTree::Open(folder.path() + "/"));
  EXPECT_EQ(PathOf(*tree, "net"), file);
  folder.Write("net.py", "second");
  ASSERT_OK_AND_ASSIGN(const auto module, tree->Find("net"));
  EXPECT_EQ(module->text, "first");
}

TEST(SourceTreeTest, LinkOutOfTheFolderIsRefused) {
  const TempFolder folder;
  folder.Write("outside.py", "");
  folder.Write("more/__init__.py", "");
  folder.Write("code/a.py", "");
  std::filesystem::create_symlink(folder.Path("outside.py"), folder.Path("code/b.py"));
  std::filesystem::create_symlink("../more", folder.Path("code/more"));
  ASSERT_OK_AND_ASSIGN(const auto tree, SourceTree::Open(folder.Path("code")));
  EXPECT_THAT(tree->Find("b"), StatusIs(kPermissionDenied, HasSubstr("code/b.py is a link out of its source folder")));
  EXPECT_THAT(tree->Find("more"), StatusIs(kPermissionDenied, HasSubstr("is a link out of its source folder")));
}

TEST(SourceTreeTest, LinkWithinTheFolderIsFollowed) {
  const TempFolder folder;
  folder.Write("code/a.py", "A");
  std::filesystem::create_symlink("a.py", folder.Path("code/b.py"));
  std::filesystem::create_symlink("code", folder.Path("link"));
  ASSERT_OK_AND_ASSIGN(const auto tree, SourceTree::Open(folder.Path("link")));
  ASSERT_OK_AND_ASSIGN(const auto module, tree->Find("b"));
  EXPECT_EQ(module->text, "A");
}

TEST(SourceTreeTest, FifoIsRefusedWithoutWaiting) {
  const TempFolder folder;
  ASSERT_EQ(mkfifo(folder.Path("a.py").c_str(), 0600), 0);
  ASSERT_OK_AND_ASSIGN(const auto tree, SourceTree::Open(folder.path()));
  EXPECT_THAT(tree->Find("a"), StatusIs(kInvalidArgument, HasSubstr("is not a regular file")));
}

TEST(SourceTreeTest, LargeFileIsRefused) {
  const TempFolder folder;
  folder.Write("a.py", "");
  std::filesystem::resize_file(folder.Path("a.py"), kLargestSourceFile + 1);
  ASSERT_OK_AND_ASSIGN(const auto tree, SourceTree::Open(folder.path()));
  EXPECT_THAT(tree->Find("a"), StatusIs(kResourceExhausted, HasSubstr("a.py has 8388609 bytes, limit 8388608")));
}

TEST(SourceTreeTest, ManyLargeFilesAreRefused) {
  const TempFolder folder;
  for (int i = 0; i < 9; ++i) {
    std::filesystem::resize_file(folder.Write(absl::StrCat("a", i, ".py"), ""), kLargestSourceFile);
  }
  ASSERT_OK_AND_ASSIGN(const auto tree, SourceTree::Open(folder.path()));
  for (int i = 0; i < 8; ++i) EXPECT_OK(tree->Find(absl::StrCat("a", i)));
  EXPECT_THAT(tree->Find("a8"), StatusIs(kResourceExhausted, HasSubstr("more than 67108864 bytes of source")));
}

TEST(SourceTreeTest, MissingRootIsNotFound) {
  EXPECT_THAT(SourceTree::Open("/nowhere/code"), StatusIs(kNotFound, HasSubstr("/nowhere/code")));
  EXPECT_THAT(SourceTree::Open("/nowhere/model.py"), StatusIs(kNotFound, HasSubstr("/nowhere")));
}

TEST(SourceTreeTest, OneFileIsATreeOfOneModule) {
  const TempFolder folder;
  const std::string path = folder.Write("my_net.py", "text");
  folder.Write("other.py", "");
  ASSERT_OK_AND_ASSIGN(const auto tree, SourceTree::Open(path));
  EXPECT_EQ(tree->OnlyModule(), "my_net");
  EXPECT_EQ(PathOf(*tree, "my_net"), path);
  EXPECT_THAT(tree->Find("other"), StatusIs(kNotFound, HasSubstr("; there is my_net")));
}

TEST(SourceTreeTest, SeveralModulesHaveNoOnlyOne) {
  EXPECT_EQ(Tree({{"a.py", ""}, {"b.py", ""}})->OnlyModule(), "");
  EXPECT_EQ(Tree({{"a.py", ""}, {"notes.txt", ""}})->OnlyModule(), "a");
}

TEST(SourceTreeTest, ModulesThatDefineAClassAreFound) {
  const auto tree = Tree({{"a.py", "class Net(nn.Module):\n"},
                          {"b/__init__.py", "x = 1\ndef Net():\n"},
                          {"c.py", "class Network:\n  class Net:\n"},
                          {"d.py", "# class Net\nfrom a import Net\n"}});
  EXPECT_THAT(tree->ModulesThatDefine("Net"), ElementsAre("a", "b"));
}

TEST(SourceTreeTest, ZipIsATree) {
  const TempFolder folder;
  const std::string path =
      WriteZip(folder, {Entry("pkg/", "", false), Entry("pkg/__init__.py", "P"), Entry("pkg/net.py", "stored", false),
                        Entry("weights.bin", "x")});
  ASSERT_OK_AND_ASSIGN(const auto tree, SourceTree::Open(path));
  ASSERT_OK_AND_ASSIGN(const auto package, tree->Find("pkg"));
  EXPECT_EQ(package->text, "P");
  EXPECT_EQ(package->path, path + "/pkg/__init__.py");
  ASSERT_OK_AND_ASSIGN(const auto module, tree->Find("pkg.net"));
  EXPECT_EQ(module->text, "stored");
}

TEST(SourceTreeTest, ZipEntriesOutsideOrLinksAreRefused) {
  const TempFolder folder;
  for (const char* name : {"../a.py", "a/../../b.py", "/etc/a.py", "C:/a.py", "a\\b.py"}) {
    EXPECT_THAT(SourceTree::Open(WriteZip(folder, {Entry("ok.py", ""), Entry(name, "")})),
                StatusIs(kDataLoss, AllOf(HasSubstr("code.zip"), HasSubstr("leads out of the archive"))))
        << name;
  }
  ZipEntry link = Entry("a.py", "/etc/passwd");
  link.attributes = uint32_t{0120777} << 16;
  EXPECT_THAT(SourceTree::Open(WriteZip(folder, {link})), StatusIs(kInvalidArgument, HasSubstr("a.py is a link")));
}

TEST(SourceTreeTest, ZipBombIsRefused) {
  const TempFolder folder;
  EXPECT_THAT(SourceTree::Open(WriteZip(folder, {Entry("a.py", std::string(kLargestSourceFile + 1, ' '))})),
              StatusIs(kResourceExhausted, HasSubstr("a.py has 8388609 bytes")));
  std::vector<ZipEntry> entries;
  for (int i = 0; i < 9; ++i) entries.push_back(Entry(absl::StrCat(i, ".py"), std::string(kLargestSourceFile, ' ')));
  EXPECT_THAT(SourceTree::Open(WriteZip(folder, entries)), StatusIs(kResourceExhausted, HasSubstr("inflate")));
}

TEST(SourceTreeTest, DamagedZipIsDataLoss) {
  const TempFolder folder;
  ZipEntry entry = Entry("a.py", "text");
  entry.crc32 = 1234;
  EXPECT_THAT(SourceTree::Open(WriteZip(folder, {entry})), StatusIs(kDataLoss, HasSubstr("CRC")));
  EXPECT_THAT(SourceTree::Open(folder.Write("code.tgz", "\x1f\x8b")),
              StatusIs(kInvalidArgument, HasSubstr("code.tgz is no folder, .py file or zip")));
}

}  // namespace
}  // namespace loadstone::python
