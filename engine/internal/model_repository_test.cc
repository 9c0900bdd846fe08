#include "engine/internal/model_repository.h"

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "engine/testing/temp_folder.h"

namespace loadstone {
namespace {

using testing::IsOk;
using testing::StatusIs;
using testing::TempFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

std::vector<std::string> Versions(const std::vector<ModelSpec>& specs) {
  std::vector<std::string> versions;
  for (const ModelSpec& spec : specs) versions.push_back(absl::StrCat(spec.name, "/", spec.version));
  return versions;
}

TEST(ReadModelRepositoryTest, EveryVersionOfEveryModelInOrderOfNameAndNumber) {
  const TempFolder folder;
  folder.Write("ranker/2/model.pth", "");
  folder.Write("ranker/10/model.pth", "");
  folder.Write("digits/1/model.pt", "");
  ASSERT_OK_AND_ASSIGN(const std::vector<ModelSpec> specs, ReadModelRepository(folder.path()));
  EXPECT_THAT(Versions(specs), ElementsAre("digits/1", "ranker/2", "ranker/10"));
  EXPECT_EQ(specs[0].path, folder.Path("digits/1/model.pt"));
}

TEST(ReadModelRepositoryTest, OtherFoldersAndFilesAreNoVersions) {
  const TempFolder folder;
  folder.Write("ranker/1/model.pth", "");
  folder.Write("ranker/0/model.pth", "");
  folder.Write("ranker/-1/model.pth", "");
  folder.Write("ranker/+2/model.pth", "");
  folder.Write("ranker/ 3/model.pth", "");
  folder.Write("ranker/old/model.pth", "");
  folder.Write("ranker/99999999999999999999/model.pth", "");
  folder.Write("ranker/4", "a file");
  folder.Write("README.md", "a file");
  ASSERT_OK_AND_ASSIGN(const std::vector<ModelSpec> specs, ReadModelRepository(folder.path()));
  EXPECT_THAT(Versions(specs), ElementsAre("ranker/1"));
}

TEST(ReadModelRepositoryTest, EmptyFolderHasNoModels) {
  const TempFolder folder;
  ASSERT_OK_AND_ASSIGN(const std::vector<ModelSpec> specs, ReadModelRepository(folder.path()));
  EXPECT_THAT(specs, IsEmpty());
}

class RepositoryLinksTest : public ::testing::Test {
 protected:
  RepositoryLinksTest() {
    inside_.Write("ranker/1/model.pth", "");
    outside_.Write("ranker/1/model.pth", "");
    outside_.Write("model.json", "{}");
  }
  void Link(const std::string& name, const std::string& target) const {
    std::filesystem::remove_all(inside_.Path(name));
    std::filesystem::create_symlink(target, inside_.Path(name));
  }
  void ExpectLeadsOut(absl::string_view name) const {
    EXPECT_THAT(ReadModelRepository(inside_.path()),
                StatusIs(kInvalid, AllOf(HasSubstr(inside_.Path(name) + " leads to "), HasSubstr("outside of"))));
  }

