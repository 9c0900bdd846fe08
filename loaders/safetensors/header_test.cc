#include "loaders/safetensors/header.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loaders/safetensors/safetensors_bytes.h"

namespace loadstone {
namespace {

using ::loadstone::testing::SafetensorsBytes;
using ::loadstone::testing::StatusIs;
using ::loadstone::testing::WithLength;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

absl::Status Parse(absl::string_view header, size_t data_size) {
  return ParseSafetensorsHeader(SafetensorsBytes(header, std::string(data_size, 'd'))).status();
}

// A header of one tensor.
std::string One(absl::string_view dtype, absl::string_view shape, absl::string_view offsets) {
  return absl::StrCat(R"({"x":{"dtype":)", dtype, R"(,"shape":)", shape, R"(,"data_offsets":)", offsets, "}}");
}

TEST(SafetensorsHeaderTest, EntriesComeInTheOrderOfTheText) {
  const std::string bytes = SafetensorsBytes(
      R"({"b":{"dtype":"F32","shape":[1,2],"data_offsets":[2,10]},"a":{"dtype":"I8","shape":[2],"data_offsets":[0,2]}} )",
      std::string(10, 'd'));
  ASSERT_OK_AND_ASSIGN(const SafetensorsHeader header, ParseSafetensorsHeader(bytes));
  ASSERT_EQ(header.entries.size(), 2u);
  EXPECT_EQ(header.entries[0].name, "b");
  EXPECT_EQ(header.entries[0].value.type, c10::ScalarType::Float);
  EXPECT_THAT(header.entries[0].value.sizes, ElementsAre(1, 2));
  EXPECT_EQ(header.entries[0].value.begin, 2u);
  EXPECT_EQ(header.entries[0].value.end, 10u);
  EXPECT_EQ(header.entries[1].name, "a");
  EXPECT_EQ(header.data_begin, bytes.size() - 10);
}

TEST(SafetensorsHeaderTest, MetadataIsRead) {
  ASSERT_OK_AND_ASSIGN(const SafetensorsHeader header,
                       ParseSafetensorsHeader(SafetensorsBytes(R"({"__metadata__":{"format":"pt"}})", "")));
  EXPECT_THAT(header.entries, IsEmpty());
  ASSERT_EQ(header.metadata.size(), 1u);
  EXPECT_EQ(header.metadata[0].name, "format");
  EXPECT_EQ(header.metadata[0].value, "pt");
}

TEST(SafetensorsHeaderTest, EmptyObjectIsRead) { EXPECT_OK(Parse("{}", 0)); }
TEST(SafetensorsHeaderTest, WhiteSpaceAroundIsRead) { EXPECT_OK(Parse(" \n{}   ", 0)); }
TEST(SafetensorsHeaderTest, EmptyNameIsRead) {
  EXPECT_OK(Parse(R"({"":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1));
}
TEST(SafetensorsHeaderTest, NoDimensionsIsOneValue) { EXPECT_OK(Parse(One("\"F32\"", "[]", "[0,4]"), 4)); }
TEST(SafetensorsHeaderTest, EmptyTensorIsRead) { EXPECT_OK(Parse(One("\"F32\"", "[3,0]", "[0,0]"), 0)); }
TEST(SafetensorsHeaderTest, EmptyTensorsMayShareAPlace) {
  EXPECT_OK(Parse(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                  R"("b":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)"
                  R"("c":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})",
                  4));
}
TEST(SafetensorsHeaderTest, OtherFieldsAreIgnored) {
  EXPECT_OK(Parse(
      R"({"x":{"more":{"shape":[-1],"dtype":1},"dtype":"U8","shape":[1],"data_offsets":[0,1],"list":[[{}]],"n":null}})", 1));
}

TEST(SafetensorsHeaderTest, F4CountsSingleValuesAndPyTorchPairs) {
  ASSERT_OK_AND_ASSIGN(const SafetensorsHeader header,
                       ParseSafetensorsHeader(SafetensorsBytes(One("\"F4\"", "[2,6]", "[0,6]"), "dddddd")));
  EXPECT_EQ(header.entries[0].value.type, c10::ScalarType::Float4_e2m1fn_x2);
  EXPECT_THAT(header.entries[0].value.sizes, ElementsAre(2, 3));
}
TEST(SafetensorsHeaderTest, F4OfAnOddRowIsUnimplemented) {
  EXPECT_THAT(Parse(One("\"F4\"", "[2,3]", "[0,3]"), 3),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("\"x\": PyTorch packs F4 in pairs")));
}
TEST(SafetensorsHeaderTest, F4OfHalfAByteIsDataLoss) {
  EXPECT_THAT(Parse(One("\"F4\"", "[]", "[0,1]"), 1), StatusIs(kDataLoss, HasSubstr("4 bits are no whole bytes")));
}
TEST(SafetensorsHeaderTest, F6IsUnimplemented) {
  EXPECT_THAT(Parse(One("\"F6_E2M3\"", "[4]", "[0,3]"), 3),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("F6_E2M3")));
}
TEST(SafetensorsHeaderTest, MalformedComesBeforeUnimplemented) {
  EXPECT_THAT(Parse(One("\"F6_E2M3\"", "[4]", "[0,3]"), 4), StatusIs(kDataLoss, HasSubstr("the file has 4")));
}

TEST(SafetensorsHeaderTest, OtherFilesAreInvalidArgument) {
  EXPECT_THAT(ParseSafetensorsHeader("{\"error\": \"not found\"}").status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not a safetensors file")));
}
TEST(SafetensorsHeaderTest, ListAtTheTopIsInvalidArgument) {
  EXPECT_THAT(Parse("[]", 0), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not a safetensors file")));
}
TEST(SafetensorsHeaderTest, ByteOrderMarkIsInvalidArgument) {
  EXPECT_THAT(Parse("\xEF\xBB\xBF{}", 0), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not a safetensors")));
}
TEST(SafetensorsHeaderTest, HeaderOf100MegabytesIsReadAndMoreResourceExhausted) {
  EXPECT_OK(ParseSafetensorsHeader(WithLength(100'000'000, "{}" + std::string(99'999'998, ' '))).status());
  EXPECT_THAT(ParseSafetensorsHeader(WithLength(100'000'001, "{}")).status(),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("at most 100000000")));
}
TEST(SafetensorsHeaderTest, HeaderLongerThanTheFileIsDataLoss) {
  EXPECT_THAT(ParseSafetensorsHeader(WithLength(3, "{}")).status(),
              StatusIs(kDataLoss, HasSubstr("header of 3 bytes, the file has 2")));
}
TEST(SafetensorsHeaderTest, NulPaddingIsDataLoss) {
  EXPECT_THAT(Parse(absl::string_view("{}\0\0", 4), 0), StatusIs(kDataLoss, HasSubstr("byte 2: a NUL")));
}
TEST(SafetensorsHeaderTest, NameTwiceIsDataLoss) {
  EXPECT_THAT(Parse(R"({"x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"x":{}})", 0),
              StatusIs(kDataLoss, HasSubstr("\"x\" is there twice")));
}
TEST(SafetensorsHeaderTest, FieldTwiceIsDataLoss) {
  EXPECT_THAT(Parse(R"({"x":{"dtype":"U8","dtype":"I8"}})", 0), StatusIs(kDataLoss, HasSubstr("twice")));
}
TEST(SafetensorsHeaderTest, MetadataTwiceIsDataLoss) {
  EXPECT_THAT(Parse(R"({"__metadata__":{},"__metadata__":{}})", 0), StatusIs(kDataLoss, HasSubstr("twice")));
}
TEST(SafetensorsHeaderTest, MetadataThatIsNotTextIsDataLoss) {
  EXPECT_THAT(Parse(R"({"__metadata__":{"a":1}})", 0), StatusIs(kDataLoss, HasSubstr("\"a\" of \"__metadata__\"")));
}
TEST(SafetensorsHeaderTest, MetadataThatIsAnObjectIsDataLoss) {
  EXPECT_THAT(Parse(R"({"__metadata__":{"a":{}}})", 0), StatusIs(kDataLoss, HasSubstr("\"a\" of \"__metadata__\"")));
}
TEST(SafetensorsHeaderTest, MetadataThatIsNullIsDataLoss) {
  EXPECT_THAT(Parse(R"({"__metadata__":null})", 0), StatusIs(kDataLoss, HasSubstr("is not an object")));
}

TEST(SafetensorsHeaderTest, UnknownDtypeIsDataLoss) {
  EXPECT_THAT(Parse(One("\"C128\"", "[0]", "[0,0]"), 0), StatusIs(kDataLoss, HasSubstr("dtype \"C128\"")));
}
TEST(SafetensorsHeaderTest, DtypeInLowerCaseIsDataLoss) {
  EXPECT_THAT(Parse(One("\"f32\"", "[0]", "[0,0]"), 0), StatusIs(kDataLoss, HasSubstr("dtype \"f32\"")));
}
TEST(SafetensorsHeaderTest, DtypeThatIsANumberIsDataLoss) {
  EXPECT_THAT(Parse(One("1", "[0]", "[0,0]"), 0), StatusIs(kDataLoss, HasSubstr("is not a text")));
}
TEST(SafetensorsHeaderTest, DtypeThatIsAListIsDataLoss) {
  EXPECT_THAT(Parse(One("[\"F32\"]", "[0]", "[0,0]"), 0), StatusIs(kDataLoss, HasSubstr("is not a text")));
}
TEST(SafetensorsHeaderTest, EntryThatIsAListIsDataLoss) {
  EXPECT_THAT(Parse(R"({"x":["U8",[0],[0,0]]})", 0), StatusIs(kDataLoss, HasSubstr("\"x\" is not an object")));
}
TEST(SafetensorsHeaderTest, EntryThatIsATextIsDataLoss) {
  EXPECT_THAT(Parse(R"({"x":"y"})", 0), StatusIs(kDataLoss, HasSubstr("\"x\" is not an object")));
}
TEST(SafetensorsHeaderTest, MissingDtypeIsDataLoss) {
  EXPECT_THAT(Parse(R"({"x":{"shape":[0],"data_offsets":[0,0]}})", 0), StatusIs(kDataLoss, HasSubstr("no dtype")));
}
TEST(SafetensorsHeaderTest, MissingShapeIsDataLoss) {
  EXPECT_THAT(Parse(R"({"x":{"dtype":"U8","data_offsets":[0,0]}})", 0), StatusIs(kDataLoss, HasSubstr("no shape")));
}
TEST(SafetensorsHeaderTest, MissingOffsetsIsDataLoss) {
  EXPECT_THAT(Parse(R"({"x":{"dtype":"U8","shape":[0]}})", 0), StatusIs(kDataLoss, HasSubstr("no data_offsets")));
}

TEST(SafetensorsHeaderTest, NegativeSizeIsDataLoss) {
  EXPECT_THAT(Parse(One("\"U8\"", "[-1]", "[0,1]"), 1), StatusIs(kDataLoss, HasSubstr("list of whole numbers")));
}
TEST(SafetensorsHeaderTest, FractionalSizeIsDataLoss) {
  EXPECT_THAT(Parse(One("\"U8\"", "[1.0]", "[0,1]"), 1), StatusIs(kDataLoss, HasSubstr("list of whole numbers")));
}
TEST(SafetensorsHeaderTest, NestedShapeIsDataLoss) {
  EXPECT_THAT(Parse(One("\"U8\"", "[[1]]", "[0,1]"), 1), StatusIs(kDataLoss, HasSubstr("list of whole numbers")));
}
TEST(SafetensorsHeaderTest, ShapeThatIsANumberIsDataLoss) {
  EXPECT_THAT(Parse(One("\"U8\"", "1", "[0,1]"), 1), StatusIs(kDataLoss, HasSubstr("list of whole numbers")));
}
TEST(SafetensorsHeaderTest, ShapeThatIsAnObjectIsDataLoss) {
  EXPECT_THAT(Parse(One("\"U8\"", "{}", "[0,1]"), 1), StatusIs(kDataLoss, HasSubstr("list of whole numbers")));
}
TEST(SafetensorsHeaderTest, ShapeOf65DimensionsIsDataLoss) {
  std::string shape = "[1";
  for (int i = 1; i < 65; ++i) absl::StrAppend(&shape, ",1");
  EXPECT_THAT(Parse(One("\"U8\"", shape + "]", "[0,1]"), 1), StatusIs(kDataLoss, HasSubstr("more than 64 numbers")));
}
TEST(SafetensorsHeaderTest, SizeOver63BitsIsDataLoss) {
  EXPECT_THAT(Parse(One("\"U8\"", "[0,9223372036854775808]", "[0,0]"), 0), StatusIs(kDataLoss, HasSubstr("overflows")));
}
TEST(SafetensorsHeaderTest, ProductThatWrapsToTheRightSizeIsDataLoss) {
  EXPECT_THAT(Parse(One("\"U8\"", "[4294967296,4294967296]", "[0,0]"), 0), StatusIs(kDataLoss, HasSubstr("overflows")));
}
TEST(SafetensorsHeaderTest, StridesOfAnEmptyTensorThatOverflowAreDataLoss) {
  EXPECT_THAT(Parse(One("\"U8\"", "[0,4294967296,4294967296]", "[0,0]"), 0),
              StatusIs(kDataLoss, HasSubstr("overflows")));
}

TEST(SafetensorsHeaderTest, ThreeOffsetsAreDataLoss) {
  EXPECT_THAT(Parse(One("\"U8\"", "[1]", "[0,1,2]"), 1), StatusIs(kDataLoss, HasSubstr("3 data_offsets")));
}
TEST(SafetensorsHeaderTest, OffsetsTheWrongWayRoundAreDataLoss) {
  EXPECT_THAT(Parse(One("\"U8\"", "[1]", "[1,0]"), 1), StatusIs(kDataLoss, HasSubstr("begins at 1 and ends at 0")));
}
TEST(SafetensorsHeaderTest, OtherNumberOfBytesIsDataLoss) {
  EXPECT_THAT(Parse(One("\"F32\"", "[2]", "[0,4]"), 4), StatusIs(kDataLoss, HasSubstr("has 4 bytes, its dtype and shape need 8")));
}
TEST(SafetensorsHeaderTest, TensorPastTheEndIsDataLoss) {
  EXPECT_THAT(Parse(One("\"U8\"", "[2]", "[0,2]"), 1), StatusIs(kDataLoss, HasSubstr("need 2 bytes, the file has 1")));
}
TEST(SafetensorsHeaderTest, BytesAfterTheLastTensorAreDataLoss) {
  EXPECT_THAT(Parse(One("\"U8\"", "[2]", "[0,2]"), 3), StatusIs(kDataLoss, HasSubstr("need 2 bytes, the file has 3")));
}
TEST(SafetensorsHeaderTest, BytesWithoutAnyTensorAreDataLoss) {
  EXPECT_THAT(Parse("{}", 1), StatusIs(kDataLoss, HasSubstr("need 0 bytes, the file has 1")));
}
TEST(SafetensorsHeaderTest, HoleAtTheBeginningIsDataLoss) {
  EXPECT_THAT(Parse(One("\"U8\"", "[1]", "[1,2]"), 2), StatusIs(kDataLoss, HasSubstr("begins at byte 1")));
}
TEST(SafetensorsHeaderTest, HoleBetweenTensorsIsDataLoss) {
  EXPECT_THAT(Parse(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                    R"("b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}})",
                    3),
              StatusIs(kDataLoss, HasSubstr("\"b\" begins at byte 2 of the data, the one before ends at 1")));
}
TEST(SafetensorsHeaderTest, OverlapIsDataLoss) {
  EXPECT_THAT(Parse(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
                    R"("b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
                    3),
              StatusIs(kDataLoss, HasSubstr("\"b\" begins at byte 1 of the data, the one before ends at 2")));
}
TEST(SafetensorsHeaderTest, EmptyTensorInsideAnotherIsDataLoss) {
  EXPECT_THAT(Parse(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
                    R"("b":{"dtype":"U8","shape":[0],"data_offsets":[1,1]}})",
                    2),
              StatusIs(kDataLoss, HasSubstr("\"b\" begins at byte 1")));
}

}  // namespace
}  // namespace loadstone
