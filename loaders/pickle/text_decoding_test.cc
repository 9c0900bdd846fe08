#include "loaders/pickle/text_decoding.h"

#include <string>

#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone::pickle {
namespace {

using ::loadstone::testing::IsOkAndHolds;
using ::loadstone::testing::StatusIs;
using ::testing::HasSubstr;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr auto kResourceExhausted = absl::StatusCode::kResourceExhausted;

TEST(IsAsciiTest, HighByteAtEndOfALongTextIsFound) { EXPECT_FALSE(IsAscii("0123456789abcde\x80")); }
TEST(IsAsciiTest, SevenBitTextIsAscii) { EXPECT_TRUE(IsAscii("0123456789abcdef\x7f")); }

TEST(IsPythonUtf8Test, AllLengthsAreAccepted) { EXPECT_TRUE(IsPythonUtf8("a\xC2\x80\xE0\xA0\x80\xF0\x90\x80\x80")); }
TEST(IsPythonUtf8Test, LastCodePointIsAccepted) { EXPECT_TRUE(IsPythonUtf8("\xF4\x8F\xBF\xBF")); }
TEST(IsPythonUtf8Test, LoneSurrogateIsAccepted) { EXPECT_TRUE(IsPythonUtf8("\xED\xA0\x80")); }
TEST(IsPythonUtf8Test, CodePointPastTheLastIsRefused) { EXPECT_FALSE(IsPythonUtf8("\xF4\x90\x80\x80")); }
TEST(IsPythonUtf8Test, OverlongTwoBytesAreRefused) { EXPECT_FALSE(IsPythonUtf8("\xC1\x81")); }
TEST(IsPythonUtf8Test, OverlongThreeBytesAreRefused) { EXPECT_FALSE(IsPythonUtf8("\xE0\x80\x80")); }
TEST(IsPythonUtf8Test, OverlongFourBytesAreRefused) { EXPECT_FALSE(IsPythonUtf8("\xF0\x80\x80\x80")); }
TEST(IsPythonUtf8Test, ContinuationAloneIsRefused) { EXPECT_FALSE(IsPythonUtf8("a\x80")); }
TEST(IsPythonUtf8Test, CutSequenceIsRefused) { EXPECT_FALSE(IsPythonUtf8("\xE2\x82")); }

TEST(DecodeStringLiteralTest, EitherQuoteIsTaken) {
  EXPECT_THAT(DecodeStringLiteral("'a\"b'"), IsOkAndHolds("a\"b"));
  EXPECT_THAT(DecodeStringLiteral("\"a'b\""), IsOkAndHolds("a'b"));
}
TEST(DecodeStringLiteralTest, EscapesAreDecoded) {
  EXPECT_THAT(DecodeStringLiteral(R"('\\\'\"\a\b\f\n\r\t\v\x41\101\0')"),
              IsOkAndHolds(std::string("\\'\"\a\b\f\n\r\t\vAA\0", 13)));
}
TEST(DecodeStringLiteralTest, UnknownEscapeKeepsItsBackslash) {
  EXPECT_THAT(DecodeStringLiteral(R"('\q')"), IsOkAndHolds("\\q"));
}
TEST(DecodeStringLiteralTest, MissingQuoteIsDataLoss) {
  EXPECT_THAT(DecodeStringLiteral("abc"), StatusIs(kDataLoss, HasSubstr("no quoted string")));
}
TEST(DecodeStringLiteralTest, OneQuoteIsDataLoss) {
  EXPECT_THAT(DecodeStringLiteral("'"), StatusIs(kDataLoss, HasSubstr("no quoted string")));
}
TEST(DecodeStringLiteralTest, BackslashAtTheEndIsDataLoss) {
  EXPECT_THAT(DecodeStringLiteral(R"('\')"), StatusIs(kDataLoss, HasSubstr("backslash")));
}
TEST(DecodeStringLiteralTest, BadHexIsDataLoss) {
  EXPECT_THAT(DecodeStringLiteral(R"('\x4')"), StatusIs(kDataLoss, HasSubstr("\\x")));
}

TEST(DecodeRawUnicodeEscapeTest, HighBytesAreLatin1) {
  EXPECT_THAT(DecodeRawUnicodeEscape("caf\xE9"), IsOkAndHolds("caf\xC3\xA9"));
}
TEST(DecodeRawUnicodeEscapeTest, EscapesAreDecoded) {
  EXPECT_THAT(DecodeRawUnicodeEscape(R"(\u20ac\U0001f600)"), IsOkAndHolds("\xE2\x82\xAC\xF0\x9F\x98\x80"));
}
TEST(DecodeRawUnicodeEscapeTest, TwoBackslashesBeginNoEscape) {
  EXPECT_THAT(DecodeRawUnicodeEscape(R"(\\u20ac)"), IsOkAndHolds(R"(\\u20ac)"));
}
TEST(DecodeRawUnicodeEscapeTest, ShortEscapeIsDataLoss) {
  EXPECT_THAT(DecodeRawUnicodeEscape(R"(\u20a)"), StatusIs(kDataLoss, HasSubstr("\\u")));
}
TEST(DecodeRawUnicodeEscapeTest, CodePointPastTheLastIsDataLoss) {
  EXPECT_THAT(DecodeRawUnicodeEscape(R"(\U00110000)"), StatusIs(kDataLoss, HasSubstr("\\U")));
}

TEST(EncodeLatin1Test, EachCharacterBecomesAByte) {
  EXPECT_THAT(EncodeLatin1("a\xC2\x80\xC3\xBF"), IsOkAndHolds("a\x80\xFF"));
}
TEST(EncodeLatin1Test, HigherCharacterIsDataLoss) {
  EXPECT_THAT(EncodeLatin1("ab\xC4\x80"), StatusIs(kDataLoss, HasSubstr("byte 2")));
}

TEST(DecodeDecimalTest, ZeroIsEmpty) { EXPECT_THAT(DecodeDecimal("0", 8), IsOkAndHolds("")); }
TEST(DecodeDecimalTest, SignByteIsAddedWhenNeeded) {
  EXPECT_THAT(DecodeDecimal("128", 8), IsOkAndHolds(std::string("\x80\x00", 2)));
}
TEST(DecodeDecimalTest, NegativeIsTwosComplement) {
  EXPECT_THAT(DecodeDecimal("-128", 8), IsOkAndHolds("\x80"));
  EXPECT_THAT(DecodeDecimal("-1L", 8), IsOkAndHolds("\xFF"));
}
TEST(DecodeDecimalTest, SuffixAndUnderscoresAreDropped) {
  EXPECT_THAT(DecodeDecimal("+1_0_0L", 8), IsOkAndHolds("\x64"));
}
TEST(DecodeDecimalTest, MagicNumberOfLegacyFiles) {
  EXPECT_THAT(DecodeDecimal("119547037146038801333356L", 16), IsOkAndHolds("\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19"));
}
TEST(DecodeDecimalTest, LimitIsInclusive) {
  EXPECT_THAT(DecodeDecimal("127", 1), IsOkAndHolds("\x7F"));
  EXPECT_THAT(DecodeDecimal("128", 1), StatusIs(kResourceExhausted, HasSubstr("2 bytes, limit 1")));
}
TEST(DecodeDecimalTest, MegabyteOfDigitsIsResourceExhausted) {
  EXPECT_THAT(DecodeDecimal(std::string(1 << 20, '9'), 1024),
              StatusIs(kResourceExhausted, HasSubstr("1048576 digits")));
}
TEST(DecodeDecimalTest, EmptyIsDataLoss) {
  EXPECT_THAT(DecodeDecimal("", 8), StatusIs(kDataLoss, HasSubstr("no decimal number")));
}
TEST(DecodeDecimalTest, LeadingZeroIsDataLoss) {
  EXPECT_THAT(DecodeDecimal("010", 8), StatusIs(kDataLoss, HasSubstr("no decimal number")));
}
TEST(DecodeDecimalTest, HexadecimalIsDataLoss) {
  EXPECT_THAT(DecodeDecimal("0x10", 8), StatusIs(kDataLoss, HasSubstr("no decimal number")));
}
TEST(DecodeDecimalTest, DoubleUnderscoreIsDataLoss) {
  EXPECT_THAT(DecodeDecimal("1__0", 8), StatusIs(kDataLoss, HasSubstr("no decimal number")));
}
TEST(DecodeDecimalTest, TwoSignsAreDataLoss) {
  EXPECT_THAT(DecodeDecimal("-+1", 8), StatusIs(kDataLoss, HasSubstr("no decimal number")));
}

TEST(TrimSignTest, OnlyRepeatedSignIsDropped) {
  EXPECT_EQ(TrimSign(absl::string_view("\x01\x00\x00", 3)), "\x01");
  EXPECT_EQ(TrimSign(absl::string_view("\x80\x00\x00", 3)), absl::string_view("\x80\x00", 2));
  EXPECT_EQ(TrimSign("\x80\xFF\xFF"), "\x80");
  EXPECT_EQ(TrimSign("\xFF"), "\xFF");
}

}  // namespace
}  // namespace loadstone::pickle
