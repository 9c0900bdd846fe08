#include "loaders/archive/zip_archive.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "engine/byte_source.h"
#include "engine/testing/temp_folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loaders/archive/python_zips.h"
#include "loaders/archive/zip_builder.h"

namespace loadstone {
namespace {

using ::loadstone::testing::Build;
using ::loadstone::testing::Descriptor;
using ::loadstone::testing::IsOk;
using ::loadstone::testing::LittleEndian;
using ::loadstone::testing::StatusIs;
using ::loadstone::testing::TempFolder;
using ::loadstone::testing::ZipEntry;
using ::loadstone::testing::ZipFile;
using ::testing::HasSubstr;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;
constexpr auto kResourceExhausted = absl::StatusCode::kResourceExhausted;

ZipEntry Entry(std::string name, std::string content) {
  ZipEntry entry;
  entry.name = std::move(name);
  entry.content = std::move(content);
  return entry;
}

ZipFile File(std::vector<ZipEntry> entries) {
  ZipFile file;
  file.entries = std::move(entries);
  return file;
}

absl::Status Error(absl::string_view bytes, const LoadLimits& limits = {}) {
  return ZipArchive::Open(bytes, limits).status();
}
absl::Status Error(const ZipFile& file, const LoadLimits& limits = {}) { return Error(Build(file), limits); }
absl::Status Error(ZipEntry entry, const LoadLimits& limits = {}) { return Error(File({std::move(entry)}), limits); }

std::string FromBase64(absl::string_view text) {
  std::string bytes;
  EXPECT_TRUE(absl::Base64Unescape(text, &bytes));
  return bytes;
}

TEST(ZipArchiveTest, StoredRecordBorrowsFromTheArchive) {
  const std::string bytes = Build(File({Entry("a/data.pkl", "hello")}));
  ASSERT_OK_AND_ASSIGN(const ZipArchive archive, ZipArchive::Open(bytes));
  ASSERT_EQ(archive.records().size(), 1);
  const ZipRecord& record = archive.records()[0];
  EXPECT_EQ(record.name, "a/data.pkl");
  EXPECT_EQ(record.payload, "hello");
  EXPECT_EQ(record.size, 5);
  EXPECT_FALSE(record.deflated);
  EXPECT_EQ(record.payload.data(), bytes.data() + 40);
}

TEST(ZipArchiveTest, LinkIsSaidToBeOne) {
  ZipEntry link = Entry("link", "/etc/passwd");
  link.attributes = uint32_t{0120777} << 16;
  ZipEntry file = Entry("file", "text");
  file.attributes = uint32_t{0100644} << 16;
  const std::string bytes = Build(File({link, file}));
  ASSERT_OK_AND_ASSIGN(const ZipArchive archive, ZipArchive::Open(bytes));
  EXPECT_TRUE(archive.Find("link")->link);
  EXPECT_FALSE(archive.Find("file")->link);
}

TEST(ZipArchiveTest, FileGivesTheRecordsOfItsBytes) {
  // Headers far shorter and longer than what is read of a file at once.
  std::vector<ZipEntry> entries;
  for (const size_t size : {1, 100, 200, 300, 1000, 60'000}) {
    entries.push_back(Entry(std::string(size, 'n'), std::string(size, 'c')));
    entries.back().descriptor = Descriptor::kSigned64;
    entries.push_back(Entry(absl::StrCat("extra", size), ""));
    entries.back().local_extra = absl::StrCat("FB", LittleEndian(size, 2), std::string(size, 'Z'));
  }
  const std::string bytes = Build(File(std::move(entries)));
  const TempFolder folder;
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> source, ByteSource::Map(folder.Write("a.zip", bytes)));
  ASSERT_OK_AND_ASSIGN(const ZipArchive expected, ZipArchive::Open(bytes));
  ASSERT_OK_AND_ASSIGN(const ZipArchive archive, ZipArchive::Open(*source));
  ASSERT_EQ(archive.records().size(), 12);
  for (size_t i = 0; i < 12; ++i) {
    EXPECT_EQ(archive.records()[i].name, expected.records()[i].name);
    EXPECT_EQ(archive.records()[i].payload, expected.records()[i].payload);
    EXPECT_EQ(archive.records()[i].payload.data() - source->bytes().data(),
              expected.records()[i].payload.data() - bytes.data());
  }
}

TEST(ZipArchiveTest, RecordsAreFoundByExactName) {
  const std::string bytes = Build(File({Entry("a/x", "1"), Entry("a/y", "2")}));
  ASSERT_OK_AND_ASSIGN(const ZipArchive archive, ZipArchive::Open(bytes));
  ASSERT_NE(archive.Find("a/y"), nullptr);
  EXPECT_EQ(archive.Find("a/y")->payload, "2");
  EXPECT_EQ(archive.Find("A/y"), nullptr);
  EXPECT_EQ(archive.Find("y"), nullptr);
}

TEST(ZipArchiveTest, LocalExtraFieldMovesThePayload) {
  ZipEntry entry = Entry("a/x", "hello");
  entry.local_extra = absl::StrCat("FB", LittleEndian(7, 2), "ZZZZZZZ");
  const std::string bytes = Build(File({entry}));
  ASSERT_OK_AND_ASSIGN(const ZipArchive archive, ZipArchive::Open(bytes));
  EXPECT_EQ(archive.records()[0].payload, "hello");
}

TEST(ZipArchiveTest, CommentIsAllowed) {
  ZipFile file = File({Entry("a/x", "1")});
  file.comment = std::string(65535, 'c');
  EXPECT_THAT(Error(file), IsOk());
}

TEST(ZipArchiveTest, DirectoryOrderMayDifferFromFileOrder) {
  // Two records of 34 bytes; each directory entry points to the other's place, where its own local header is.
  ZipEntry first = Entry("a/x", "1");
  first.central_offset = 34;
  first.local_name = "a/y";
  ZipEntry second = Entry("a/y", "1");
  second.central_offset = 0;
  second.local_name = "a/x";
  const std::string bytes = Build(File({first, second}));
  ASSERT_OK_AND_ASSIGN(const ZipArchive archive, ZipArchive::Open(bytes));
  EXPECT_EQ(archive.records()[0].name, "a/x");
  EXPECT_EQ(archive.records()[0].payload.data(), bytes.data() + 34 + 33);
}

// zip64.

TEST(ZipArchiveTest, Zip64EndRecordIsRead) {
  ZipFile file = File({Entry("a/x", "1")});
  file.zip64_end = true;
  EXPECT_THAT(Error(file), IsOk());
}

TEST(ZipArchiveTest, Zip64ExtraIsRead) {
  ZipEntry entry = Entry("a/x", "hello");
  entry.zip64 = true;
  const std::string bytes = Build(File({entry}));
  ASSERT_OK_AND_ASSIGN(const ZipArchive archive, ZipArchive::Open(bytes));
  EXPECT_EQ(archive.records()[0].payload, "hello");
}

TEST(ZipArchiveTest, Zip64SizesOfAllOnesAreDataLoss) {
  ZipEntry entry = Entry("a/x", "hello");
  entry.zip64 = true;
  entry.central_size = entry.central_compressed_size = UINT64_MAX;
  EXPECT_THAT(Error(entry), StatusIs(kDataLoss, HasSubstr("18446744073709551615")));
}

TEST(ZipArchiveTest, Zip64OffsetOfAllOnesIsDataLoss) {
  ZipEntry entry = Entry("a/x", "hello");
  entry.zip64 = true;
  entry.central_offset = UINT64_MAX;
  EXPECT_THAT(Error(entry), StatusIs(kDataLoss, HasSubstr("local header at byte 18446744073709551615")));
}

TEST(ZipArchiveTest, MissingZip64ExtraIsDataLoss) {
  ZipEntry entry = Entry("a/x", "hello");
  entry.central_size = 0xFFFFFFFF;
  EXPECT_THAT(Error(entry), StatusIs(kDataLoss, HasSubstr("zip64 extra field that is missing")));
}

TEST(ZipArchiveTest, Zip64LocatorElsewhereIsDataLoss) {
  ZipFile file = File({Entry("a/x", "1")});
  file.zip64_end = true;
  file.zip64_end_offset = 0;
  EXPECT_THAT(Error(file), StatusIs(kDataLoss, HasSubstr("points to byte 0, where no zip64 end record is")));
  file.zip64_end_offset = UINT64_MAX;
  EXPECT_THAT(Error(file), StatusIs(kDataLoss, HasSubstr("points to byte 18446744073709551615")));
}

TEST(ZipArchiveTest, EndRecordsThatDisagreeAreDataLoss) {
  ZipFile file = File({Entry("a/x", "1")});
  file.zip64_end = true;
  std::string bytes = Build(file);
  bytes[bytes.size() - 10] = 7;  // the directory's size in the classic record
  EXPECT_THAT(Error(bytes), StatusIs(kDataLoss, HasSubstr("says directory bytes")));
}

// End record and directory.

TEST(ZipArchiveTest, OtherBytesAreInvalidArgument) {
  EXPECT_THAT(Error("hello, world"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not a zip: 12 bytes")));
}

TEST(ZipArchiveTest, NoEndRecordSaysThatTheFileIsCutShort) {
  const std::string bytes = Build(File({Entry("a/x", "1")}));
  EXPECT_THAT(Error(absl::string_view(bytes).substr(0, 40)),
              StatusIs(kDataLoss, "zip has no end record: the file is cut short (40 bytes)"));
}

TEST(ZipArchiveTest, TrailingBytesAreDataLoss) {
  EXPECT_THAT(Error(Build(File({Entry("a/x", "1")})) + "tail"),
              StatusIs(kDataLoss, HasSubstr("zip ends 4 bytes after the end record")));
}

TEST(ZipArchiveTest, SecondEndRecordInTheCommentIsDataLoss) {
  ZipFile file = File({Entry("a/x", "1")});
  file.comment = absl::StrCat("PK\5\6", std::string(18, '\0'));
  EXPECT_THAT(Error(file), StatusIs(kDataLoss, HasSubstr("two end records")));
}

TEST(ZipArchiveTest, AppendedArchiveIsDataLoss) {
  const std::string one = Build(File({Entry("a/x", "1")}));
  EXPECT_THAT(Error(one + one), StatusIs(kDataLoss, HasSubstr("its end record at byte")));
}

TEST(ZipArchiveTest, BytesBeforeTheFirstRecordAreDataLoss) {
  ZipFile file = File({Entry("a/x", "1")});
  file.prefix = Build(File({Entry("b/x", "1")}));
  EXPECT_THAT(Error(file), StatusIs(kDataLoss, HasSubstr("bytes that are in no record")));
}

TEST(ZipArchiveTest, BytesBetweenDirectoryAndEndRecordAreDataLoss) {
  ZipFile file = File({Entry("a/x", "1")});
  file.before_end = "gap";
  EXPECT_THAT(Error(file), StatusIs(kDataLoss, HasSubstr("zip directory is 49 bytes at byte 34")));
}

TEST(ZipArchiveTest, DirectoryLargerThanTheFileIsDataLoss) {
  ZipFile file = File({Entry("a/x", "1")});
  file.directory_size = 0xFFFFFFF0;
  EXPECT_THAT(Error(file), StatusIs(kDataLoss, HasSubstr("zip directory is 4294967280 bytes")));
}

TEST(ZipArchiveTest, MoreEntriesThanTheDirectoryHoldsIsDataLoss) {
  ZipFile file = File({Entry("a/x", "1")});
  file.count = 2;
  EXPECT_THAT(Error(file), StatusIs(kDataLoss, HasSubstr("49 bytes is said to have 2 entries")));
}

TEST(ZipArchiveTest, FewerEntriesThanTheDirectoryHoldsIsDataLoss) {
  ZipFile file = File({Entry("a/x", "1"), Entry("a/y", "2")});
  file.count = 1;
  EXPECT_THAT(Error(file), StatusIs(kDataLoss, HasSubstr("49 bytes after its 1 entries")));
}

TEST(ZipArchiveTest, NoEntriesIsDataLoss) {
  ZipFile file = File({Entry("a/x", "1")});
  file.count = 0;
  EXPECT_THAT(Error(file), StatusIs(kDataLoss, HasSubstr("said to have 0 entries")));
}

TEST(ZipArchiveTest, SeveralDisksAreUnimplemented) {
  ZipFile file = File({Entry("a/x", "1")});
  file.disk = 1;
  EXPECT_THAT(Error(file), StatusIs(kUnimplemented, HasSubstr("part 1 of several")));
  ZipEntry entry = Entry("a/x", "1");
  entry.disk = 3;
  EXPECT_THAT(Error(entry), StatusIs(kUnimplemented, HasSubstr("on disk 3")));
}

// Local headers against the directory.

TEST(ZipArchiveTest, OtherLocalNameIsDataLoss) {
  ZipEntry entry = Entry("a/x", "1");
  entry.local_name = "a/z";
  EXPECT_THAT(Error(entry), StatusIs(kDataLoss, "zip record a/x: its local header says a/z"));
}

TEST(ZipArchiveTest, OtherLocalMethodIsDataLoss) {
  ZipEntry entry = Entry("a/x", "1");
  entry.local_method = 8;
  EXPECT_THAT(Error(entry), StatusIs(kDataLoss, HasSubstr("flags 2048 and method 8, the directory 2048 and 0")));
}

TEST(ZipArchiveTest, OtherLocalFlagsAreDataLoss) {
  ZipEntry entry = Entry("a/x", "1");
  entry.local_flags = 0x0801;
  EXPECT_THAT(Error(entry), StatusIs(kDataLoss, HasSubstr("flags 2049 and method 0, the directory 2048 and 0")));
}

TEST(ZipArchiveTest, OtherLocalSizeIsDataLoss) {
  ZipEntry entry = Entry("a/x", "hello");
  entry.local_size = 4;
  EXPECT_THAT(Error(entry), StatusIs(kDataLoss, HasSubstr("says 4 bytes in 5, the directory 5 in 5")));
}

TEST(ZipArchiveTest, OffsetToNoHeaderIsDataLoss) {
  ZipEntry entry = Entry("a/x", std::string(100, 'x'));
  entry.central_offset = 8;
  EXPECT_THAT(Error(entry), StatusIs(kDataLoss, HasSubstr("no local header at byte 8")));
}

TEST(ZipArchiveTest, PayloadInTheDirectoryIsDataLoss) {
  ZipEntry entry = Entry("a/x", "hello");
  entry.central_size = entry.central_compressed_size = 6;
  EXPECT_THAT(Error(entry), StatusIs(kDataLoss, HasSubstr("6 bytes, 38 are left before the directory")));
}

TEST(ZipArchiveTest, StoredInAnotherSizeIsDataLoss) {
  ZipEntry entry = Entry("a/x", "hello");
  entry.central_size = 6;
  EXPECT_THAT(Error(entry), StatusIs(kDataLoss, HasSubstr("stored in 5 bytes, its size is 6")));
}

TEST(ZipArchiveTest, ExtraFieldPastItsSpaceIsDataLoss) {
  ZipEntry entry = Entry("a/x", "1");
  entry.local_extra = "FB\xFF\xFFZ";
  EXPECT_THAT(Error(entry), StatusIs(kDataLoss, HasSubstr("local extra fields do not fill")));
  entry.local_extra = "";
  entry.central_extra = "FB";
  EXPECT_THAT(Error(entry), StatusIs(kDataLoss, HasSubstr("extra fields do not fill")));
}

// Data descriptors.

class DescriptorTest : public ::testing::TestWithParam<Descriptor> {};

TEST_P(DescriptorTest, IsRead) {
  ZipEntry entry = Entry("a/x", "hello");
  entry.descriptor = GetParam();
  const std::string bytes = Build(File({entry, Entry("a/y", "2")}));
  ASSERT_OK_AND_ASSIGN(const ZipArchive archive, ZipArchive::Open(bytes));
  EXPECT_EQ(archive.records()[0].payload, "hello");
}

INSTANTIATE_TEST_SUITE_P(AllForms, DescriptorTest,
                         ::testing::Values(Descriptor::kPlain, Descriptor::kSigned, Descriptor::kPlain64,
                                           Descriptor::kSigned64));

TEST(ZipArchiveTest, MissingDescriptorIsDataLoss) {
  ZipEntry entry = Entry("a/x", "hello");
  entry.flags = 0x0808;
  EXPECT_THAT(Error(entry), StatusIs(kDataLoss, HasSubstr("data descriptor at byte 38 is missing")));
}

TEST(ZipArchiveTest, DescriptorThatDisagreesIsDataLoss) {
  ZipEntry entry = Entry("a/x", "hello");
  entry.descriptor = Descriptor::kSigned;
  std::string bytes = Build(File({entry}));
  bytes[38 + 8] = 4;
  EXPECT_THAT(Error(bytes), StatusIs(kDataLoss, HasSubstr("data descriptor at byte 38")));
}

// Layout and names.

TEST(ZipArchiveTest, TwoNamesForOneRecordAreDataLoss) {
  ZipEntry second = Entry("a/y", "1");
  second.central_offset = 0;
  EXPECT_THAT(Error(File({Entry("a/x", "1"), second})),
              StatusIs(kDataLoss, HasSubstr("a/y: its local header says a/x")));
}

TEST(ZipArchiveTest, RecordInsideAnotherOverlaps) {
  // A record whose payload is itself a record, listed too.
  ZipEntry inner = Entry("a/in", "1");
  inner.crc32 = 0;
  const std::string inner_bytes = Build(File({inner})).substr(0, 35);
  ZipEntry outer = Entry("a/out", inner_bytes);
  ZipEntry listed = inner;
  listed.central_offset = 35;
  EXPECT_THAT(Error(File({outer, listed})), StatusIs(kDataLoss, HasSubstr("zip records overlap: one ends at byte 70")));
}

TEST(ZipArchiveTest, TwoRecordsOfOneNameAreDataLoss) {
  EXPECT_THAT(Error(File({Entry("a/x", "1"), Entry("a/x", "2")})),
              StatusIs(kDataLoss, "zip has two records named a/x"));
}

class UnsafeNameTest : public ::testing::TestWithParam<absl::string_view> {};

TEST_P(UnsafeNameTest, IsDataLoss) {
  EXPECT_THAT(Error(Entry(std::string(GetParam()), "1")), StatusIs(kDataLoss, HasSubstr("leads out of the archive")));
}

INSTANTIATE_TEST_SUITE_P(All, UnsafeNameTest,
                         ::testing::Values("", "/etc/passwd", "..", "../x", "a/../x", "a/..", "a\\x", "C:/x",
                                           absl::string_view("a\0x", 3)));

TEST(ZipArchiveTest, TwoDotsWithinANameAreFine) { EXPECT_THAT(Error(Entry("a/..x..", "1")), IsOk()); }

// Encryption, methods, limits.

TEST(ZipArchiveTest, EncryptedIsUnimplemented) {
  ZipEntry entry = Entry("a/x", "1");
  entry.flags = 1;
  EXPECT_THAT(Error(entry), StatusIs(kUnimplemented, "zip record a/x: is encrypted"));
}

TEST(ZipArchiveTest, OtherMethodIsUnimplemented) {
  ZipEntry entry = Entry("a/x", "1");
  entry.method = 12;
  EXPECT_THAT(Error(entry), StatusIs(kUnimplemented, HasSubstr("compression method 12")));
}

TEST(ZipArchiveTest, RecordLimit) {
  LoadLimits limits;
  limits.zip_records = 2;
  EXPECT_THAT(Error(File({Entry("a/x", "1"), Entry("a/y", "2")}), limits), IsOk());
  EXPECT_THAT(Error(File({Entry("a/x", "1"), Entry("a/y", "2"), Entry("a/z", "3")}), limits),
              StatusIs(kResourceExhausted, "zip has 3 records, limit 2"));
}

TEST(ZipArchiveTest, RatioLimit) {
  ZipEntry entry = Entry("a/x", std::string(5000, 'x'));
  entry.deflate = true;
  LoadLimits limits;
  EXPECT_THAT(Error(entry, limits), IsOk());
  limits.zip_expansion = 10;
  EXPECT_THAT(Error(entry, limits), StatusIs(kResourceExhausted, HasSubstr("become 5000, limit 10 times")));
}

TEST(ZipArchiveTest, SizeThatDeflateCannotReachIsResourceExhausted) {
  ZipEntry entry = Entry("a/x", std::string(5000, 'x'));
  entry.deflate = true;
  entry.zip64 = true;
  entry.central_size = uint64_t{1} << 40;
  EXPECT_THAT(Error(entry), StatusIs(kResourceExhausted, HasSubstr("become 1099511627776")));
}

TEST(ZipArchiveTest, TotalLimitCountsAllDeflatedRecords) {
  ZipEntry x = Entry("a/x", std::string(600, 'x'));
  x.deflate = true;
  ZipEntry y = x;
  y.name = "a/y";
  LoadLimits limits;
  limits.inflated_bytes_per_byte = 0;
  limits.inflated_bytes_at_first = 1200;
  EXPECT_THAT(Error(File({x, y}), limits), IsOk());
  limits.inflated_bytes_at_first = 1199;
  EXPECT_THAT(Error(File({x, y}), limits), StatusIs(kResourceExhausted, HasSubstr("more than 1199 bytes, at a/y")));
}

TEST(ZipArchiveTest, TotalLimitGrowsWithTheFile) {
  ZipEntry x = Entry("a/x", std::string(5000, 'x'));
  x.deflate = true;
  const ZipFile file = File({x, Entry("a/y", std::string(900, 'y'))});
  const size_t bytes = Build(file).size();
  LoadLimits limits;
  limits.inflated_bytes_per_byte = 2;
  limits.inflated_bytes_at_first = 5000 - 2 * bytes;
  EXPECT_THAT(Error(file, limits), IsOk());
  limits.inflated_bytes_at_first -= 1;
  EXPECT_THAT(Error(file, limits), StatusIs(kResourceExhausted, HasSubstr("more than 4999 bytes, at a/x")));
}

TEST(ZipArchiveTest, TotalLimitPastAllNumbersIsNone) {
  ZipEntry x = Entry("a/x", "xxx");
  x.deflate = true;
  LoadLimits limits;
  limits.inflated_bytes_per_byte = ~uint64_t{0};
  EXPECT_THAT(Error(x, limits), IsOk());
}

TEST(ZipArchiveTest, NoExpansionAtAllIsALimitToo) {
  LoadLimits limits;
  limits.zip_expansion = 0;
  ZipEntry x = Entry("a/x", "xxx");
  x.deflate = true;
  EXPECT_THAT(Error(x, limits), StatusIs(kResourceExhausted, HasSubstr("limit 0 times")));
}

// What Python wrote.

TEST(ZipArchiveTest, FileOfTorchSave) {
  const std::string bytes = FromBase64(testing::kTorchSave);
  ASSERT_OK_AND_ASSIGN(const ZipArchive archive, ZipArchive::Open(bytes));
  EXPECT_EQ(archive.records()[0].name, "archive/data.pkl");
  ASSERT_NE(archive.Find("archive/data/0"), nullptr);
  const ZipRecord& storage = *archive.Find("archive/data/0");
  EXPECT_EQ(storage.size, 16);
  EXPECT_EQ((storage.payload.data() - bytes.data()) % 64, 0);
  EXPECT_OK(CheckCrc32(storage, storage.payload));
  EXPECT_EQ(archive.Find("archive/version")->payload, "3\n");
}

TEST(ZipArchiveTest, FileOfZipFile) {
  const std::string bytes = FromBase64(testing::kZipFile);
  ASSERT_OK_AND_ASSIGN(const ZipArchive archive, ZipArchive::Open(bytes));
  ASSERT_OK_AND_ASSIGN(const RecordBytes inflated, ReadRecord(*archive.Find("a/data.pkl")));
  EXPECT_EQ(inflated.bytes, std::string(100, 'x'));
  EXPECT_EQ(archive.Find("a/b")->payload, "stored");
}

TEST(ZipArchiveTest, StreamedFileOfZipFile) {
  const std::string bytes = FromBase64(testing::kStreamed);
  ASSERT_OK_AND_ASSIGN(const ZipArchive archive, ZipArchive::Open(bytes));
  EXPECT_EQ(archive.Find("a/data.pkl")->payload, "streamed");
}

}  // namespace
}  // namespace loadstone
