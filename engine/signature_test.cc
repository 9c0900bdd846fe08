#include "engine/signature.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"

namespace loadstone {
namespace {

using testing::IsOk;
using testing::StatusIs;
using ::testing::HasSubstr;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr char kLinear[] = "in_features, out_features, bias=True, device=None";

absl::StatusOr<NamedList<Attribute>> Bind(absl::string_view signature, std::vector<Attribute> positional,
                                          NamedList<Attribute> keyword = {}) {
  return BindArguments("Linear", signature, {std::move(positional), std::move(keyword)});
}

// The default that `literal` is read as.
Attribute Default(absl::string_view literal) {
  return BindArguments("f", absl::StrCat("a=", literal), {}).value().front().value;
}

TEST(BindArgumentsTest, PositionalAndKeywordFillTheParametersInOrder) {
  ASSERT_OK_AND_ASSIGN(const NamedList<Attribute> bound, Bind(kLinear, {3}, {{"bias", false}, {"out_features", 4}}));
  ASSERT_EQ(bound.size(), 4);
  EXPECT_EQ(bound[0].name, "in_features");
  EXPECT_EQ(*bound[0].value.int_value(), 3);
  EXPECT_EQ(*bound[1].value.int_value(), 4);
  EXPECT_EQ(*bound[2].value.bool_value(), false);
  EXPECT_EQ(bound[3].name, "device");
  EXPECT_TRUE(bound[3].value.is_none());
}

TEST(BindArgumentsTest, EmptySignatureTakesNothing) {
  ASSERT_OK_AND_ASSIGN(const NamedList<Attribute> bound, Bind("", {}));
  EXPECT_EQ(bound.size(), 0);
  EXPECT_THAT(Bind("", {1}), StatusIs(kInvalid, HasSubstr("takes at most 0 positional arguments, 1 were given")));
}

TEST(BindArgumentsTest, TooManyArgumentsAreCounted) {
  EXPECT_THAT(Bind(kLinear, {1, 2, 3, 4, 5}),
              StatusIs(kInvalid, HasSubstr("Linear() takes at most 4 positional arguments, 5 were given")));
}

TEST(BindArgumentsTest, OneMissingArgumentIsNamed) {
  EXPECT_THAT(Bind(kLinear, {1}),
              StatusIs(kInvalid, HasSubstr("Linear() is missing 1 required argument: 'out_features'")));
}

TEST(BindArgumentsTest, AllMissingArgumentsAreNamed) {
  EXPECT_THAT(Bind(kLinear, {}),
              StatusIs(kInvalid, HasSubstr("missing 2 required arguments: 'in_features', 'out_features'")));
}

TEST(BindArgumentsTest, UnknownKeywordNamesTheNearest) {
  EXPECT_THAT(Bind(kLinear, {1, 2}, {{"bais", false}}),
              StatusIs(kInvalid, HasSubstr("unexpected keyword argument 'bais'; did you mean bias?")));
}

TEST(BindArgumentsTest, ArgumentByPositionAndByKeywordIsRefused) {
  EXPECT_THAT(Bind(kLinear, {1, 2}, {{"in_features", 3}}),
              StatusIs(kInvalid, HasSubstr("multiple values for argument 'in_features'")));
}

TEST(BindArgumentsTest, KeywordGivenTwiceIsRefused) {
  EXPECT_THAT(Bind(kLinear, {1, 2}, {{"bias", true}, {"bias", false}}),
              StatusIs(kInvalid, HasSubstr("multiple values for argument 'bias'")));
}

TEST(BindArgumentsTest, StarArgsTakesTheRestAsATuple) {
  ASSERT_OK_AND_ASSIGN(const NamedList<Attribute> bound, Bind("first, *layers", {1, 2, 3}));
  EXPECT_EQ(bound[1].name, "layers");
  ASSERT_EQ(bound[1].value.TypeName(), "tuple");
  EXPECT_EQ(bound[1].value.sequence()->items.size(), 2);
}

TEST(BindArgumentsTest, StarArgsIsEmptyWithoutARest) {
  ASSERT_OK_AND_ASSIGN(const NamedList<Attribute> bound, Bind("first, *layers", {1}));
  EXPECT_EQ(bound[1].value.sequence()->items.size(), 0);
}

TEST(BindArgumentsTest, StarArgsCannotBeGivenByName) {
  EXPECT_THAT(Bind("*layers", {}, {{"layers", 1}}),
              StatusIs(kInvalid, HasSubstr("unexpected keyword argument 'layers'")));
}

TEST(BindArgumentsTest, ParameterAfterStarArgsIsKeywordOnly) {
  ASSERT_OK_AND_ASSIGN(const NamedList<Attribute> bound, Bind("*layers, bias=True", {1, 2}, {{"bias", false}}));
  EXPECT_EQ(bound[0].value.sequence()->items.size(), 2);
  EXPECT_FALSE(*bound[1].value.bool_value());
}

TEST(BindArgumentsTest, ParameterAfterALoneStarIsKeywordOnly) {
  EXPECT_THAT(Bind("a, *, b", {1}, {{"b", 2}}), IsOk());
  EXPECT_THAT(Bind("a, *, b", {1, 2}), StatusIs(kInvalid, HasSubstr("takes at most 1 positional")));
  EXPECT_THAT(Bind("a, *, b", {1}), StatusIs(kInvalid, HasSubstr("missing 1 required argument: 'b'")));
}

TEST(BindArgumentsTest, KwargsTakesTheRestAsADict) {
  ASSERT_OK_AND_ASSIGN(const NamedList<Attribute> bound, Bind("a=0, **kwargs", {}, {{"a", 1}, {"b", 2}}));
  EXPECT_EQ(bound[1].name, "kwargs");
  ASSERT_NE(bound[1].value.dict(), nullptr);
  EXPECT_EQ(bound[1].value.dict()->entries.size(), 1);
  EXPECT_EQ(*bound[1].value.dict()->Find("b")->int_value(), 2);
}

TEST(BindArgumentsTest, KwargsIsEmptyWithoutARest) {
  ASSERT_OK_AND_ASSIGN(const NamedList<Attribute> bound, Bind("**kwargs", {}));
  EXPECT_EQ(bound[0].value.dict()->entries.size(), 0);
}

TEST(BindArgumentsTest, RestKeywordGivenTwiceIsRefused) {
  EXPECT_THAT(Bind("**kwargs", {}, {{"b", 1}, {"b", 2}}), StatusIs(kInvalid, HasSubstr("multiple values for argument 'b'")));
}

TEST(BindArgumentsDefaultTest, ConstantsAreRead) {
  EXPECT_TRUE(Default("None").is_none());
  EXPECT_TRUE(*Default("True").bool_value());
  EXPECT_FALSE(*Default("False").bool_value());
}

TEST(BindArgumentsDefaultTest, NumbersAreRead) {
  EXPECT_EQ(*Default("-1").int_value(), -1);
  EXPECT_EQ(*Default("1e-05").float_value(), 1e-5);
  EXPECT_EQ(*Default("2.0").float_value(), 2.0);
}

TEST(BindArgumentsDefaultTest, EitherQuoteMakesText) {
  EXPECT_EQ(*Default("'zeros'").text(), "zeros");
  EXPECT_EQ(*Default("\"zeros\"").text(), "zeros");
  EXPECT_EQ(*Default("'a, (b'").text(), "a, (b");
  EXPECT_EQ(*Default("\"it's, so\"").text(), "it's, so");
  EXPECT_EQ(*Default("''").text(), "");
}

TEST(BindArgumentsDefaultTest, TuplesNest) {
  const Attribute value = Default("(1, ('a', None), ())");
  ASSERT_NE(value.sequence(), nullptr);
  ASSERT_EQ(value.sequence()->items.size(), 3);
  EXPECT_EQ(*value.sequence()->items[1].sequence()->items[0].text(), "a");
  EXPECT_EQ(value.sequence()->items[2].sequence()->items.size(), 0);
}

TEST(BindArgumentsDefaultTest, ParenthesesAloneMakeNoTuple) {
  EXPECT_EQ(*Default("(1)").int_value(), 1);
  EXPECT_EQ(Default("(1,)").sequence()->items.size(), 1);
}

TEST(BindArgumentsDefaultTest, NamesAreSymbols) {
  EXPECT_EQ(Default("torch.nn.functional.relu").symbol()->name, "torch.nn.functional.relu");
  EXPECT_EQ(Default("inf").symbol()->name, "inf");
}

TEST(BindArgumentsDefaultTest, HalfALiteralIsASymbol) {
  EXPECT_EQ(Default("").symbol()->name, "");
  EXPECT_EQ(Default("'").symbol()->name, "'");
  EXPECT_EQ(Default("(").symbol()->name, "(");
}

TEST(BindArgumentsDefaultTest, DeepTupleEndsInASymbol) {
  const std::string deep = std::string(100'000, '(') + std::string(100'000, ')');
  EXPECT_NE(Default(deep).TypeName(), "None");
}

}  // namespace
}  // namespace loadstone
