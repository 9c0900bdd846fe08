#include "loaders/safetensors/weight_map.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone {
namespace {

using ::loadstone::testing::StatusIs;
using ::testing::HasSubstr;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;

// An index that sends "w" to this file, given as in JSON.
absl::Status ParseFile(absl::string_view file) {
  return ParseWeightMap(absl::StrCat(R"({"metadata":{},"weight_map":{"w":")", file, "\"}}")).status();
}

TEST(WeightMapTest, FilesComeInTheOrderOfTheText) {
  ASSERT_OK_AND_ASSIGN(const WeightMap map, ParseWeightMap(R"(
      {"metadata": {"total_size": 3}, "weight_map": {"b": "1.safetensors", "a": "0.safetensors"}, "more": [{"a": 1}]})"));
  ASSERT_EQ(map.files.size(), 2u);
  EXPECT_EQ(map.files[0].name, "b");
  EXPECT_EQ(map.files[0].value, "1.safetensors");
  EXPECT_EQ(map.files[1].name, "a");
}

TEST(WeightMapTest, BinaryIsInvalidArgument) {
  EXPECT_THAT(ParseWeightMap("PK\x03\x04"), StatusIs(kInvalidArgument, HasSubstr("no JSON object")));
}
TEST(WeightMapTest, OtherJsonIsInvalidArgument) {
  EXPECT_THAT(ParseWeightMap(R"({"error": "no access"})"), StatusIs(kInvalidArgument, HasSubstr("no \"weight_map\"")));
}
TEST(WeightMapTest, WeightMapDeeperInsideIsInvalidArgument) {
  EXPECT_THAT(ParseWeightMap(R"({"a": {"weight_map": {}}})"), StatusIs(kInvalidArgument, HasSubstr("no \"weight_map\"")));
}
TEST(WeightMapTest, IndexOfTorchFilesIsInvalidArgument) {
  EXPECT_THAT(ParseFile("pytorch_model-00001-of-00002.bin"), StatusIs(kInvalidArgument, HasSubstr("pytorch_model-0")));
}
TEST(WeightMapTest, BrokenIndexIsDataLoss) {
  EXPECT_THAT(ParseWeightMap(R"({"weight_map": {)"), StatusIs(kDataLoss, HasSubstr("not JSON at byte")));
}
TEST(WeightMapTest, TensorTwiceIsDataLoss) {
  EXPECT_THAT(ParseWeightMap(R"({"weight_map": {"w": "a.safetensors", "w": "b.safetensors"}})"),
              StatusIs(kDataLoss, HasSubstr("\"w\" is there twice")));
}
TEST(WeightMapTest, WeightMapThatIsAListIsDataLoss) {
  EXPECT_THAT(ParseWeightMap(R"({"weight_map": []})"), StatusIs(kDataLoss, HasSubstr("is not an object")));
}
TEST(WeightMapTest, WeightMapThatIsATextIsDataLoss) {
  EXPECT_THAT(ParseWeightMap(R"({"weight_map": "w"})"), StatusIs(kDataLoss, HasSubstr("is not an object")));
}
TEST(WeightMapTest, FileThatIsANumberIsDataLoss) {
  EXPECT_THAT(ParseWeightMap(R"({"weight_map": {"w": 1}})"), StatusIs(kDataLoss, HasSubstr("file of \"w\"")));
}
TEST(WeightMapTest, FileThatIsAListIsDataLoss) {
  EXPECT_THAT(ParseWeightMap(R"({"weight_map": {"w": ["a.safetensors"]}})"),
              StatusIs(kDataLoss, HasSubstr("file of \"w\"")));
}

TEST(WeightMapTest, AbsolutePathIsDataLoss) {
  EXPECT_THAT(ParseFile("/etc/a.safetensors"), StatusIs(kDataLoss, HasSubstr("bare name")));
}
TEST(WeightMapTest, ParentFolderIsDataLoss) {
  EXPECT_THAT(ParseFile("../a.safetensors"), StatusIs(kDataLoss, HasSubstr("\"w\" to \"../a.safetensors\"")));
}
TEST(WeightMapTest, FolderBelowIsDataLoss) {
  EXPECT_THAT(ParseFile("b/a.safetensors"), StatusIs(kDataLoss, HasSubstr("bare name")));
}
TEST(WeightMapTest, BackslashIsDataLoss) {
  EXPECT_THAT(ParseFile("..\\\\a.safetensors"), StatusIs(kDataLoss, HasSubstr("bare name")));
}
TEST(WeightMapTest, DriveLetterIsDataLoss) {
  EXPECT_THAT(ParseFile("c:a.safetensors"), StatusIs(kDataLoss, HasSubstr("bare name")));
}
TEST(WeightMapTest, NulIsDataLoss) {
  EXPECT_THAT(ParseFile("a\\u0000.safetensors"), StatusIs(kDataLoss, HasSubstr("bare name")));
}
TEST(WeightMapTest, EscapedSlashIsDataLoss) {
  EXPECT_THAT(ParseFile("..\\u002Fa.safetensors"), StatusIs(kDataLoss, HasSubstr("bare name")));
}
TEST(WeightMapTest, HiddenFileIsDataLoss) {
  EXPECT_THAT(ParseFile(".safetensors"), StatusIs(kDataLoss, HasSubstr("bare name")));
}

TEST(WeightMapTest, IndexOf100MegabytesIsReadAndMoreResourceExhausted) {
  std::string text = R"({"weight_map":{"a":"1.safetensors"}})";
  text.resize(100'000'000, ' ');
  EXPECT_OK(ParseWeightMap(text).status());
  text += ' ';
  EXPECT_THAT(ParseWeightMap(text).status(),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("at most 100000000")));
}

TEST(WeightMapTest, EveryTruncationIsAnError) {
  const std::string text = R"({"weight_map":{"w":"a.safetensors"}})";
  for (size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(ParseWeightMap(text.substr(0, length)).ok()) << length;
  }
}

TEST(WeightMapTest, ChangedBytesGiveAStatus) {
  std::string text = R"({"weight_map":{"w":"a.safetensors"}})";
  for (size_t i = 0; i < text.size(); ++i) {
    const char original = text[i];
    for (int value = 0; value < 256; ++value) {
      text[i] = static_cast<char>(value);
      const absl::StatusCode code = ParseWeightMap(text).status().code();
      EXPECT_TRUE(code == absl::StatusCode::kOk || code == kDataLoss || code == kInvalidArgument)
          << "byte " << i << " = " << value << ": " << code;
    }
    text[i] = original;
  }
}

}  // namespace
}  // namespace loadstone
