// Every truncation and every changed byte of zip files: an error or an archive within its bytes, never a crash.
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "engine/base/status_matchers.h"
#include "engine/byte_source.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loaders/archive/python_zips.h"
#include "loaders/archive/zip_archive.h"

namespace loadstone {
namespace {

using ::loadstone::testing::StatusIs;
using ::testing::HasSubstr;

class ZipCorruptionTest : public ::testing::TestWithParam<const char*> {
 protected:
  ZipCorruptionTest() { EXPECT_TRUE(absl::Base64Unescape(GetParam(), &bytes_)); }
  std::string bytes_;
};

// In memory of its exact size, so that a sanitizer sees a read past the end; touches every payload.
absl::Status OpenAndRead(absl::string_view bytes) {
  const std::vector<char> copy(bytes.begin(), bytes.end());
  auto archive = ZipArchive::Open(absl::string_view(copy.data(), copy.size()));
  // By a window on the headers, as from a file.
  EXPECT_EQ(ZipArchive::Open(*ByteSource::FromBytes(std::string(bytes), "zip")).status(), archive.status());
  if (!archive.ok()) return archive.status();
  for (const ZipRecord& record : archive->records()) {
    const auto read = ReadRecord(record);
    if (!read.ok()) return read.status();
    if (absl::Status status = CheckCrc32(record, read->bytes); !status.ok()) return status;
  }
  return absl::OkStatus();
}

TEST_P(ZipCorruptionTest, EveryTruncationIsAnError) {
  for (size_t length = 4; length < bytes_.size(); ++length) {
    EXPECT_THAT(OpenAndRead(absl::string_view(bytes_).substr(0, length)),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("cut short")))
        << length;
  }
}

TEST_P(ZipCorruptionTest, ChangedBytesGiveAStatus) {
  for (size_t i = 0; i < bytes_.size(); ++i) {
    const char original = bytes_[i];
    for (int bit = 0; bit < 9; ++bit) {
      // Each bit by itself, then all.
      bytes_[i] = static_cast<char>(original ^ (bit < 8 ? 1 << bit : 0xFF));
      const absl::StatusCode code = OpenAndRead(bytes_).code();
      EXPECT_TRUE(code == absl::StatusCode::kOk || code == absl::StatusCode::kDataLoss ||
                  code == absl::StatusCode::kInvalidArgument || code == absl::StatusCode::kUnimplemented ||
                  code == absl::StatusCode::kResourceExhausted)
          << "byte " << i << ": " << code;
    }
    bytes_[i] = original;
  }
}

INSTANTIATE_TEST_SUITE_P(PythonZips, ZipCorruptionTest,
                         ::testing::Values(testing::kTorchSave, testing::kZipFile, testing::kStreamed));

}  // namespace
}  // namespace loadstone
