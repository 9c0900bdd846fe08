#include "engine/inputs.h"

#include <vector>

#include <c10/util/Exception.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone {
namespace {

using ::testing::HasSubstr;
using ::testing::Property;
using ::testing::Throws;

constexpr absl::string_view kNames[] = {"query", "key", "mask"};

auto ThrowsTypeError(const char* message) {
  return Throws<c10::TypeError>(Property(&c10::Error::what_without_backtrace, HasSubstr(message)));
}

TEST(BindInputsTest, PositionsAndKeywordsFillTheNames) {
  Inputs inputs{1};
  inputs.kwargs.push_back({"mask", 3});
  const std::vector<c10::IValue> bound = BindInputs(inputs, kNames, 1);
  ASSERT_EQ(bound.size(), 3);
  EXPECT_EQ(bound[0].toInt(), 1);
  EXPECT_TRUE(bound[1].isNone());
  EXPECT_EQ(bound[2].toInt(), 3);
}

TEST(BindInputsTest, NothingGivenIsAllNone) {
  EXPECT_TRUE(BindInputs(Inputs(), kNames, 0).front().isNone());
}

TEST(BindInputsTest, TooManyInputsThrow) {
  const Inputs inputs{1, 2, 3, 4};
  EXPECT_THAT([&] { BindInputs(inputs, kNames, 0); },
              ThrowsTypeError("forward takes 3 inputs (query, key, mask), 4 were given"));
}

TEST(BindInputsTest, UnknownKeywordThrows) {
  Inputs inputs;
  inputs.kwargs.push_back({"maks", 1});
  EXPECT_THAT([&] { BindInputs(inputs, kNames, 0); }, ThrowsTypeError("no input 'maks'"));
}

TEST(BindInputsTest, InputByPositionAndByKeywordThrows) {
  Inputs inputs{1};
  inputs.kwargs.push_back({"query", 1});
  EXPECT_THAT([&] { BindInputs(inputs, kNames, 0); }, ThrowsTypeError("'query' was given twice"));
}

TEST(BindInputsTest, KeywordGivenTwiceThrows) {
  Inputs inputs;
  inputs.kwargs = {{"mask", 1}, {"mask", 2}};
  EXPECT_THAT([&] { BindInputs(inputs, kNames, 0); }, ThrowsTypeError("'mask' was given twice"));
}

TEST(BindInputsTest, MissingRequiredInputThrows) {
  const Inputs inputs{1};
  EXPECT_THAT([&] { BindInputs(inputs, kNames, 2); }, ThrowsTypeError("input 'key' is missing"));
}

}  // namespace
}  // namespace loadstone
