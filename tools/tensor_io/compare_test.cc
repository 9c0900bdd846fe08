#include "tools/tensor_io/compare.h"

#include <cmath>
#include <limits>

#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "engine/base/status_matchers.h"

namespace loadstone {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::StatusIs;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(CompareTest, EqualTensorsHaveNoDifference) {
  ASSERT_OK_AND_ASSIGN(const Comparison result, Compare(at::ones({2, 3}), at::ones({2, 3}), {}));
  EXPECT_EQ(result.elements, 6);
  EXPECT_EQ(result.mismatches, 0);
  EXPECT_EQ(result.max_absolute, 0);
}

TEST(CompareTest, WorstElementIsNamed) {
  at::Tensor actual = at::ones({2, 3});
  actual[1][2] = 1.5;
  actual[0][1] = 1.25;
  ASSERT_OK_AND_ASSIGN(const Comparison result, Compare(actual, at::ones({2, 3}), {.relative = 0.3}));
  EXPECT_EQ(result.mismatches, 1);
  EXPECT_EQ(result.max_absolute, 0.5);
  EXPECT_EQ(result.max_relative, 0.5);
  EXPECT_THAT(result.worst_index, ElementsAre(1, 2));
  EXPECT_EQ(result.worst_actual, 1.5);
}

TEST(CompareTest, MismatchIsWorseThanALargerDifferenceWithinTolerance) {
  ASSERT_OK_AND_ASSIGN(const Comparison result,
                       Compare(at::tensor({1001.0, 0.5}), at::tensor({1000.0, 0.0}), {.relative = 0.01}));
  EXPECT_EQ(result.mismatches, 1);
  EXPECT_THAT(result.worst_index, ElementsAre(1));
}

TEST(CompareTest, ToleranceIsRelativeToTheExpectedValue) {
  ASSERT_OK_AND_ASSIGN(const Comparison result,
                       Compare(at::tensor({110.0}), at::tensor({100.0}), {.relative = 0.1, .absolute = 0.01}));
  EXPECT_EQ(result.mismatches, 0);
}

TEST(CompareTest, NanEqualsNan) {
  ASSERT_OK_AND_ASSIGN(const Comparison result, Compare(at::tensor({kNan}), at::tensor({kNan}), {}));
  EXPECT_EQ(result.mismatches, 0);
}

TEST(CompareTest, NanEqualsNoNumber) {
  ASSERT_OK_AND_ASSIGN(const Comparison result,
                       Compare(at::tensor({9.f, kNan}), at::tensor({1.f, 1.f}), {.absolute = 10}));
  EXPECT_EQ(result.mismatches, 1);
  EXPECT_TRUE(std::isnan(result.max_absolute));
  EXPECT_THAT(result.worst_index, ElementsAre(1));
}

TEST(CompareTest, InfinityEqualsOnlyItself) {
  ASSERT_OK_AND_ASSIGN(const Comparison result,
                       Compare(at::tensor({kInfinity, 1.f, -kInfinity}), at::tensor({kInfinity, kInfinity, kInfinity}),
                               {.relative = 0.1}));
  EXPECT_EQ(result.mismatches, 2);
}

TEST(CompareTest, ComplexNumbersDifferByTheirDistance) {
  const at::Tensor expected = at::zeros({1}, at::kComplexFloat);
  at::Tensor actual = expected.clone();
  actual[0] = c10::complex<double>(3, 4);
  ASSERT_OK_AND_ASSIGN(const Comparison result, Compare(actual, expected, {}));
  EXPECT_EQ(result.max_absolute, 5);
}

TEST(CompareTest, OtherDtypeIsNoDifference) {
  ASSERT_OK_AND_ASSIGN(const Comparison result, Compare(at::ones({2}, at::kLong), at::ones({2}, at::kHalf), {}));
  EXPECT_EQ(result.mismatches, 0);
}

TEST(CompareTest, NoElementsAreEqual) {
  ASSERT_OK_AND_ASSIGN(const Comparison result, Compare(at::zeros({0, 3}), at::zeros({0, 3}), {}));
  EXPECT_EQ(result.elements, 0);
}

TEST(CompareTest, OtherShapeNamesBoth) {
  EXPECT_THAT(Compare(at::ones({1, 10}), at::ones({450, 10}), {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("[1, 10], expected is [450, 10]")));
}

}  // namespace
}  // namespace loadstone
