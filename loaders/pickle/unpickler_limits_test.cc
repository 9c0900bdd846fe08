// Each limit of the pickle machine at its last allowed value and past it, and pickles made to exhaust a reader.
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loaders/pickle/unpickler.h"

namespace loadstone::pickle {
namespace {

using ::loadstone::testing::IsOk;
using ::loadstone::testing::StatusIs;
using ::testing::HasSubstr;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr auto kResourceExhausted = absl::StatusCode::kResourceExhausted;

std::string Repeat(absl::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) absl::StrAppend(&result, text);
  return result;
}

absl::Status Try(absl::string_view bytes, const Limits& limits = {}) {
  UnpickleOptions options;
  options.limits = limits;
  return Unpickle(bytes, options).status();
}

TEST(UnpicklerLimitsTest, PickleBytes) {
  Limits limits;
  limits.pickle_bytes = 4;
  EXPECT_THAT(Try("NN0.", limits), IsOk());
  EXPECT_THAT(Try("NN0N0.", limits), StatusIs(kResourceExhausted, HasSubstr("past byte 4, limit 4 bytes")));
}

TEST(UnpicklerLimitsTest, BytesAfterStopDoNotCount) {
  Limits limits;
  limits.pickle_bytes = 4;
  EXPECT_THAT(Try("N.and then the storages of a legacy file", limits), IsOk());
}

TEST(UnpicklerLimitsTest, LongStringAcrossThePickleLimit) {
  Limits limits;
  limits.pickle_bytes = 4;
  EXPECT_THAT(Try("\x8C\x05hello.", limits), StatusIs(kResourceExhausted, HasSubstr("limit 4 bytes")));
  EXPECT_THAT(Try("\x8C\xFFhello.", limits), StatusIs(kDataLoss, HasSubstr("needs 255 bytes, 6 are left")));
}

TEST(UnpicklerLimitsTest, Opcodes) {
  Limits limits;
  limits.opcodes = 4;
  EXPECT_THAT(Try("NN0.", limits), IsOk());
  EXPECT_THAT(Try("NNN00.", limits), StatusIs(kResourceExhausted, HasSubstr("at byte 4: more than 4 opcodes")));
}

TEST(UnpicklerLimitsTest, OpcodesPerByte) {
  Limits limits;
  limits.opcodes_at_first = 0;
  // 60 bytes and 47 opcodes; copying 40 items into a set takes the rest.
  const std::string set_of_a_list = absl::StrCat("cbuiltins\nset\n](", Repeat("N", 40), "e\x85R.");
  limits.opcodes_per_byte = 4;
  EXPECT_THAT(Try(set_of_a_list, limits), IsOk());
  limits.opcodes_per_byte = 1;
  EXPECT_THAT(Try(set_of_a_list, limits), StatusIs(kResourceExhausted, HasSubstr("more than ")));
}

TEST(UnpicklerLimitsTest, ShortExponentialKeyIsRefusedBeforeItTakesLong) {
  EXPECT_THAT(Try("})" + Repeat("2\x86", 60) + "Ns."),
              StatusIs(kResourceExhausted, HasSubstr("more than 1000496 steps to hash")));
}

TEST(UnpicklerLimitsTest, Stack) {
  Limits limits;
  limits.stack = 3;
  EXPECT_THAT(Try("NNN00.", limits), IsOk());
  EXPECT_THAT(Try("NNNN000.", limits), StatusIs(kResourceExhausted, HasSubstr("more than 3 values on the stack")));
}

TEST(UnpicklerLimitsTest, MarkDepth) {
  Limits limits;
  limits.mark_depth = 2;
  EXPECT_THAT(Try("((tt.", limits), IsOk());
  EXPECT_THAT(Try("(((ttt.", limits), StatusIs(kResourceExhausted, HasSubstr("more than 2 open marks")));
}

TEST(UnpicklerLimitsTest, MemoIndex) {
  Limits limits;
  limits.memo_entries = 10;
  EXPECT_THAT(Try("Np9\n.", limits), IsOk());
  EXPECT_THAT(Try("Np10\n.", limits), StatusIs(kResourceExhausted, HasSubstr("memo index 10, limit 10")));
}

TEST(UnpicklerLimitsTest, ContainerItems) {
  Limits limits;
  limits.container_items = 4;
  EXPECT_THAT(Try("NN\x86NN\x86" "0.", limits), IsOk());
  EXPECT_THAT(Try("NN\x86NNN\x87" "0.", limits), StatusIs(kResourceExhausted, HasSubstr("more than 4 items")));
}

TEST(UnpicklerLimitsTest, DistinctNames) {
  Limits limits;
  limits.distinct_names = 2;
  EXPECT_THAT(Try("ca\nx\nca\ny\n0ca\nx\n0.", limits), IsOk());
  EXPECT_THAT(Try("ca\nx\nca\ny\n0ca\nz\n0.", limits), StatusIs(kResourceExhausted, HasSubstr("more than 2 classes")));
}

TEST(UnpicklerLimitsTest, NameBytes) {
  EXPECT_THAT(Try(absl::StrCat("ca\n", std::string(4096, 'x'), "\n.")), IsOk());
  EXPECT_THAT(Try(absl::StrCat("ca\n", std::string(4097, 'x'), "\n.")),
              StatusIs(kResourceExhausted, HasSubstr("4097 bytes, limit 4096")));
}

TEST(UnpicklerLimitsTest, BigIntBytes) {
  Limits limits;
  limits.big_int_bytes = 2;
  EXPECT_THAT(Try("\x8A\x02\x01\x01.", limits), IsOk());
  EXPECT_THAT(Try("\x8A\x03\x01\x01\x01.", limits), StatusIs(kResourceExhausted, HasSubstr("more than 2 bytes")));
}

TEST(UnpicklerLimitsTest, BigIntLine) {
  EXPECT_THAT(Try(absl::StrCat("L", std::string(100'000, '9'), "\n.")),
              StatusIs(kResourceExhausted, HasSubstr("100000 digits, limit 1024 bytes")));
}

TEST(UnpicklerLimitsTest, DocumentBytes) {
  Limits limits;
  limits.document_bytes = 1 << 20;
  EXPECT_THAT(Try("]" + Repeat("]0", 1000) + ".", limits), IsOk());
  EXPECT_THAT(Try("]" + Repeat("]0", 100'000) + ".", limits),
              StatusIs(kResourceExhausted, HasSubstr("more than 1048576 bytes of values")));
}

TEST(UnpicklerLimitsTest, HighestMemoIndexIsRefusedWithoutAllocating) {
  EXPECT_THAT(Try("Nr\xFF\xFF\xFF\x7F."), StatusIs(kResourceExhausted, HasSubstr("memo index 2147483647")));
}

TEST(UnpicklerLimitsTest, SparseMemoIsCheap) {
  std::string bytes = "N";
  for (int i = 0; i < 10'000; ++i) absl::StrAppend(&bytes, "p", i * 1500, "\n");
  EXPECT_THAT(Try(bytes + "."), IsOk());
}

TEST(UnpicklerLimitsTest, TwoHundredThousandNestedListsAreRead) {
  EXPECT_THAT(Try(Repeat("]", 200'000) + Repeat("a", 199'999) + "."), IsOk());
}

TEST(UnpicklerLimitsTest, TwoHundredThousandNestedTuplesAreRead) {
  EXPECT_THAT(Try(")" + Repeat("\x85", 200'000) + "."), IsOk());
}

TEST(UnpicklerLimitsTest, ExponentialSharingIsReadInLinearTime) {
  EXPECT_THAT(Try(")" + Repeat("2\x86", 10'000) + "."), IsOk());
}

TEST(UnpicklerLimitsTest, ExponentialKeyIsResourceExhausted) {
  Limits limits;
  limits.opcodes = 100'000;
  EXPECT_THAT(Try("})" + Repeat("2\x86", 60) + "Ns.", limits),
              StatusIs(kResourceExhausted, HasSubstr("steps to hash")));
}

TEST(UnpicklerLimitsTest, SetsOfOneLongListCountEachCopy) {
  Limits limits;
  limits.opcodes = 100'000;
  const std::string list = "](" + Repeat("N", 1000) + "e\x85q\x01" "0";
  const std::string copies = Repeat("cbuiltins\nset\nh\x01R0", 200);
  EXPECT_THAT(Try(list + copies + "N.", limits), StatusIs(kResourceExhausted, HasSubstr("more than 100000 opcodes")));
}

}  // namespace
}  // namespace loadstone::pickle
