#include "engine/attribute_reader.h"

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/ops/zeros.h>

#include "engine/base/status_matchers.h"

namespace loadstone {
namespace {

using testing::IsOk;
using testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Lt;
using ::testing::Optional;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

class AttributeReaderTest : public ::testing::Test {
 protected:
  const NamedList<Attribute> attributes_ = {
      {"groups", 4},      {"eps", 1e-5},  {"bias", true},       {"mode", "zeros"},
      {"none", {}},       {"size", Attribute::Ints({3, 5})},    {"mixed", Attribute::Tuple({1, "a"})},
      {"list", Attribute::List({1, true})},
  };
  AttributeReader reader_{"torch.nn.Conv2d", attributes_};
};

TEST_F(AttributeReaderTest, RightTypesAreRead) {
  EXPECT_EQ(reader_.Int("groups"), 4);
  EXPECT_EQ(reader_.Float("eps"), 1e-5);
  EXPECT_TRUE(reader_.Bool("bias"));
  EXPECT_EQ(reader_.Text("mode"), "zeros");
  EXPECT_THAT(reader_.Ints("size"), ElementsAre(3, 5));
  EXPECT_THAT(reader_.status(), IsOk());
}

TEST_F(AttributeReaderTest, NumbersConvertAsInPython) {
  EXPECT_EQ(reader_.Int("bias"), 1);
  EXPECT_EQ(reader_.Float("groups"), 4.0);
  EXPECT_TRUE(reader_.Bool("groups"));
  EXPECT_THAT(reader_.Ints("list"), ElementsAre(1, 1));
  EXPECT_THAT(reader_.status(), IsOk());
}

TEST_F(AttributeReaderTest, AbsentAttributeIsNoted) {
  EXPECT_EQ(reader_.Int("stride"), 0);
  EXPECT_THAT(reader_.status(),
              StatusIs(kInvalid, Eq("torch.nn.Conv2d: has no attribute 'stride', needs an int")));
}

TEST_F(AttributeReaderTest, WrongTypeIsNotedWithItsValue) {
  EXPECT_EQ(reader_.Int("eps"), 0);
  EXPECT_THAT(reader_.status(), StatusIs(kInvalid, Eq("torch.nn.Conv2d: 'eps' is 1e-05 (float), needs an int")));
}

TEST_F(AttributeReaderTest, WrongFloatIsZero) {
  EXPECT_EQ(reader_.Float("mode"), 0.0);
  EXPECT_THAT(reader_.status(), StatusIs(kInvalid, HasSubstr("needs a float")));
}

TEST_F(AttributeReaderTest, WrongBoolIsFalse) {
  EXPECT_FALSE(reader_.Bool("none"));
  EXPECT_THAT(reader_.status(), StatusIs(kInvalid, HasSubstr("'none' is None")));
}

TEST_F(AttributeReaderTest, WrongTextIsEmpty) {
  EXPECT_EQ(reader_.Text("groups"), "");
  EXPECT_THAT(reader_.status(), StatusIs(kInvalid, HasSubstr("needs a str")));
}

TEST_F(AttributeReaderTest, WrongIntsAreEmpty) {
  EXPECT_THAT(reader_.Ints("mixed"), IsEmpty());
  EXPECT_THAT(reader_.status(), StatusIs(kInvalid, HasSubstr("'mixed' is (1, 'a')")));
}

TEST_F(AttributeReaderTest, OnlyTheFirstMistakeIsKept) {
  reader_.Int("first");
  reader_.Int("second");
  reader_.Fail("third");
  EXPECT_THAT(reader_.status(), StatusIs(kInvalid, HasSubstr("'first'")));
}

TEST_F(AttributeReaderTest, FallbackIsForAbsence) {
  EXPECT_EQ(reader_.Int("absent", 7), 7);
  EXPECT_EQ(reader_.Float("absent", 0.5), 0.5);
  EXPECT_TRUE(reader_.Bool("absent", true));
  EXPECT_EQ(reader_.Text("absent", "zeros"), "zeros");
  EXPECT_EQ(reader_.Int("groups", 7), 4);
  EXPECT_THAT(reader_.status(), IsOk());
}

TEST_F(AttributeReaderTest, FallbackIsNotForAWrongType) {
  EXPECT_EQ(reader_.Int("mode", 7), 0);
  EXPECT_THAT(reader_.status(), StatusIs(kInvalid, HasSubstr("'mode' is 'zeros' (str)")));
}

TEST_F(AttributeReaderTest, OneIntIsRepeatedToACount) {
  EXPECT_THAT(reader_.Ints("groups", 3), ElementsAre(4, 4, 4));
  EXPECT_THAT(reader_.Ints("size", 2), ElementsAre(3, 5));
  EXPECT_THAT(reader_.status(), IsOk());
}

TEST_F(AttributeReaderTest, OtherCountIsNotedAndGivesThatManyZeros) {
  EXPECT_THAT(reader_.Ints("size", 3), ElementsAre(0, 0, 0));
  EXPECT_THAT(reader_.status(), StatusIs(kInvalid, HasSubstr("needs an int or a tuple of 3 ints")));
}

TEST_F(AttributeReaderTest, OptionalIsNulloptForNoneAndForAbsent) {
  EXPECT_EQ(reader_.OptionalInt("none"), std::nullopt);
  EXPECT_EQ(reader_.OptionalFloat("absent"), std::nullopt);
  EXPECT_THAT(reader_.OptionalInt("groups"), Optional(4));
  EXPECT_THAT(reader_.OptionalFloat("eps"), Optional(1e-5));
  EXPECT_THAT(reader_.status(), IsOk());
}

TEST_F(AttributeReaderTest, OptionalOfAnotherTypeIsNoted) {
  reader_.OptionalInt("mode");
  EXPECT_THAT(reader_.status(), StatusIs(kInvalid, HasSubstr("needs an int")));
}

TEST_F(AttributeReaderTest, GetOfAnAbsentNameIsNone) {
  EXPECT_FALSE(reader_.Has("absent"));
  EXPECT_TRUE(reader_.Get("absent").is_none());
  EXPECT_TRUE(reader_.Has("none"));
}

TEST(AttributeReaderMessageTest, HugeValueIsCut) {
  const NamedList<Attribute> attributes = {{"groups", std::string(100'000, 'a')}};
  AttributeReader reader("Conv2d", attributes);
  reader.Int("groups");
  EXPECT_THAT(reader.status(), StatusIs(kInvalid, HasSubstr("aaa... (str), needs an int")));
  EXPECT_THAT(reader.status().message().size(), Lt(400));
}

TEST(AsIntTest, TextIsNoInt) { EXPECT_EQ(AsInt("1"), std::nullopt); }

TEST(AsFloatTest, IntWillDo) { EXPECT_THAT(AsFloat(3), Optional(3.0)); }

TEST(AsIntsTest, OneIntIsNoSequence) { EXPECT_EQ(AsInts(3), std::nullopt); }

}  // namespace
}  // namespace loadstone
