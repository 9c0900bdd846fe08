// GoogleTest matchers for absl::Status and absl::StatusOr: IsOk(), IsOkAndHolds(m), StatusIs(code, message).
#ifndef LOADSTONE_ENGINE_BASE_STATUS_MATCHERS_H_
#define LOADSTONE_ENGINE_BASE_STATUS_MATCHERS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone::testing {

inline const absl::Status& GetStatus(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& GetStatus(const absl::StatusOr<T>& status_or) {
  return status_or.status();
}

MATCHER(IsOk, negation ? "is not OK" : "is OK") {
  *result_listener << "whose status is " << GetStatus(arg).ToString();
  return GetStatus(arg).ok();
}

MATCHER_P(IsOkAndHolds, matcher, "is OK and holds a value that matches") {
  if (!arg.ok()) {
    *result_listener << "whose status is " << arg.status().ToString();
    return false;
  }
  return ::testing::ExplainMatchResult(matcher, *arg, result_listener);
}

MATCHER_P2(StatusIs, code, message, "is a status of the given code whose message matches") {
  const absl::Status& status = GetStatus(arg);
  *result_listener << "whose status is " << status.ToString();
  return status.code() == code &&
         ::testing::ExplainMatchResult(message, std::string(status.message()), result_listener);
}

}  // namespace loadstone::testing

#define ASSERT_OK(expression) ASSERT_THAT(expression, ::loadstone::testing::IsOk())
#define EXPECT_OK(expression) EXPECT_THAT(expression, ::loadstone::testing::IsOk())

// ASSERT_OK_AND_ASSIGN(auto x, expression): x takes the value, or the test ends here with the status shown.
#define ASSERT_OK_AND_ASSIGN(lhs, expression) \
  LOADSTONE_ASSERT_OK_AND_ASSIGN_(LOADSTONE_TEST_CONCAT_(status_or_, __LINE__), lhs, expression)
#define LOADSTONE_TEST_CONCAT_INNER_(a, b) a##b
#define LOADSTONE_TEST_CONCAT_(a, b) LOADSTONE_TEST_CONCAT_INNER_(a, b)
#define LOADSTONE_ASSERT_OK_AND_ASSIGN_(value, lhs, expression) \
  auto value = (expression);                                    \
  ASSERT_THAT(value, ::loadstone::testing::IsOk());             \
  lhs = *std::move(value)

#endif  // LOADSTONE_ENGINE_BASE_STATUS_MATCHERS_H_
