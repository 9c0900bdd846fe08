#include "loaders/pickle/memo.h"

#include "gtest/gtest.h"

namespace loadstone::pickle {
namespace {

int64_t At(const Memo& memo, uint64_t index) {
  const Value* value = memo.Get(index);
  return value == nullptr ? -1 : value->int_value();
}

TEST(MemoTest, ValuesInOrderAreFound) {
  Memo memo(0);
  memo.Put(0, Value::Int(10));
  memo.Put(1, Value::Int(11));
  EXPECT_EQ(At(memo, 0), 10);
  EXPECT_EQ(At(memo, 1), 11);
  EXPECT_EQ(memo.size(), 2);
}

TEST(MemoTest, CountingMayBeginAtOne) {
  Memo memo(0);
  memo.Put(1, Value::Int(11));
  memo.Put(2, Value::Int(12));
  EXPECT_EQ(At(memo, 0), -1);
  EXPECT_EQ(At(memo, 2), 12);
}

TEST(MemoTest, IndexBeforeTheFirstIsKeptApart) {
  Memo memo(0);
  memo.Put(5, Value::Int(15));
  memo.Put(0, Value::Int(10));
  EXPECT_EQ(At(memo, 5), 15);
  EXPECT_EQ(At(memo, 0), 10);
  EXPECT_EQ(memo.size(), 2);
}

TEST(MemoTest, SkippedIndexIsEmpty) {
  Memo memo(0);
  memo.Put(0, Value::Int(10));
  memo.Put(2, Value::Int(12));
  memo.Put(1, Value::Int(11));
  memo.Put(2, Value::Int(22));
  EXPECT_EQ(At(memo, 1), 11);
  EXPECT_EQ(At(memo, 2), 22);
  EXPECT_EQ(At(memo, 3), -1);
  EXPECT_EQ(memo.size(), 3);
}

TEST(MemoTest, OverwritingKeepsTheSize) {
  Memo memo(0);
  memo.Put(0, Value::Int(10));
  memo.Put(0, Value::Int(20));
  EXPECT_EQ(At(memo, 0), 20);
  EXPECT_EQ(memo.size(), 1);
}

TEST(MemoTest, NoneIsAValue) {
  Memo memo(0);
  memo.Put(0, Value());
  ASSERT_NE(memo.Get(0), nullptr);
  EXPECT_TRUE(memo.Get(0)->is_none());
}

TEST(MemoTest, EmptyMemoHoldsNothing) { EXPECT_EQ(Memo(0).Get(0), nullptr); }

}  // namespace
}  // namespace loadstone::pickle
