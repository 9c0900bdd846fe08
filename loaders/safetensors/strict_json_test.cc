#include "loaders/safetensors/strict_json.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone {
namespace {

using ::loadstone::testing::StatusIs;
using ::testing::HasSubstr;

// Writes down what it is given.
class Recorder : public JsonEvents {
 public:
  absl::Status OnBegin(JsonContainer container) override {
    return Add(container == JsonContainer::kObject ? "{" : "[");
  }
  absl::Status OnKey(std::string key) override { return Add(absl::StrCat(key, ":")); }
  absl::Status OnScalar(JsonScalar scalar) override {
    if (const uint64_t* number = std::get_if<uint64_t>(&scalar)) return Add(absl::StrCat(*number));
    if (const std::string* text = std::get_if<std::string>(&scalar)) return Add(absl::StrCat("'", *text, "'"));
    return Add("other");
  }
  absl::Status OnEnd() override { return Add("end"); }
  std::string events;

 private:
  absl::Status Add(absl::string_view event) {
    absl::StrAppend(&events, event, " ");
    return event == "refused:" ? absl::UnimplementedError("the reader's own") : absl::OkStatus();
  }
};

absl::Status Read(absl::string_view text) {
  Recorder recorder;
  return ReadStrictJson(text, recorder);
}

TEST(StrictJsonTest, EventsComeInTheOrderOfTheText) {
  Recorder recorder;
  EXPECT_OK(ReadStrictJson(R"({"b":[1,"x"],"a":{}} )", recorder));
  EXPECT_EQ(recorder.events, "{ b: [ 1 'x' end a: { end end ");
}

TEST(StrictJsonTest, OnlyUnsignedWholeNumbersAreNumbers) {
  Recorder recorder;
  EXPECT_OK(ReadStrictJson("[18446744073709551615,-1,-0,1.0,1e3,18446744073709551616,true,null]", recorder));
  EXPECT_EQ(recorder.events, "[ 18446744073709551615 other other other other other other other end ");
}

TEST(StrictJsonTest, NameTwiceIsDataLoss) {
  EXPECT_THAT(Read(R"({"a":1,"b":2,"a":3})"), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("\"a\" is there twice")));
}

TEST(StrictJsonTest, NameTwiceBehindAnEscapeIsDataLoss) {
  EXPECT_THAT(Read(R"({"a":1,"\u0061":3})"), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("twice")));
}

TEST(StrictJsonTest, NameTwiceInDifferentObjectsIsFine) { EXPECT_OK(Read(R"({"a":{"a":1},"b":{"a":1}})")); }

TEST(StrictJsonTest, Depth64IsRead) { EXPECT_OK(Read(std::string(64, '[') + std::string(64, ']'))); }

TEST(StrictJsonTest, Depth65IsDataLoss) {
  EXPECT_THAT(Read(std::string(65, '[') + std::string(65, ']')),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("deeper than 64")));
}

TEST(StrictJsonTest, NestingBombIsDataLoss) {
  EXPECT_THAT(Read(std::string(1'000'000, '[')), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("deeper than 64")));
}

TEST(StrictJsonTest, NulIsDataLoss) {
  EXPECT_THAT(Read(absl::string_view("{}\0x", 4)), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("byte 2: a NUL")));
}

TEST(StrictJsonTest, TextAfterTheEndIsDataLoss) {
  EXPECT_THAT(Read("{} {}"), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("not JSON at byte")));
}

TEST(StrictJsonTest, CommentIsDataLoss) {
  EXPECT_THAT(Read("{/**/}"), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("not JSON at byte")));
}

TEST(StrictJsonTest, TrailingCommaIsDataLoss) {
  EXPECT_THAT(Read("[1,]"), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("not JSON at byte")));
}

TEST(StrictJsonTest, TextThatIsNotUtf8IsDataLoss) {
  EXPECT_THAT(Read("{\"\xFF\":1}"), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("not JSON at byte")));
}

TEST(StrictJsonTest, HalfASurrogatePairIsDataLoss) {
  EXPECT_THAT(Read(R"({"\ud800":1})"), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("not JSON at byte")));
}

TEST(StrictJsonTest, NothingIsDataLoss) {
  EXPECT_THAT(Read(""), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("not JSON at byte")));
}

TEST(StrictJsonTest, ErrorOfTheReaderEndsTheReading) {
  Recorder recorder;
  EXPECT_THAT(ReadStrictJson(R"({"refused":1,"a":2})", recorder),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("the reader's own")));
  EXPECT_EQ(recorder.events, "{ refused: ");
}

TEST(StrictJsonTest, LongTextIsQuotedCut) { EXPECT_EQ(Quoted(std::string(300, 'a')).size(), 205u); }

TEST(StrictJsonTest, ControlCharactersAreQuotedEscaped) { EXPECT_EQ(Quoted("a\n\x1B"), R"("a\n\x1b")"); }

}  // namespace
}  // namespace loadstone
