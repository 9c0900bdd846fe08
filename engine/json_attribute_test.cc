#include "engine/json_attribute.h"

#include <string>

#include <nlohmann/json.hpp>

#include "engine/base/status_matchers.h"
#include "engine/python_format.h"

namespace loadstone {
namespace {

using testing::IsOk;
using testing::StatusIs;
using ::testing::HasSubstr;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

TEST(AttributeFromJsonTest, ValuesBecomePythons) {
  ASSERT_OK_AND_ASSIGN(const Attribute value,
                       AttributeFromJson(nlohmann::ordered_json::parse(R"([null, true, -3, 2.0, "a", {"z": 1, "a": []}])")));
  EXPECT_EQ(PythonRepr(value), "[None, True, -3, 2.0, 'a', {'z': 1, 'a': []}]");
}

TEST(AttributeFromJsonTest, LargestIntFits) {
  ASSERT_OK_AND_ASSIGN(const Attribute value, AttributeFromJson(nlohmann::ordered_json::parse("9223372036854775807")));
  EXPECT_EQ(PythonRepr(value), "9223372036854775807");
}

TEST(AttributeFromJsonTest, WholeNumberBeyondInt64IsRefused) {
  EXPECT_THAT(AttributeFromJson(nlohmann::ordered_json::parse("9223372036854775808")),
              StatusIs(kInvalid, HasSubstr("does not fit")));
}

TEST(AttributeFromJsonTest, OneHundredLevelsBelowTheTopAreReadAndMoreRefused) {
  const auto nested = [](size_t levels) {
    return nlohmann::ordered_json::parse(std::string(levels, '[') + std::string(levels, ']'));
  };
  EXPECT_THAT(AttributeFromJson(nested(101)), IsOk());
  EXPECT_THAT(AttributeFromJson(nested(102)), StatusIs(kInvalid, HasSubstr("deeper than 100")));
}

TEST(ArgumentsFromJsonTextTest, ArrayIsPositional) {
  ASSERT_OK_AND_ASSIGN(const Arguments arguments, ArgumentsFromJsonText("[1, \"a\"]"));
  EXPECT_EQ(arguments.positional.size(), 2);
  EXPECT_EQ(arguments.keyword.size(), 0);
}

TEST(ArgumentsFromJsonTextTest, ObjectIsKeywordInOrder) {
  ASSERT_OK_AND_ASSIGN(const Arguments arguments, ArgumentsFromJsonText(R"({"width": 2, "depth": 1})"));
  ASSERT_EQ(arguments.keyword.size(), 2);
  EXPECT_EQ(arguments.keyword[0].name, "width");
  EXPECT_EQ(arguments.keyword[1].name, "depth");
}

TEST(ArgumentsFromJsonTextTest, OtherValuesAreRefused) {
  EXPECT_THAT(ArgumentsFromJsonText("3"), StatusIs(kInvalid, HasSubstr("not a number")));
  EXPECT_THAT(ArgumentsFromJsonText("\"text\""), StatusIs(kInvalid, HasSubstr("not a string")));
}

TEST(ArgumentsFromJsonTextTest, WhatIsNoJsonSaysWhere) {
  EXPECT_THAT(ArgumentsFromJsonText("[1, "), StatusIs(kInvalid, HasSubstr("column")));
  EXPECT_THAT(ArgumentsFromJsonText(""), StatusIs(kInvalid, HasSubstr("not JSON")));
  EXPECT_THAT(ArgumentsFromJsonText("[\"\xff\"]"), StatusIs(kInvalid, HasSubstr("not JSON")));
}

TEST(ArgumentsFromJsonTextTest, NestingBombIsRefused) {
  EXPECT_THAT(ArgumentsFromJsonText(std::string(1'000'000, '[') + std::string(1'000'000, ']')),
              StatusIs(kInvalid, HasSubstr("deeper than")));
}

}  // namespace
}  // namespace loadstone
