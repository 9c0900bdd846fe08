#include "loaders/pickle/value.h"

#include "gtest/gtest.h"

namespace loadstone::pickle {
namespace {

TEST(ValueTest, DefaultIsNone) { EXPECT_TRUE(Value().is_none()); }

TEST(ValueTest, NumbersKeepTheirKind) {
  EXPECT_EQ(Value::Int(-3).int_value(), -3);
  EXPECT_EQ(Value::Float(0.5).float_value(), 0.5);
  EXPECT_TRUE(Value::Bool(true).bool_value());
  EXPECT_FALSE(Value::Bool(false).bool_value());
}

TEST(ValueTest, TextOfAPython2StringIsItsAscii) {
  absl::string_view text = "untouched";
  EXPECT_TRUE(Value::Python2String("abc").AsText(&text));
  EXPECT_EQ(text, "abc");
}

TEST(ValueTest, HighByteOfAPython2StringIsNoText) {
  absl::string_view text = "untouched";
  EXPECT_FALSE(Value::Python2String("ab\xFF").AsText(&text));
  EXPECT_EQ(text, "untouched");
}

TEST(ValueTest, BytesAreNoText) {
  absl::string_view text;
  EXPECT_FALSE(Value::Bytes("abc").AsText(&text));
}

TEST(ValueTest, IdentityIsTheContainers) {
  Dict a;
  Dict b;
  EXPECT_EQ(Value::Of(&a).identity(), Value::Of(&a).identity());
  EXPECT_NE(Value::Of(&a).identity(), Value::Of(&b).identity());
  EXPECT_EQ(Value::Int(7).identity(), nullptr);
}

TEST(ValueTest, IsNameComparesBothParts) {
  const Name name{"torch", "float32", 0};
  EXPECT_TRUE(Value::Of(&name).IsName("torch", "float32"));
  EXPECT_FALSE(Value::Of(&name).IsName("torch", "float16"));
  EXPECT_FALSE(Value().IsName("torch", "float32"));
}

TEST(ValueTest, AnotherKindIsEmpty) {
  Dict dict;
  const Value value = Value::Of(&dict);
  EXPECT_EQ(value.name().name, "");
  EXPECT_TRUE(value.object().callable.is_none());
  EXPECT_TRUE(value.persistent_id().id.is_none());
  EXPECT_TRUE(value.items().empty());
  EXPECT_FALSE(value.is_frozen());
  EXPECT_EQ(value.bytes(), "");
  EXPECT_EQ(value.int_value(), 0);
  EXPECT_EQ(value.float_value(), 0.0);
  EXPECT_FALSE(value.bool_value());
  EXPECT_TRUE(Value::Int(-1).dict().entries.empty());
}

TEST(ValueTest, EveryKindHasAName) {
  EXPECT_EQ(KindName(Kind::kNone), "None");
  EXPECT_EQ(KindName(Kind::kFloat), "float");
  EXPECT_EQ(KindName(Kind::kPersistentId), "persistent id");
}

}  // namespace
}  // namespace loadstone::pickle