  const TempFolder inside_;
  const TempFolder outside_;
};

TEST_F(RepositoryLinksTest, ModelThatLeadsOutIsInvalid) {
  Link("ranker", outside_.Path("ranker"));
  ExpectLeadsOut("ranker");
}

TEST_F(RepositoryLinksTest, VersionThatLeadsOutIsInvalid) {
  Link("ranker/1", outside_.Path("ranker/1"));
  ExpectLeadsOut("ranker/1");
}

TEST_F(RepositoryLinksTest, FileThatLeadsOutIsInvalid) {
  Link("ranker/1/model.pth", outside_.Path("ranker/1/model.pth"));
  ExpectLeadsOut("ranker/1/model.pth");
}

TEST_F(RepositoryLinksTest, ModelJsonThatLeadsOutIsInvalid) {
  Link("ranker/model.json", outside_.Path("model.json"));
  ExpectLeadsOut("ranker/model.json");
}

TEST_F(RepositoryLinksTest, DotsThatLeadOutAreInvalid) {
  Link("ranker/1/model.pth",
       absl::StrCat("../../../", std::filesystem::path(outside_.path()).filename().string(), "/ranker/1/model.pth"));
  ExpectLeadsOut("ranker/1/model.pth");
}

TEST_F(RepositoryLinksTest, FileOfAFolderThatLeadsOutIsInvalid) {
  std::filesystem::remove(inside_.Path("ranker/1/model.pth"));
  inside_.Write("ranker/1/model.hf/config.json", "{}");
  Link("ranker/1/model.hf/model.safetensors", outside_.Path("model.json"));
  ExpectLeadsOut("ranker/1/model.hf/model.safetensors");
}

TEST_F(RepositoryLinksTest, FolderWhoseNameTheRootBeginsIsOutside) {
  const TempFolder parent;
  parent.Write("models/ranker/1/x", "");
  parent.Write("models-of-others/model.pth", "");
  std::filesystem::create_symlink(parent.Path("models-of-others/model.pth"), parent.Path("models/ranker/1/model.pth"));
  EXPECT_THAT(ReadModelRepository(parent.Path("models")), StatusIs(kInvalid, HasSubstr("outside of")));
}

TEST_F(RepositoryLinksTest, LinkToNowhereIsInvalid) {
  Link("ranker/1/model.pth", "absent");
  EXPECT_THAT(ReadModelRepository(inside_.path()), StatusIs(kInvalid, HasSubstr("cannot resolve")));
}

// As Kubernetes mounts a volume, and as versions are often shared.
TEST_F(RepositoryLinksTest, LinksWithinTheRootAreFollowed) {
  inside_.Write("..data/digits/1/model.pth", "");
  Link("digits", "..data/digits");
  Link("ranker/2", "1");
  ASSERT_OK_AND_ASSIGN(const std::vector<ModelSpec> specs, ReadModelRepository(inside_.path()));
  EXPECT_THAT(Versions(specs), ElementsAre("digits/1", "ranker/1", "ranker/2"));
}

TEST_F(RepositoryLinksTest, RootItselfMayBeALink) {
  const TempFolder parent;
  std::filesystem::create_symlink(inside_.path(), parent.Path("models"));
  ASSERT_OK_AND_ASSIGN(const std::vector<ModelSpec> specs, ReadModelRepository(parent.Path("models")));
  EXPECT_THAT(Versions(specs), ElementsAre("ranker/1"));
}

TEST(ReadModelRepositoryTest, AbsentFolderIsNotFound) {
  EXPECT_THAT(ReadModelRepository("/no/such/folder"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/no/such/folder")));
}

TEST(ReadModelRepositoryTest, TwoFoldersOfOneVersionAreNamed) {
  const TempFolder folder;
  folder.Write("ranker/1/model.pth", "");
  folder.Write("ranker/01/model.pth", "");
  EXPECT_THAT(ReadModelRepository(folder.path()),
              StatusIs(kInvalid, AllOf(HasSubstr("ranker/01 and "), HasSubstr("are both version 1"))));
}

TEST(ReadModelRepositoryTest, VersionWithoutAModelFileIsInvalid) {
  const TempFolder folder;
  folder.Write("ranker/1/weights.pth", "");
  EXPECT_THAT(ReadModelRepository(folder.path()), StatusIs(kInvalid, HasSubstr("ranker/1 holds 0 files named model.*")));
}

TEST(ReadModelRepositoryTest, VersionWithTwoModelFilesIsInvalid) {
  const TempFolder folder;
  folder.Write("ranker/1/model.pth", "");
  folder.Write("ranker/1/model.safetensors", "");
  EXPECT_THAT(ReadModelRepository(folder.path()), StatusIs(kInvalid, HasSubstr("holds 2 files")));
}

TEST(ReadModelRepositoryTest, ModelJsonIsForEveryVersion) {
  const TempFolder folder;
  folder.Write("ranker/model.json", R"({"device": "cpu"})");
  folder.Write("ranker/1/model.pth", "");
  folder.Write("ranker/2/model.pth", "");
  ASSERT_OK_AND_ASSIGN(const std::vector<ModelSpec> specs, ReadModelRepository(folder.path()));
  EXPECT_EQ(specs[0].device, "cpu");
  EXPECT_EQ(specs[1].device, "cpu");
}

TEST(ReadModelRepositoryTest, MistakeInModelJsonNamesFileAndField) {
  const TempFolder folder;
  folder.Write("ranker/model.json", R"({"device": 3})");
  EXPECT_THAT(ReadModelRepository(folder.path()),
              StatusIs(kInvalid, AllOf(HasSubstr("ranker/model.json"), HasSubstr("'device'"))));
}

TEST(ReadModelRepositoryTest, ModelJsonThatIsAFolderIsInvalid) {
  const TempFolder folder;
  folder.Write("ranker/model.json/x", "");
  EXPECT_THAT(ReadModelRepository(folder.path()), StatusIs(kInvalid, HasSubstr("model.json is a folder")));
}

TEST(ReadModelRepositoryTest, ModelJsonThatIsAFifoIsInvalidAndDoesNotHang) {
  const TempFolder folder;
  folder.Write("ranker/1/model.pth", "");
  ASSERT_EQ(mkfifo(folder.Path("ranker/model.json").c_str(), 0600), 0);
  EXPECT_THAT(ReadModelRepository(folder.path()), StatusIs(kInvalid, HasSubstr("not a regular file")));
}

TEST(ReadModelRepositoryTest, ModelJsonThatLeadsNowhereIsInvalid) {
  const TempFolder folder;
  folder.Write("ranker/1/model.pth", "");
  std::filesystem::create_symlink("nowhere", folder.Path("ranker/model.json"));
  EXPECT_THAT(ReadModelRepository(folder.path()), StatusIs(kInvalid, HasSubstr("cannot resolve")));
}

absl::Status Apply(absl::string_view text) {
  ModelSpec spec;
  return ApplyModelJson(text, spec);
}

TEST(ApplyModelJsonTest, EveryFieldIsApplied) {
  ModelSpec spec;
  ASSERT_OK(ApplyModelJson(R"({
    "loader": "state_dict",
    "architecture": {"class": "shop.Ranker", "args": {"width": 3}},
    "strict": false,
    "weights_key": "ema.state_dict",
    "key_renames": {"module.": "", "a.": "b."},
    "ignore_hooks": true,
    "device": "cuda:1",
    "plugins": ["shop.so", "extra.so"]
  })", spec));
  EXPECT_EQ(spec.loader, "state_dict");
  ASSERT_TRUE(spec.architecture.has_value());
  EXPECT_EQ(spec.architecture->class_name, "shop.Ranker");
  EXPECT_EQ(spec.architecture->arguments.keyword.front().name, "width");
  EXPECT_EQ(spec.strictness, Strictness::kLenient);
  EXPECT_EQ(spec.weights_key, "ema.state_dict");
  EXPECT_THAT(spec.key_renames, ElementsAre(Pair("module.", ""), Pair("a.", "b.")));
  EXPECT_EQ(spec.unknown_hooks, UnknownHooks::kIgnore);
  EXPECT_EQ(spec.device, "cuda:1");
  EXPECT_THAT(spec.plugins, ElementsAre("shop.so", "extra.so"));
}

TEST(ApplyModelJsonTest, ArchitectureMayBeAFile) {
  ModelSpec spec;
  ASSERT_OK(ApplyModelJson(R"({"architecture": {"file": "templates/ranker.pth"}})", spec));
  EXPECT_EQ(spec.architecture_file, "templates/ranker.pth");
  EXPECT_FALSE(spec.architecture.has_value());
}

TEST(ApplyModelJsonTest, SourceLiesBelowTheModel) {
  ModelSpec spec;
  ASSERT_OK(ApplyModelJson(R"({"source": "code"})", spec));
  EXPECT_EQ(spec.source, "code");
  for (const char* const path : {"/etc", "../code", "b/../../code"}) {
    EXPECT_THAT(Apply(absl::StrCat(R"({"source": ")", path, R"("})")),
                StatusIs(kInvalid, AllOf(HasSubstr("'source'"), HasSubstr("does not lie below the model's folder"))));
  }
}

TEST(ApplyModelJsonTest, ArchitectureIsAFileOrAClass) {
  EXPECT_THAT(Apply(R"({"architecture": {"file": "a.pth", "class": "x"}})"), StatusIs(kInvalid, HasSubstr("no class")));
}

TEST(ApplyModelJsonTest, ArchitectureFileLiesBelowTheModel) {
  for (const char* const path : {"/etc/a.pth", "../a.pth", "b/../../a.pth"}) {
    EXPECT_THAT(Apply(absl::StrCat(R"({"architecture": {"file": ")", path, R"("}})")),
                StatusIs(kInvalid, HasSubstr("does not lie below the model's folder")));
  }
}

TEST(ReadModelRepositoryTest, ArchitectureFileIsOfTheModelsFolder) {
  const TempFolder folder;
  folder.Write("ranker/1/model.pth", "");
  folder.Write("ranker/template.pth", "");
  folder.Write("ranker/model.json", R"({"architecture": {"file": "template.pth"}})");
  ASSERT_OK_AND_ASSIGN(const std::vector<ModelSpec> specs, ReadModelRepository(folder.path()));
  ASSERT_EQ(specs.size(), 1u);
  EXPECT_EQ(specs[0].architecture_file, folder.Path("ranker/template.pth"));
}

TEST(ReadModelRepositoryTest, SourceIsInTheRepository) {
  const TempFolder folder;
  const TempFolder elsewhere;
  elsewhere.Write("code/ranker.py", "");
  folder.Write("ranker/1/model.pth", "");
  folder.Write("ranker/model.json", R"({"source": "code"})");
  folder.Write("ranker/code/ranker.py", "");
  ASSERT_OK_AND_ASSIGN(const std::vector<ModelSpec> specs, ReadModelRepository(folder.path()));
  ASSERT_EQ(specs.size(), 1u);
  EXPECT_EQ(specs[0].source, folder.Path("ranker/code"));
  std::filesystem::remove_all(folder.Path("ranker/code"));
  std::filesystem::create_directory_symlink(elsewhere.Path("code"), folder.Path("ranker/code"));
  EXPECT_THAT(ReadModelRepository(folder.path()), StatusIs(kInvalid, HasSubstr("outside of the model repository")));
}

TEST(ReadModelRepositoryTest, ArchitectureFileIsInTheRepository) {
  const TempFolder folder;
  const TempFolder elsewhere;
  elsewhere.Write("template.pth", "");
  folder.Write("ranker/1/model.pth", "");
  std::filesystem::create_symlink(elsewhere.Path("template.pth"), folder.Path("ranker/template.pth"));
  folder.Write("ranker/model.json", R"({"architecture": {"file": "template.pth"}})");
  EXPECT_THAT(ReadModelRepository(folder.path()), StatusIs(kInvalid, HasSubstr("outside of the model repository")));
}

TEST(ApplyModelJsonTest, EmptyObjectChangesNothing) {
  ModelSpec spec;
  EXPECT_THAT(ApplyModelJson("{}", spec), IsOk());
  EXPECT_EQ(spec.device, "auto");
}

TEST(ApplyModelJsonTest, WhatIsNoJsonSaysWhere) {
  EXPECT_THAT(Apply("{\"loader\": }"), StatusIs(kInvalid, AllOf(HasSubstr("not JSON"), HasSubstr("column"))));
  EXPECT_THAT(Apply(""), StatusIs(kInvalid, HasSubstr("not JSON")));
}

TEST(ApplyModelJsonTest, OtherThanAnObjectIsInvalid) { EXPECT_THAT(Apply("[]"), StatusIs(kInvalid, HasSubstr("object"))); }

TEST(ApplyModelJsonTest, UnknownFieldNamesTheNearest) {
  EXPECT_THAT(Apply(R"({"lodaer": "x"})"), StatusIs(kInvalid, HasSubstr("no field 'lodaer'; did you mean loader?")));
}

TEST(ApplyModelJsonTest, UnknownFieldOfTheArchitectureNamesTheNearest) {
  EXPECT_THAT(Apply(R"({"architecture": {"clas": "x"}})"), StatusIs(kInvalid, HasSubstr("'clas'; did you mean class")));
}

TEST(ApplyModelJsonTest, WrongTypesNameTheField) {
  EXPECT_THAT(Apply(R"({"strict": 1})"), StatusIs(kInvalid, HasSubstr("'strict'")));
  EXPECT_THAT(Apply(R"({"loader": null})"), StatusIs(kInvalid, HasSubstr("'loader'")));
  EXPECT_THAT(Apply(R"({"key_renames": "module."})"), StatusIs(kInvalid, HasSubstr("'key_renames' must be a JSON object")));
  EXPECT_THAT(Apply(R"({"plugins": "shop.so"})"), StatusIs(kInvalid, HasSubstr("'plugins'")));
  EXPECT_THAT(Apply(R"({"key_renames": null})"), StatusIs(kInvalid, HasSubstr("'key_renames'")));
  EXPECT_THAT(Apply(R"({"key_renames": {"a": 1}})"), StatusIs(kInvalid, HasSubstr("'key_renames'")));
  EXPECT_THAT(Apply(R"({"architecture": "shop.Ranker"})"), StatusIs(kInvalid, HasSubstr("'architecture' must be")));
  EXPECT_THAT(Apply(R"({"architecture": {"class": 3}})"), StatusIs(kInvalid, HasSubstr("'architecture'")));
  EXPECT_THAT(Apply(R"({"architecture": {"class": "x", "args": 3}})"),
              StatusIs(kInvalid, HasSubstr("'architecture.args'")));
}

TEST(ApplyModelJsonTest, ArchitectureWithoutAClassIsInvalid) {
  EXPECT_THAT(Apply(R"({"architecture": {"args": []}})"), StatusIs(kInvalid, HasSubstr("names no class")));
}

TEST(ApplyModelJsonTest, OneMebibyteIsReadAndMoreInvalid) {
  EXPECT_THAT(Apply("{}" + std::string((1 << 20) - 2, ' ')), IsOk());
  EXPECT_THAT(Apply(std::string((1 << 20) + 1, ' ')), StatusIs(kInvalid, HasSubstr("limit 1048576")));
}

TEST(ApplyModelJsonTest, TenThousandNamesAreReadAndMoreInvalid) {
  const auto renames = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) absl::StrAppend(&text, i == 0 ? "" : ",", "\"", i, "\":\"\"");
    return absl::StrCat(R"({"key_renames": {)", text, "}}");
  };
  EXPECT_THAT(Apply(renames(9'999)), IsOk());
  EXPECT_THAT(Apply(renames(10'000)), StatusIs(kInvalid, HasSubstr("has 10001 names, limit 10000")));
}

TEST(ApplyModelJsonTest, NestingBombIsInvalid) {
  const std::string bomb = std::string(400'000, '[') + std::string(400'000, ']');
  EXPECT_THAT(Apply(absl::StrCat(R"({"architecture": {"class": "x", "args": )", bomb, "}}")),
              StatusIs(kInvalid, HasSubstr("deeper than")));
}

}  // namespace
}  // namespace loadstone
