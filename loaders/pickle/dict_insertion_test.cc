#include "loaders/pickle/dict_insertion.h"

#include <limits>
#include <string>
#include <vector>

#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone::pickle {
namespace {

using ::loadstone::testing::IsOk;
using ::loadstone::testing::StatusIs;
using ::testing::HasSubstr;

class InsertInDictTest : public ::testing::Test {
 protected:
  absl::Status Insert(const Value& key, int64_t value) {
    return InsertInDict(dict_, key, Value::Int(value), {work_, arena_});
  }
  Value Tuple(std::vector<Value> items) {
    auto* tuple = arena_.New<Sequence>();
    tuple->items.Append(items, arena_);
    return Value::Container(Kind::kTuple, tuple);
  }
  // Past the size at which the dict gets an index.
  void FillWithNumbers() {
    for (int64_t i = 1000; i < 1050; ++i) ASSERT_OK(Insert(Value::Int(i), i));
  }

  Arena arena_;
  WorkBudget work_{0, 100'000};
  Dict dict_;
};

TEST_F(InsertInDictTest, LastValueStaysAtTheFirstPlace) {
  ASSERT_OK(Insert(Value::Text("a"), 1));
  ASSERT_OK(Insert(Value::Text("b"), 2));
  ASSERT_OK(Insert(Value::Text("a"), 3));
  ASSERT_EQ(dict_.entries.size(), 2);
  EXPECT_EQ(dict_.entries[0].key.bytes(), "a");
  EXPECT_EQ(dict_.entries[0].value.int_value(), 3);
}

TEST_F(InsertInDictTest, LastValueStaysAtTheFirstPlaceOfALargeDict) {
  ASSERT_OK(Insert(Value::Text("a"), 1));
  FillWithNumbers();
  ASSERT_OK(Insert(Value::Text("a"), 3));
  EXPECT_EQ(dict_.entries.size(), 51);
  EXPECT_EQ(dict_.entries[0].value.int_value(), 3);
}

TEST_F(InsertInDictTest, OneTrueAndOnePointZeroAreOneKey) {
  ASSERT_OK(Insert(Value::Int(1), 1));
  ASSERT_OK(Insert(Value::Bool(true), 2));
  ASSERT_OK(Insert(Value::Float(1.0), 3));
  ASSERT_EQ(dict_.entries.size(), 1);
  EXPECT_EQ(dict_.entries[0].key.kind(), Kind::kInt);
}

TEST_F(InsertInDictTest, NumbersAreOneKeyInALargeDictToo) {
  FillWithNumbers();
  ASSERT_OK(Insert(Value::Float(1000.0), 2));
  ASSERT_OK(Insert(Value::Float(-0.0), 3));
  ASSERT_OK(Insert(Value::Bool(false), 4));
  EXPECT_EQ(dict_.entries.size(), 51);
}

TEST_F(InsertInDictTest, HugeFloatsEqualThemselvesAndNoInt) {
  ASSERT_OK(Insert(Value::Float(0x1p63), 1));
  ASSERT_OK(Insert(Value::Int(std::numeric_limits<int64_t>::max()), 2));
  ASSERT_OK(Insert(Value::Float(0x1p63), 3));
  ASSERT_OK(Insert(Value::Float(-0x1p63), 4));
  ASSERT_OK(Insert(Value::Int(std::numeric_limits<int64_t>::min()), 5));
  EXPECT_EQ(dict_.entries.size(), 3);
}

TEST_F(InsertInDictTest, NanNeverEqualsItself) {
  const Value nan = Value::Float(std::numeric_limits<double>::quiet_NaN());
  for (int64_t i = 0; i < 1000; ++i) ASSERT_OK(Insert(nan, i));
  FillWithNumbers();
  EXPECT_EQ(dict_.entries.size(), 1050);
  EXPECT_LT(work_.used, 10'000);
}

TEST_F(InsertInDictTest, Python2StringEqualsTextAndBytesDoNot) {
  ASSERT_OK(Insert(Value::Text("a"), 1));
  ASSERT_OK(Insert(Value::Python2String("a"), 2));
  ASSERT_OK(Insert(Value::Bytes("a"), 3));
  EXPECT_EQ(dict_.entries.size(), 2);
}

TEST_F(InsertInDictTest, EqualTuplesAreOneKey) {
  ASSERT_OK(Insert(Tuple({Value::Int(1), Value::Text("x")}), 1));
  ASSERT_OK(Insert(Tuple({Value::Float(1), Value::Text("x")}), 2));
  ASSERT_OK(Insert(Tuple({Value::Int(1)}), 3));
  EXPECT_EQ(dict_.entries.size(), 2);
}

TEST_F(InsertInDictTest, ListIsDataLoss) {
  const Value list = Value::Container(Kind::kList, arena_.New<Sequence>());
  EXPECT_THAT(Insert(list, 1), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("list cannot be a key")));
}

TEST_F(InsertInDictTest, ListInATupleIsDataLoss) {
  const Value list = Value::Container(Kind::kList, arena_.New<Sequence>());
  EXPECT_THAT(Insert(Tuple({list}), 1), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("list cannot be a key")));
}

TEST_F(InsertInDictTest, OnlyAFrozenSetMayBeAKey) {
  auto* set = arena_.New<Sequence>();
  EXPECT_THAT(Insert(Value::Container(Kind::kSet, set), 1),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("set cannot be a key")));
  set->frozen = true;
  EXPECT_THAT(Insert(Value::Container(Kind::kSet, set), 1), IsOk());
}

TEST_F(InsertInDictTest, OneHundredTuplesInAKeyAreReadAndMoreResourceExhausted) {
  Value key = Tuple({});
  for (int i = 1; i < 100; ++i) key = Tuple({key});
  EXPECT_THAT(Insert(key, 1), IsOk());
  EXPECT_THAT(Insert(Tuple({key}), 1), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("deeper than 100")));
  for (int i = 0; i < 100'000; ++i) key = Tuple({key});
  EXPECT_THAT(Insert(key, 1), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("deeper than 100")));
}

TEST_F(InsertInDictTest, ExponentialTupleIsResourceExhausted) {
  Value key = Tuple({});
  for (int i = 0; i < 60; ++i) key = Tuple({key, key});
  EXPECT_THAT(Insert(key, 1), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("100000 steps")));
}

TEST_F(InsertInDictTest, LongTextAgainAndAgainIsResourceExhausted) {
  const std::string text(1 << 20, 'x');
  FillWithNumbers();
  absl::Status status;
  for (int i = 0; i < 10 && status.ok(); ++i) status = Insert(Value::Text(text), i);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("100000 steps")));
}

TEST_F(InsertInDictTest, TextIsFoundInASmallAndInALargeDict) {
  ASSERT_OK(Insert(Value::Text("weight"), 7));
  EXPECT_EQ(dict_.Find("weight")->int_value(), 7);
  EXPECT_EQ(dict_.Find("bias"), nullptr);
  FillWithNumbers();
  ASSERT_OK(Insert(Value::Python2String("bias"), 8));
  EXPECT_EQ(dict_.Find("weight")->int_value(), 7);
  EXPECT_EQ(dict_.Find("bias")->int_value(), 8);
  EXPECT_EQ(dict_.Find("scale"), nullptr);
}

}  // namespace
}  // namespace loadstone::pickle
