#include "loaders/safetensors/safetensors_index_loader.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "engine/byte_source.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loaders/safetensors/expected_tensors.h"
#include "loaders/safetensors/safetensors_bytes.h"

namespace loadstone {
namespace {

using ::loadstone::testing::DifferencesFromPython;
using ::loadstone::testing::SafetensorsBytes;
using ::loadstone::testing::StatusIs;
using ::loadstone::testing::TestFile;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace fs = std::filesystem;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

void Write(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

// A shard with one byte for each name.
std::string Shard(const std::vector<std::string>& names) {
  std::string header = "{";
  for (size_t i = 0; i < names.size(); ++i) {
    absl::StrAppend(&header, i == 0 ? "" : ",", "\"", names[i], R"(":{"dtype":"U8","shape":[1],"data_offsets":[)", i,
                    ",", i + 1, "]}");
  }
  return SafetensorsBytes(header + "}", std::string(names.size(), 'd'));
}

// A folder model/ with an index that sends b and a to 1.safetensors and c to 2.safetensors, and a folder beside it.
class SafetensorsIndexLoaderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(::testing::TempDir()) / ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(root_);
    fs::create_directories(root_ / "model");
    fs::create_directories(root_ / "other");
    Write(Model("model.safetensors.index.json"),
          R"({"weight_map":{"b":"1.safetensors","c":"2.safetensors","a":"1.safetensors"}})");
    Write(Model("1.safetensors"), Shard({"a", "b"}));
    Write(Model("2.safetensors"), Shard({"c"}));
  }
  void TearDown() override { fs::remove_all(root_); }

  fs::path Model(const std::string& name) const { return root_ / "model" / name; }
  fs::path Other(const std::string& name) const { return root_ / "other" / name; }
  static absl::StatusOr<StateDict> Load(const fs::path& index) {
    const absl::StatusOr<std::shared_ptr<ByteSource>> source = ByteSource::Map(index);
    if (!source.ok()) return source.status();
    const absl::StatusOr<ModelContent> content = SafetensorsIndexLoader().Load(ModelSpec(), **source);
    if (!content.ok()) return content.status();
    return std::get<StateDict>(*content);
  }
  absl::StatusOr<StateDict> Load() const { return Load(Model("model.safetensors.index.json")); }

  fs::path root_;
};

TEST_F(SafetensorsIndexLoaderTest, RealShardsEqualPythonsBitForBit) {
  ASSERT_OK_AND_ASSIGN(const StateDict weights, Load(TestFile("model.safetensors.index.json")));
  EXPECT_EQ(weights.entries.size(), 7u);
  EXPECT_THAT(DifferencesFromPython(
                  weights, {"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"}),
              IsEmpty());
}

TEST_F(SafetensorsIndexLoaderTest, CanLoadLooksAtTheIndexAlone) {
  fs::remove(Model("1.safetensors"));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> source, ByteSource::Map(Model("model.safetensors.index.json")));
  EXPECT_OK(SafetensorsIndexLoader().CanLoad(*source));
}

TEST_F(SafetensorsIndexLoaderTest, CanLoadRefusesAShard) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> source, ByteSource::Map(Model("1.safetensors")));
  EXPECT_THAT(SafetensorsIndexLoader().CanLoad(*source),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no JSON object")));
}

TEST_F(SafetensorsIndexLoaderTest, EntriesComeInTheOrderOfTheIndex) {
  ASSERT_OK_AND_ASSIGN(const StateDict weights, Load());
  std::vector<std::string> names;
  for (const Named<Attribute>& entry : weights.entries) names.push_back(entry.name);
  EXPECT_THAT(names, ElementsAre("b", "c", "a"));
}

TEST_F(SafetensorsIndexLoaderTest, MissingShardIsNotFound) {
  fs::remove(Model("2.safetensors"));
  EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("2.safetensors")));
}

TEST_F(SafetensorsIndexLoaderTest, TensorThatItsShardLacksIsDataLoss) {
  Write(Model("2.safetensors"), Shard({"d"}));
  EXPECT_THAT(Load(), StatusIs(kDataLoss, HasSubstr("tensor \"c\" to \"2.safetensors\", which does not hold it")));
}

