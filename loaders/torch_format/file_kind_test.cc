#include "loaders/torch_format/file_kind.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone {
namespace {

using ::testing::HasSubstr;

TEST(FileKindTest, EmptyFile) { EXPECT_THAT(DescribeFile(""), HasSubstr("empty (0 bytes)")); }

TEST(FileKindTest, HtmlPageInAnyCase) {
  EXPECT_THAT(DescribeFile("\n  <!doctype HTML><title>404</title>"), HasSubstr("HTML page"));
}

TEST(FileKindTest, HtmlPageBehindAByteOrderMark) {
  EXPECT_THAT(DescribeFile("\xEF\xBB\xBF<html>"), HasSubstr("HTML page"));
}

TEST(FileKindTest, XmlError) { EXPECT_THAT(DescribeFile("<?xml version=\"1.0\"?><Error>"), HasSubstr("XML document")); }

TEST(FileKindTest, JsonErrorQuotesItsBeginning) {
  EXPECT_THAT(DescribeFile("{\"error\": \"Access denied\"}"), HasSubstr("Access denied"));
}

TEST(FileKindTest, GitLfsPointerSaysItsSizeAndWhatToDo) {
  const std::string pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 5\n";
  EXPECT_THAT(DescribeFile(pointer), HasSubstr("Git LFS pointer of 66 bytes"));
  EXPECT_THAT(DescribeFile(pointer), HasSubstr("git lfs pull"));
}

TEST(FileKindTest, CompressedFilesAreNamed) {
  EXPECT_THAT(DescribeFile("\x1F\x8B\x08"), HasSubstr("gzip"));
  EXPECT_THAT(DescribeFile("7z\xBC\xAF\x27\x1C"), HasSubstr("7-Zip"));
}

TEST(FileKindTest, OtherModelFormatsAreNamed) {
  EXPECT_THAT(DescribeFile("\x89HDF\r\n\x1A\n"), HasSubstr("HDF5"));
  EXPECT_THAT(DescribeFile("GGUF\x03"), HasSubstr("GGUF"));
}

TEST(FileKindTest, SafetensorsIsNamedWhateverItsLengthLooksLike) {
  EXPECT_THAT(DescribeFile(std::string("\x80\x02\0\0\0\0\0\0{", 9)), HasSubstr("a safetensors file"));
}

TEST(FileKindTest, MagicAtAnOffsetNeedsThatManyBytes) {
  EXPECT_THAT(DescribeFile(std::string("\x1C\0\0\0PTMF", 8)), HasSubstr("flatbuffer"));
  EXPECT_THAT(DescribeFile(std::string("\x1C\0\0", 3)), HasSubstr("no known format"));
}

TEST(FileKindTest, ZeroBytesAreAnUnfinishedDownload) {
  EXPECT_THAT(DescribeFile(std::string(100, '\0')), HasSubstr("filled with zero bytes (100 bytes)"));
}

TEST(FileKindTest, TextIsQuotedUpToItsFirstLine) {
  EXPECT_THAT(DescribeFile("hello\nworld"), HasSubstr("it begins \"hello\""));
}

TEST(FileKindTest, TextInUtf8IsText) { EXPECT_THAT(DescribeFile("na\xC3\xAFve"), HasSubstr("a text file")); }

TEST(FileKindTest, BarePickleIsNamed) {
  EXPECT_THAT(DescribeFile(std::string("\x80\x04N.", 4)), HasSubstr("a bare pickle"));
}

TEST(FileKindTest, BarePickleOfProtocol0IsNamedThoughItIsText) {
  EXPECT_THAT(DescribeFile("(lp0\nI1\na."), HasSubstr("a bare pickle"));
  EXPECT_THAT(DescribeFile("cos\nsystem\n(S'ls'\ntR."), HasSubstr("a bare pickle"));
  EXPECT_THAT(DescribeFile("cats are fine."), HasSubstr("a text file"));
}

TEST(FileKindTest, UnknownBytesAreShownInHex) { EXPECT_THAT(DescribeFile("\xDE\xAD\xBE\xEF"), HasSubstr("deadbeef")); }

}  // namespace
}  // namespace loadstone
