#include "engine/python_format.h"

#include <limits>
#include <memory>
#include <string>

#include <ATen/ops/zeros.h>

#include "engine/module_def.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

// Expected texts are what Python 3.11's repr() and str() gave.
namespace loadstone {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Le;

Attribute Set(std::vector<Attribute> items) {
  return Attribute(Attribute::Sequence{Attribute::SequenceKind::kSet, std::move(items)});
}

TEST(PythonFloatTest, SmallNumbersTurnToExponentsBelowOneTenThousandth) {
  EXPECT_EQ(PythonFloat(0.0001), "0.0001");
  EXPECT_EQ(PythonFloat(0.00012345), "0.00012345");
  EXPECT_EQ(PythonFloat(1e-05), "1e-05");
  EXPECT_EQ(PythonFloat(-1e-7), "-1e-07");
}

TEST(PythonFloatTest, LargeNumbersTurnToExponentsAtSixteenDigits) {
  EXPECT_EQ(PythonFloat(9999999999999998.0), "9999999999999998.0");
  EXPECT_EQ(PythonFloat(1e16), "1e+16");
  EXPECT_EQ(PythonFloat(123456789012345678.0), "1.2345678901234568e+17");
  EXPECT_EQ(PythonFloat(1e22), "1e+22");
}

TEST(PythonFloatTest, OrdinaryNumbersHaveAPoint) {
  EXPECT_EQ(PythonFloat(0.0), "0.0");
  EXPECT_EQ(PythonFloat(2.0), "2.0");
  EXPECT_EQ(PythonFloat(2.5), "2.5");
  EXPECT_EQ(PythonFloat(123456.0), "123456.0");
}

TEST(PythonFloatTest, DigitsAreTheShortestThatReadBack) { EXPECT_EQ(PythonFloat(0.1 + 0.2), "0.30000000000000004"); }

TEST(PythonFloatTest, ExtremesAreExact) {
  EXPECT_EQ(PythonFloat(std::numeric_limits<double>::denorm_min()), "5e-324");
  EXPECT_EQ(PythonFloat(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
}

TEST(PythonFloatTest, SpecialValuesHaveNames) {
  EXPECT_EQ(PythonFloat(-0.0), "-0.0");
  EXPECT_EQ(PythonFloat(std::numeric_limits<double>::quiet_NaN()), "nan");
  EXPECT_EQ(PythonFloat(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(PythonFloat(-std::numeric_limits<double>::infinity()), "-inf");
}

TEST(PythonQuoteTest, QuoteIsChosenToSaveEscapes) {
  EXPECT_EQ(PythonQuote("a"), "'a'");
  EXPECT_EQ(PythonQuote("it's"), "\"it's\"");
  EXPECT_EQ(PythonQuote("say \"hi\""), "'say \"hi\"'");
  EXPECT_EQ(PythonQuote("both ' and \""), "'both \\' and \"'");
}

TEST(PythonQuoteTest, ControlCharactersAreEscaped) {
  EXPECT_EQ(PythonQuote("tab\tnl\n\r\x01\x7f\\"), "'tab\\tnl\\n\\r\\x01\\x7f\\\\'");
}

TEST(PythonQuoteTest, LettersBeyondAsciiStay) { EXPECT_EQ(PythonQuote("é"), "'é'"); }

TEST(PythonTupleTest, OneElementHasAComma) {
  EXPECT_EQ(PythonTuple({}), "()");
  EXPECT_EQ(PythonTuple({3}), "(3,)");
  EXPECT_EQ(PythonTuple({3, 4}), "(3, 4)");
}

TEST(ShapeTextTest, IsAList) { EXPECT_EQ(ShapeText({10, 16}), "[10, 16]"); }

TEST(PythonReprTest, ScalarsReadAsInPython) {
  EXPECT_EQ(PythonRepr(Attribute()), "None");
  EXPECT_EQ(PythonRepr(Attribute(true)), "True");
  EXPECT_EQ(PythonRepr(Attribute(-7)), "-7");
  EXPECT_EQ(PythonRepr(Attribute(0.5)), "0.5");
  EXPECT_EQ(PythonRepr(Attribute("a")), "'a'");
  EXPECT_EQ(PythonRepr(Attribute(Attribute::Symbol{"torch.float32"})), "torch.float32");
}

TEST(PythonReprTest, BytesEscapeAllThatIsNotAscii) {
  EXPECT_EQ(PythonRepr(Attribute(Attribute::Bytes{std::string("a\0\xff'\"", 5)})), "b'a\\x00\\xff\\'\"'");
}

TEST(PythonReprTest, ContainersNest) {
  const Attribute dict(Attribute::Dict{{{Attribute("a"), Attribute::Tuple({1, 2.0})}}});
  EXPECT_EQ(PythonRepr(Attribute::List({1, Attribute::List({true, Attribute()}), dict, Set({1}), Set({})})),
            "[1, [True, None], {'a': (1, 2.0)}, {1}, set()]");
  EXPECT_EQ(PythonRepr(Attribute::Tuple({Attribute::Tuple({3}), Attribute::Tuple({})})), "((3,), ())");
  EXPECT_EQ(PythonRepr(Attribute(Attribute::Dict{})), "{}");
}

TEST(PythonReprTest, TensorPrintsAsItsShapeAndObjectsAsTheirClass) {
  auto def = std::make_shared<ModuleDef>();
  def->class_name = "shop.Ranker";
  EXPECT_EQ(PythonRepr(Attribute(at::zeros({2, 3}))), "tensor(shape=[2, 3])");
  EXPECT_EQ(PythonRepr(Attribute(def)), "<shop.Ranker>");
  EXPECT_EQ(PythonRepr(Attribute(Attribute::Object{.class_name = "shop.Config"})), "<shop.Config>");
}

TEST(PythonReprTest, SharedListsInsideEachOtherStopAtOneMebibyte) {
  Attribute value = Attribute::List({1});
  for (int i = 0; i < 60; ++i) value = Attribute::List({value, value});  // 2^60 ones
  const std::string text = PythonRepr(value);
  EXPECT_THAT(text.size(), Le((1 << 20) + 3));
  EXPECT_THAT(text, EndsWith("..."));
}

TEST(PythonReprTest, DeepNestingStopsAtOneHundredLevels) {
  Attribute value = Attribute::List({1});
  for (int i = 0; i < 5000; ++i) value = Attribute::List({value});
  EXPECT_EQ(PythonRepr(value), std::string(101, '[') + "..." + std::string(101, ']'));
}

TEST(PythonReprTest, OneHundredLevelsPrintWhole) {
  Attribute value = Attribute::List({1});
  for (int i = 0; i < 99; ++i) value = Attribute::List({value});
  EXPECT_EQ(PythonRepr(value), std::string(100, '[') + "1" + std::string(100, ']'));
}

TEST(PythonReprTest, HugeTextIsCut) {
  EXPECT_THAT(PythonRepr(Attribute(std::string(3 << 20, 'a'))), EndsWith("a..."));
}

TEST(PythonStrTest, TextHasNoQuotesUnlessNested) {
  EXPECT_EQ(PythonStr(Attribute("it's")), "it's");
  EXPECT_EQ(PythonStr(Attribute::List({"it's"})), "[\"it's\"]");
  EXPECT_EQ(PythonStr(Attribute(1.0)), "1.0");
}

}  // namespace
}  // namespace loadstone
