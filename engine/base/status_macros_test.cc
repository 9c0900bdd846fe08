#include "engine/base/status_macros.h"

#include <memory>
#include <utility>

#include "engine/base/status_matchers.h"

namespace loadstone {
namespace {

using testing::IsOk;
using testing::IsOkAndHolds;
using testing::StatusIs;
using ::testing::Eq;

absl::Status ReturnIfError(const absl::Status& status, bool& reached_end) {
  RETURN_IF_ERROR(status);
  reached_end = true;
  return absl::OkStatus();
}

absl::StatusOr<int> Twice(const absl::StatusOr<int>& number) {
  ASSIGN_OR_RETURN(const int value, number);
  return 2 * value;
}

absl::StatusOr<int> Unwrap(absl::StatusOr<std::unique_ptr<int>> pointer) {
  ASSIGN_OR_RETURN(const std::unique_ptr<int> value, std::move(pointer));
  return *value;
}

TEST(ReturnIfErrorTest, ErrorReturnsAtOnce) {
  bool reached_end = false;
  EXPECT_THAT(ReturnIfError(absl::DataLossError("torn"), reached_end),
              StatusIs(absl::StatusCode::kDataLoss, Eq("torn")));
  EXPECT_FALSE(reached_end);
}

TEST(ReturnIfErrorTest, OkGoesOn) {
  bool reached_end = false;
  EXPECT_THAT(ReturnIfError(absl::OkStatus(), reached_end), IsOk());
  EXPECT_TRUE(reached_end);
}

TEST(ReturnIfErrorTest, IsOneStatement) {
  const auto choose = [](bool fail) {
    if (fail)
      RETURN_IF_ERROR(absl::InternalError("chosen"));
    else
      return absl::OkStatus();
    return absl::OkStatus();
  };
  EXPECT_THAT(choose(true), StatusIs(absl::StatusCode::kInternal, Eq("chosen")));
  EXPECT_THAT(choose(false), IsOk());
}

TEST(AssignOrReturnTest, ValueIsAssigned) { EXPECT_THAT(Twice(21), IsOkAndHolds(42)); }

TEST(AssignOrReturnTest, ErrorIsReturned) {
  EXPECT_THAT(Twice(absl::NotFoundError("no number")), StatusIs(absl::StatusCode::kNotFound, Eq("no number")));
}

TEST(AssignOrReturnTest, ValueThatOnlyMovesIsMoved) { EXPECT_THAT(Unwrap(std::make_unique<int>(7)), IsOkAndHolds(7)); }

TEST(AnnotateTest, KeepsTheCodeAndPutsWhereInFront) {
  EXPECT_THAT(Annotate(absl::DataLossError("torn"), "model.pth"),
              StatusIs(absl::StatusCode::kDataLoss, Eq("model.pth: torn")));
}

TEST(AnnotateTest, OkStaysOk) { EXPECT_THAT(Annotate(absl::OkStatus(), "model.pth"), IsOk()); }

}  // namespace
}  // namespace loadstone
