#include "tools/tensor_io/format_value.h"

#include <limits>

#include <ATen/ops/arange.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "engine/base/status_matchers.h"

namespace loadstone {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::IsOkAndHolds;
using ::testing::Not;
using testing::StatusIs;

TEST(FormatValueTest, ShowsEveryDigitThatMatters) {
  EXPECT_EQ(FormatElements(at::tensor({0.1f, -2.0f, 1e-5f, 5.4350233f})), "[0.1, -2.0, 1e-05, 5.4350233]");
}

TEST(FormatValueTest, RowsAlign) { EXPECT_EQ(FormatElements(at::arange(4).view({2, 2})), "[[0, 1],\n [2, 3]]"); }

TEST(FormatValueTest, BlocksAreSeparatedAsInPython) {
  EXPECT_EQ(FormatElements(at::arange(4).view({2, 1, 2})), "[[[0, 1]],\n\n [[2, 3]]]");
}

TEST(FormatValueTest, LongTensorsAreShortened) {
  EXPECT_EQ(FormatElements(at::arange(2000)), "[0, 1, 2, ..., 1997, 1998, 1999]");
}

TEST(FormatValueTest, SmallTypesShowTheirOwnDigits) {
  EXPECT_EQ(FormatElements(at::tensor({0.1f}).to(at::kHalf)), "[0.099976]");
  EXPECT_EQ(FormatElements(at::tensor({0.1f}).to(at::kBFloat16)), "[0.1001]");
}

TEST(FormatValueTest, BoolsAndComplexNumbersAreAsInPython) {
  EXPECT_EQ(FormatElements(at::ones({2}, at::kBool)), "[True, True]");
  EXPECT_EQ(FormatElements(at::ones({1}, at::kComplexFloat)), "[(1.0+0.0j)]");
}

TEST(FormatValueTest, SpecialNumbersAreAsInPython) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(FormatElements(at::tensor({infinity, -infinity, infinity - infinity})), "[inf, -inf, nan]");
}

TEST(FormatValueTest, ScoresNameTheBestOfEachRow) {
  const at::Tensor scores = at::tensor({0.5f, 9.4f, -1.0f, 3.0f, 2.0f, 1.0f}).view({2, 3});
  EXPECT_THAT(FormatOutput(scores), IsOkAndHolds(EndsWith("row 0: best 1, score 9.4\nrow 1: best 0, score 3\n")));
}

TEST(FormatValueTest, RowWithNanHasNoBest) {
  at::Tensor scores = at::zeros({1, 3});
  scores[0][2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(FormatOutput(scores), IsOkAndHolds(HasSubstr("row 0: no best, it has NaN")));
}

TEST(FormatValueTest, ManyRowsAreNotScored) {
  EXPECT_THAT(FormatOutput(at::zeros({17, 3})), IsOkAndHolds(Not(HasSubstr("best"))));
}

TEST(FormatValueTest, IntsAreNotScored) {
  EXPECT_THAT(FormatOutput(at::zeros({1, 3}, at::kLong)), IsOkAndHolds(Not(HasSubstr("best"))));
}

TEST(FormatValueTest, PartsOfATupleAreNamed) {
  const c10::IValue tuple(c10::ivalue::Tuple::create({at::zeros({1}), c10::IValue(), c10::IValue(2)}));
  EXPECT_THAT(FormatOutput(tuple), IsOkAndHolds("output[0]: float32 [1]\n[0.0]\noutput[2]: int64 []\n2\n"));
}

TEST(FormatValueTest, NoneIsSaid) { EXPECT_THAT(FormatOutput(c10::IValue()), IsOkAndHolds("output: None\n")); }

TEST(FormatValueTest, TextIsUnimplemented) {
  EXPECT_THAT(FormatOutput(c10::IValue("seven")),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("output is a String")));
}

}  // namespace
}  // namespace loadstone
