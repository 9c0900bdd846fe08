#include <string>
#include <vector>

#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loaders/safetensors/header.h"
#include "loaders/safetensors/safetensors_bytes.h"

namespace loadstone {
namespace {

using ::loadstone::testing::SafetensorsBytes;
using ::loadstone::testing::StatusIs;
using ::testing::HasSubstr;

std::string SmallFile() {
  return SafetensorsBytes(R"({"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},)"
                          R"("b":{"dtype":"F4","shape":[4],"data_offsets":[8,10]}}  )",
                          "0123456789");
}

// In memory of its exact size, so that a sanitizer sees a read past the end.
absl::Status Parse(absl::string_view bytes) {
  const std::vector<char> copy(bytes.begin(), bytes.end());
  const absl::string_view file(copy.data(), copy.size());
  const absl::StatusOr<SafetensorsHeader> header = ParseSafetensorsHeader(file);
  if (!header.ok()) return header.status();
  for (const Named<SafetensorsEntry>& entry : header->entries) {
    EXPECT_LE(entry.value.end, file.size() - header->data_begin);
  }
  return absl::OkStatus();
}

TEST(SafetensorsCorruptionTest, TheFileItselfIsFine) { EXPECT_OK(Parse(SmallFile())); }

TEST(SafetensorsCorruptionTest, TruncationBeforeTheHeaderIsInvalidArgument) {
  const std::string bytes = SmallFile();
  for (size_t length = 0; length <= 8; ++length) {
    EXPECT_THAT(Parse(bytes.substr(0, length)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not a safetensors file")))
        << length;
  }
}

TEST(SafetensorsCorruptionTest, EveryLaterTruncationIsDataLoss) {
  const std::string bytes = SmallFile();
  for (size_t length = 9; length < bytes.size(); ++length) {
    EXPECT_THAT(Parse(bytes.substr(0, length)), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("the file has")))
        << length;
  }
}

TEST(SafetensorsCorruptionTest, AppendedByteIsDataLoss) {
  EXPECT_THAT(Parse(SmallFile() + '\0'), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("the file has")));
}

TEST(SafetensorsCorruptionTest, ChangedBytesGiveAStatus) {
  std::string bytes = SmallFile();
  for (size_t i = 0; i < bytes.size(); ++i) {
    const char original = bytes[i];
    for (int value = 0; value < 256; ++value) {
      bytes[i] = static_cast<char>(value);
      const absl::StatusCode code = Parse(bytes).code();
      EXPECT_TRUE(code == absl::StatusCode::kOk || code == absl::StatusCode::kDataLoss ||
                  code == absl::StatusCode::kInvalidArgument || code == absl::StatusCode::kUnimplemented ||
                  code == absl::StatusCode::kResourceExhausted)
          << "byte " << i << " = " << value << ": " << code;
    }
    bytes[i] = original;
  }
}

TEST(SafetensorsCorruptionTest, ChangedDataIsNotSeen) {
  std::string bytes = SmallFile();
  bytes.back() = '\xFF';
  EXPECT_OK(Parse(bytes));  // there is no checksum in this format
}

}  // namespace
}  // namespace loadstone
