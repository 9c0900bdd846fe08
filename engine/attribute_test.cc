#include "engine/attribute.h"

#include <memory>

#include <ATen/ops/zeros.h>

#include "engine/module_def.h"
#include "gtest/gtest.h"

namespace loadstone {
namespace {

TEST(AttributeTest, DefaultIsNone) {
  EXPECT_TRUE(Attribute().is_none());
  EXPECT_EQ(Attribute().TypeName(), "None");
}

TEST(AttributeTest, BoolIsNoInt) {
  EXPECT_NE(Attribute(true).bool_value(), nullptr);
  EXPECT_EQ(Attribute(true).int_value(), nullptr);
}

TEST(AttributeTest, TextLiteralIsTextAndNotBool) {
  EXPECT_EQ(*Attribute("zeros").text(), "zeros");
  EXPECT_EQ(Attribute("zeros").bool_value(), nullptr);
}

TEST(AttributeTest, TypeNamesAreThoseOfPython) {
  EXPECT_EQ(Attribute(true).TypeName(), "bool");
  EXPECT_EQ(Attribute(1).TypeName(), "int");
  EXPECT_EQ(Attribute(1.0).TypeName(), "float");
  EXPECT_EQ(Attribute("a").TypeName(), "str");
  EXPECT_EQ(Attribute(Attribute::Bytes{"a"}).TypeName(), "bytes");
  EXPECT_EQ(Attribute(at::zeros({1})).TypeName(), "Tensor");
  EXPECT_EQ(Attribute(Attribute::Dict{}).TypeName(), "dict");
  EXPECT_EQ(Attribute::Tuple({}).TypeName(), "tuple");
  EXPECT_EQ(Attribute::List({}).TypeName(), "list");
  EXPECT_EQ(Attribute(Attribute::Sequence{Attribute::SequenceKind::kSet, {}}).TypeName(), "set");
  EXPECT_EQ(Attribute(Attribute::Object{.class_name = "shop.Config"}).TypeName(), "shop.Config");
}

TEST(AttributeTest, ModuleIsNamedByItsClass) {
  auto def = std::make_shared<ModuleDef>();
  def->class_name = "shop.Ranker";
  const Attribute value(def);
  EXPECT_EQ(value.module(), def);
  EXPECT_EQ(value.TypeName(), "shop.Ranker");
}

TEST(AttributeTest, NullModuleIsNone) {
  const Attribute value{std::shared_ptr<ModuleDef>()};
  EXPECT_TRUE(value.is_none());
  EXPECT_EQ(value.TypeName(), "None");
}

TEST(AttributeTest, CopiesShareTheirContainer) {
  const Attribute list = Attribute::List({1, 2});
  const Attribute copy = list;
  EXPECT_EQ(copy.sequence(), list.sequence());
}

TEST(AttributeDictTest, FindTakesTextKeysOnly) {
  const Attribute::Dict dict{{{Attribute(1), Attribute("one")}, {Attribute("1"), Attribute("text")}}};
  ASSERT_NE(dict.Find("1"), nullptr);
  EXPECT_EQ(*dict.Find("1")->text(), "text");
  EXPECT_EQ(dict.Find("2"), nullptr);
}

}  // namespace
}  // namespace loadstone