TEST_F(SafetensorsIndexLoaderTest, TensorThatTheIndexDoesNotNameIsDataLoss) {
  Write(Model("2.safetensors"), Shard({"c", "d"}));
  EXPECT_THAT(Load(), StatusIs(kDataLoss, HasSubstr("\"2.safetensors\" holds tensor \"d\"")));
}

TEST_F(SafetensorsIndexLoaderTest, TensorOfTwoShardsIsDataLoss) {
  Write(Model("2.safetensors"), Shard({"c", "a"}));
  EXPECT_THAT(Load(), StatusIs(kDataLoss, HasSubstr("\"2.safetensors\" holds tensor \"a\"")));
}

TEST_F(SafetensorsIndexLoaderTest, BrokenShardIsDataLossWithItsName) {
  Write(Model("2.safetensors"), Shard({"c"}) + "x");
  EXPECT_THAT(Load(), StatusIs(kDataLoss, AllOf(HasSubstr("\"2.safetensors\""), HasSubstr("the file has 2"))));
}

TEST_F(SafetensorsIndexLoaderTest, ShardOfAnotherFormatIsInvalidArgument) {
  Write(Model("2.safetensors"), "<html>");
  EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"2.safetensors\": not a safetensors")));
}

TEST_F(SafetensorsIndexLoaderTest, FolderInAShardsPlaceIsInvalidArgument) {
  fs::remove(Model("2.safetensors"));
  fs::create_directory(Model("2.safetensors"));
  EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is a folder")));
}

TEST_F(SafetensorsIndexLoaderTest, LinkOutOfTheFolderIsDataLoss) {
  fs::rename(Model("2.safetensors"), Other("2.safetensors"));
  fs::create_symlink(Other("2.safetensors"), Model("2.safetensors"));
  EXPECT_THAT(Load(), StatusIs(kDataLoss, HasSubstr("outside the folder of its index")));
}

TEST_F(SafetensorsIndexLoaderTest, LinkInsideTheFolderIsRead) {
  fs::rename(Model("2.safetensors"), Model("c.safetensors"));
  fs::create_symlink("c.safetensors", Model("2.safetensors"));
  EXPECT_OK(Load());
}

TEST_F(SafetensorsIndexLoaderTest, LinkedFolderIsRead) {
  fs::create_directory_symlink(root_ / "model", root_ / "link");
  EXPECT_OK(Load(root_ / "link" / "model.safetensors.index.json"));
}

// As the cache of the Hugging Face Hub lies on disk.
TEST_F(SafetensorsIndexLoaderTest, LinksOfIndexAndShardsToOneFolderAreRead) {
  for (const char* name : {"model.safetensors.index.json", "1.safetensors", "2.safetensors"}) {
    fs::create_symlink(Model(name), Other(name));
  }
  EXPECT_OK(Load(Other("model.safetensors.index.json")));
}

TEST_F(SafetensorsIndexLoaderTest, NameThatLeavesTheFolderIsDataLoss) {
  fs::rename(Model("2.safetensors"), Other("2.safetensors"));
  Write(Model("model.safetensors.index.json"), R"({"weight_map":{"c":"../other/2.safetensors"}})");
  EXPECT_THAT(Load(), StatusIs(kDataLoss, HasSubstr("\"../other/2.safetensors\"")));
}

TEST_F(SafetensorsIndexLoaderTest, TenThousandFilesAreLookedForAndMoreRefused) {
  const auto index_of = [](int files) {
    std::string map;
    for (int i = 0; i < files; ++i) {
      absl::StrAppend(&map, i == 0 ? "" : ",", "\"", i, "\":\"absent", i, ".safetensors\"");
    }
    return absl::StrCat(R"({"weight_map":{)", map, "}}");
  };
  Write(Model("model.safetensors.index.json"), index_of(10'000));
  EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("absent0.safetensors")));
  Write(Model("model.safetensors.index.json"), index_of(10'001));
  EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("names 10001 files, limit 10000")));
}

}  // namespace
}  // namespace loadstone
