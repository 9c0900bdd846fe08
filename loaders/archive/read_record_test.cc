#include <string>

#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loaders/archive/zip_archive.h"
#include "loaders/archive/zip_builder.h"

namespace loadstone {
namespace {

using ::loadstone::testing::Crc32;
using ::loadstone::testing::Deflate;
using ::loadstone::testing::IsOk;
using ::loadstone::testing::StatusIs;
using ::testing::HasSubstr;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

ZipRecord Deflated(absl::string_view payload, uint64_t size) { return {"a/x", payload, size, 0, true}; }

TEST(ReadRecordTest, StoredCostsNothing) {
  const ZipRecord record = {"a/x", "hello", 5, 0, false};
  ASSERT_OK_AND_ASSIGN(const RecordBytes bytes, ReadRecord(record));
  EXPECT_EQ(bytes.bytes.data(), record.payload.data());
  EXPECT_EQ(bytes.owned, nullptr);
}

TEST(ReadRecordTest, DeflatedIsInflated) {
  const std::string payload = Deflate("hello hello hello");
  ASSERT_OK_AND_ASSIGN(const RecordBytes bytes, ReadRecord(Deflated(payload, 17)));
  EXPECT_EQ(bytes.bytes, "hello hello hello");
}

TEST(ReadRecordTest, EmptyDeflatedIsEmpty) {
  const std::string payload = Deflate("");
  ASSERT_OK_AND_ASSIGN(const RecordBytes bytes, ReadRecord(Deflated(payload, 0)));
  EXPECT_EQ(bytes.bytes, "");
}

TEST(ReadRecordTest, StreamLongerThanItsSizeIsDataLoss) {
  const std::string payload = Deflate(std::string(1 << 20, 'x'));
  EXPECT_THAT(ReadRecord(Deflated(payload, 17)), StatusIs(kDataLoss, HasSubstr("more than the 17 bytes")));
}

TEST(ReadRecordTest, StreamLongerThanNothingIsDataLoss) {
  const std::string payload = Deflate("x");
  EXPECT_THAT(ReadRecord(Deflated(payload, 0)), StatusIs(kDataLoss, HasSubstr("more than the 0 bytes")));
}

TEST(ReadRecordTest, StreamShorterThanItsSizeIsDataLoss) {
  const std::string payload = Deflate("hello");
  EXPECT_THAT(ReadRecord(Deflated(payload, 6)),
              StatusIs(kDataLoss, HasSubstr("inflates to 5 bytes, the directory says 6")));
}

TEST(ReadRecordTest, BytesAfterTheStreamAreDataLoss) {
  const std::string payload = Deflate("hello") + "tail";
  EXPECT_THAT(ReadRecord(Deflated(payload, 5)), StatusIs(kDataLoss, HasSubstr("4 bytes after its deflate stream")));
}

TEST(ReadRecordTest, EveryTruncationIsDataLoss) {
  const std::string payload = Deflate("hello, hello, world");
  for (size_t length = 0; length < payload.size(); ++length) {
    const std::string cut = payload.substr(0, length);
    EXPECT_THAT(ReadRecord(Deflated(cut, 19)), StatusIs(kDataLoss, HasSubstr("deflate stream breaks"))) << length;
  }
}

TEST(ReadRecordTest, EveryValueOfEveryByteGivesAStatus) {
  std::string payload = Deflate("hello, hello, world");
  for (char& byte : payload) {
    const char original = byte;
    for (int value = 0; value < 256; ++value) {
      byte = static_cast<char>(value);
      const absl::StatusCode code = ReadRecord(Deflated(payload, 19)).status().code();
      EXPECT_TRUE(code == absl::StatusCode::kOk || code == kDataLoss) << code;
    }
    byte = original;
  }
}

TEST(CheckCrc32Test, RightCrcIsOk) {
  EXPECT_THAT(CheckCrc32({"a/x", "", 5, Crc32("hello"), false}, "hello"), IsOk());
}

TEST(CheckCrc32Test, WrongCrcIsDataLoss) {
  EXPECT_THAT(CheckCrc32({"a/x", "", 5, 1, false}, "hello"),
              StatusIs(kDataLoss, "zip record a/x: CRC is 907060870, the directory says 1"));
}

TEST(CheckCrc32Test, CrcThatWasNotComputedIsOk) { EXPECT_THAT(CheckCrc32({"a/x", "", 5, 0, false}, "hello"), IsOk()); }

}  // namespace
}  // namespace loadstone
