#include "loaders/torch_format/strided_view.h"

#include <cstdint>
#include <limits>

#include "engine/base/status_matchers.h"

namespace loadstone {
namespace {

using testing::IsOk;
using testing::StatusIs;
using ::testing::HasSubstr;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

absl::Status CheckFloat(const ViewGeometry& geometry, uint64_t bytes) {
  return CheckView(geometry, c10::ScalarType::Float, bytes);
}

TEST(CheckViewTest, ExactFitIsOk) { EXPECT_THAT(CheckFloat({0, {2, 3}, {3, 1}}, 24), IsOk()); }

TEST(CheckViewTest, OneElementTooFarNamesBothNumbers) {
  EXPECT_THAT(CheckFloat({1, {2, 3}, {3, 1}}, 24),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("reaches element 6, its storage holds 6")));
}

TEST(CheckViewTest, ScalarNeedsItsOffset) {
  EXPECT_THAT(CheckFloat({5, {}, {}}, 24), IsOk());
  EXPECT_THAT(CheckFloat({6, {}, {}}, 24), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("reaches element 6")));
}

TEST(CheckViewTest, EmptyTensorTouchesNothing) { EXPECT_THAT(CheckFloat({100, {0, 5}, {5, 1}}, 0), IsOk()); }

TEST(CheckViewTest, ExpandedTensorNeedsOneElement) { EXPECT_THAT(CheckFloat({0, {1'000'000}, {0}}, 4), IsOk()); }

TEST(CheckViewTest, PartialLastElementDoesNotCount) {
  EXPECT_THAT(CheckFloat({0, {2}, {1}}, 7), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("holds 1")));
}

TEST(CheckViewTest, NegativeNumbersAreRefused) {
  EXPECT_THAT(CheckFloat({-1, {1}, {1}}, 24), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("negative")));
  EXPECT_THAT(CheckFloat({0, {-1}, {1}}, 24), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("negative")));
  EXPECT_THAT(CheckFloat({5, {2}, {-1}}, 24), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("negative")));
}

TEST(CheckViewTest, OverflowsAreRefused) {
  EXPECT_THAT(CheckFloat({0, {2, 2}, {kMax, kMax}}, 24), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("overflow")));
  EXPECT_THAT(CheckFloat({kMax, {2}, {1}}, 24), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("overflow")));
  EXPECT_THAT(CheckFloat({0, {kMax, kMax}, {0, 0}}, 24), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("overflow")));
}

TEST(CheckViewTest, SizesAndStridesMustAgree) {
  EXPECT_THAT(CheckFloat({0, {2, 2}, {1}}, 24),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("2 sizes but 1 strides")));
}

TEST(CheckViewTest, SixtyFourDimensionsAreTheMost) {
  EXPECT_THAT(CheckFloat({0, c10::DimVector(64, 1), c10::DimVector(64, 1)}, 4), IsOk());
  EXPECT_THAT(CheckFloat({0, c10::DimVector(65, 1), c10::DimVector(65, 1)}, 4),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("65 dimensions")));
}

TEST(CheckViewTest, PackedTypesHoldSeveralValuesInAByte) {
  EXPECT_THAT(CheckView({0, {24}, {1}}, c10::ScalarType::QUInt4x2, 12), IsOk());
  EXPECT_THAT(CheckView({0, {25}, {1}}, c10::ScalarType::QUInt4x2, 12),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("holds 24")));
}

}  // namespace
}  // namespace loadstone
