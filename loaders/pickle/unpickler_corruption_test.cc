// Every truncation and every changed byte of genuine pickles: an error or a value, never a crash.
#include <string>
#include <vector>

#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loaders/pickle/python_pickles.h"
#include "loaders/pickle/unpickler.h"

namespace loadstone::pickle {
namespace {

using ::loadstone::testing::StatusIs;

class CorruptionTest : public ::testing::TestWithParam<absl::string_view> {};

// In memory of its exact size, so that a sanitizer sees a read past the end.
absl::Status Try(absl::string_view bytes) {
  const std::vector<char> copy(bytes.begin(), bytes.end());
  UnpickleOptions options;
  options.dangerous_names = DangerousNames::kRecord;
  return Unpickle(absl::string_view(copy.data(), copy.size()), options).status();
}

TEST_P(CorruptionTest, EveryTruncationIsDataLoss) {
  for (size_t length = 0; length < GetParam().size(); ++length) {
    EXPECT_THAT(Try(GetParam().substr(0, length)), StatusIs(absl::StatusCode::kDataLoss, ::testing::_)) << length;
  }
}

TEST_P(CorruptionTest, EveryValueOfEveryByteGivesAStatus) {
  std::string bytes(GetParam());
  for (size_t i = 0; i < bytes.size(); ++i) {
    const char original = bytes[i];
    for (int value = 0; value < 256; ++value) {
      bytes[i] = static_cast<char>(value);
      const absl::StatusCode code = Try(bytes).code();
      EXPECT_TRUE(code == absl::StatusCode::kOk || code == absl::StatusCode::kDataLoss ||
                  code == absl::StatusCode::kResourceExhausted || code == absl::StatusCode::kUnimplemented)
          << "byte " << i << " set to " << value << ": " << code;
    }
    bytes[i] = original;
  }
}

INSTANTIATE_TEST_SUITE_P(GenuinePickles, CorruptionTest,
                         ::testing::Values(kStateDict, kProtocol0, kProtocol1, kProtocol2, kProtocol3, kProtocol4,
                                           kProtocol5));

}  // namespace
}  // namespace loadstone::pickle
