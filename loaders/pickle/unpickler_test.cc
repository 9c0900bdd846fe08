#include "loaders/pickle/unpickler.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loaders/pickle/python_pickles.h"

namespace loadstone::pickle {
namespace {

using ::loadstone::testing::StatusIs;
using ::testing::HasSubstr;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;
constexpr auto kPermissionDenied = absl::StatusCode::kPermissionDenied;

// A pickle with zero bytes in it.
template <size_t N>
std::string Bytes(const char (&literal)[N]) {
  return std::string(literal, N - 1);
}

// Runs a pickle that must be good; the document stays until the next.
class UnpicklerTest : public ::testing::Test {
 protected:
  Value Root(std::string bytes) {
    bytes_ = std::move(bytes);
    auto document = Unpickle(bytes_);
    EXPECT_OK(document);
    if (!document.ok()) return Value();
    document_ = *std::move(document);
    return document_->root();
  }
  std::string bytes_;
  std::unique_ptr<const Document> document_;
};

absl::Status Error(absl::string_view bytes) { return Unpickle(bytes).status(); }

// Constants and numbers.

TEST_F(UnpicklerTest, None) { EXPECT_TRUE(Root("N.").is_none()); }
TEST_F(UnpicklerTest, NewTrue) { EXPECT_TRUE(Root("\x88.").bool_value()); }
TEST_F(UnpicklerTest, NewFalse) {
  const Value root = Root("\x89.");
  EXPECT_EQ(root.kind(), Kind::kBool);
  EXPECT_FALSE(root.bool_value());
}
TEST_F(UnpicklerTest, IntLine) { EXPECT_EQ(Root("I-12\n.").int_value(), -12); }
TEST_F(UnpicklerTest, IntLineOfTwoDigitsIsBool) {
  EXPECT_EQ(Root("I01\n.").kind(), Kind::kBool);
  EXPECT_EQ(Root("I1\n.").kind(), Kind::kInt);
}
TEST_F(UnpicklerTest, LongLine) { EXPECT_EQ(Root("L12L\n.").int_value(), 12); }
TEST_F(UnpicklerTest, LongLineBeyond64Bits) {
  const Value root = Root("L119547037146038801333356L\n.");
  EXPECT_EQ(root.kind(), Kind::kBigInt);
  EXPECT_EQ(root.bytes(), "\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19");
}
TEST_F(UnpicklerTest, FloatLine) { EXPECT_EQ(Root("F-1.5e3\n.").float_value(), -1500); }
TEST_F(UnpicklerTest, BinInt) { EXPECT_EQ(Root(Bytes("J\xFE\xFF\xFF\xFF.")).int_value(), -2); }
TEST_F(UnpicklerTest, BinInt1) { EXPECT_EQ(Root("K\xFF.").int_value(), 255); }
TEST_F(UnpicklerTest, BinInt2) { EXPECT_EQ(Root("M\x01\x02.").int_value(), 513); }
TEST_F(UnpicklerTest, BinFloatIsBigEndian) {
  EXPECT_EQ(Root(Bytes("G\x3F\xF8\x00\x00\x00\x00\x00\x00.")).float_value(), 1.5);
}
TEST_F(UnpicklerTest, Long1OfNoBytesIsZero) { EXPECT_EQ(Root(Bytes("\x8A\x00.")).int_value(), 0); }
TEST_F(UnpicklerTest, Long1IsSigned) { EXPECT_EQ(Root("\x8A\x01\xFF.").int_value(), -1); }
TEST_F(UnpicklerTest, Long1OfSmallestInt64) {
  EXPECT_EQ(Root(Bytes("\x8A\x08\x00\x00\x00\x00\x00\x00\x00\x80.")).int_value(), INT64_MIN);
}
TEST_F(UnpicklerTest, Long1WithRepeatedSignIsAnInt) {
  const Value root = Root("\x8A\x0A\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF.");
  EXPECT_EQ(root.kind(), Kind::kInt);
  EXPECT_EQ(root.int_value(), -2);
}
TEST_F(UnpicklerTest, Long4) { EXPECT_EQ(Root(Bytes("\x8B\x02\x00\x00\x00\x01\x02.")).int_value(), 513); }
TEST_F(UnpicklerTest, Long4OfNegativeLengthIsDataLoss) {
  EXPECT_THAT(Error("\x8B\xFF\xFF\xFF\xFF."), StatusIs(kDataLoss, HasSubstr("LONG4 at byte 0: negative length -1")));
}
TEST_F(UnpicklerTest, IntLineOfWordsIsDataLoss) {
  EXPECT_THAT(Error("Iten\n."), StatusIs(kDataLoss, HasSubstr("INT at byte 0: \"ten\"")));
}
TEST_F(UnpicklerTest, FloatLineOfWordsIsDataLoss) {
  EXPECT_THAT(Error("Ften\n."), StatusIs(kDataLoss, HasSubstr("\"ten\" is no float")));
}

// Texts and bytes.

TEST_F(UnpicklerTest, StringLineIsAPython2String) {
  const Value root = Root("S'a\\x00b'\n.");
  EXPECT_TRUE(root.is_python2_string());
  EXPECT_EQ(root.bytes(), Bytes("a\0b"));
}
TEST_F(UnpicklerTest, UnicodeLine) { EXPECT_EQ(Root("V\\u20ac\n.").bytes(), "\xE2\x82\xAC"); }
TEST_F(UnpicklerTest, BinString) { EXPECT_TRUE(Root(Bytes("T\x02\x00\x00\x00xy.")).is_python2_string()); }
TEST_F(UnpicklerTest, BinStringOfNegativeLengthIsDataLoss) {
  EXPECT_THAT(Error("T\xFF\xFF\xFF\xFF."), StatusIs(kDataLoss, HasSubstr("negative length")));
}
TEST_F(UnpicklerTest, ShortBinString) { EXPECT_EQ(Root("U\x02xy.").bytes(), "xy"); }
TEST_F(UnpicklerTest, BinUnicode) {
  const Value root = Root(Bytes("X\x02\x00\x00\x00xy."));
  EXPECT_TRUE(root.is_text());
  EXPECT_EQ(root.bytes(), "xy");
}
TEST_F(UnpicklerTest, ShortBinUnicode) { EXPECT_EQ(Root("\x8C\x02xy.").bytes(), "xy"); }
TEST_F(UnpicklerTest, BinUnicode8) { EXPECT_EQ(Root(Bytes("\x8D\x02\0\0\0\0\0\0\0xy.")).bytes(), "xy"); }
TEST_F(UnpicklerTest, BinBytes) {
  const Value root = Root(Bytes("B\x02\x00\x00\x00xy."));
  EXPECT_EQ(root.kind(), Kind::kBytes);
  EXPECT_FALSE(root.is_python2_string());
}
TEST_F(UnpicklerTest, ShortBinBytes) { EXPECT_EQ(Root("C\x02xy.").bytes(), "xy"); }
TEST_F(UnpicklerTest, BinBytes8) { EXPECT_EQ(Root(Bytes("\x8E\x02\0\0\0\0\0\0\0xy.")).kind(), Kind::kBytes); }
TEST_F(UnpicklerTest, ByteArray8) { EXPECT_EQ(Root(Bytes("\x96\x02\0\0\0\0\0\0\0xy.")).kind(), Kind::kBytes); }
TEST_F(UnpicklerTest, TruncatedStringIsDataLoss) {
  EXPECT_THAT(Error(Bytes("N0X\x28\x00\x00\x00xy.")),
              StatusIs(kDataLoss, HasSubstr("BINUNICODE at byte 2: needs 40 bytes, 3 are left")));
}
TEST_F(UnpicklerTest, LengthOf64BitsIsDataLoss) {
  EXPECT_THAT(Error("\x8E\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF."), StatusIs(kDataLoss, HasSubstr("18446744073709551615")));
}
TEST_F(UnpicklerTest, TextThatIsNoUtf8IsDataLoss) {
  EXPECT_THAT(Error("\x8C\x02\xC1\x81."), StatusIs(kDataLoss, HasSubstr("no UTF-8")));
}

// Containers.

TEST_F(UnpicklerTest, EmptyTuple) { EXPECT_EQ(Root(").").kind(), Kind::kTuple); }
TEST_F(UnpicklerTest, Tuple1) { EXPECT_EQ(Root("K\x01\x85.").items().size(), 1); }
TEST_F(UnpicklerTest, Tuple2) { EXPECT_EQ(Root("K\x01K\x02\x86.").items()[1].int_value(), 2); }
TEST_F(UnpicklerTest, Tuple3) { EXPECT_EQ(Root("K\x01K\x02K\x03\x87.").items()[0].int_value(), 1); }
TEST_F(UnpicklerTest, TupleOfTooFewIsDataLoss) {
  EXPECT_THAT(Error("K\x01\x86."), StatusIs(kDataLoss, HasSubstr("needs 2 values, the stack has 1")));
}
TEST_F(UnpicklerTest, Tuple) { EXPECT_EQ(Root("(K\x01K\x02t.").items().size(), 2); }
TEST_F(UnpicklerTest, TupleWithoutMarkIsDataLoss) {
  EXPECT_THAT(Error("K\x01t."), StatusIs(kDataLoss, HasSubstr("TUPLE at byte 2: there is no mark")));
}
TEST_F(UnpicklerTest, List) { EXPECT_EQ(Root("(K\x01l.").kind(), Kind::kList); }
TEST_F(UnpicklerTest, Append) { EXPECT_EQ(Root("]K\x01" "a.").items()[0].int_value(), 1); }
TEST_F(UnpicklerTest, Appends) { EXPECT_EQ(Root("](K\x01K\x02" "e.").items().size(), 2); }
TEST_F(UnpicklerTest, AppendToATupleIsDataLoss) {
  EXPECT_THAT(Error(")K\x01" "a."), StatusIs(kDataLoss, HasSubstr("APPEND at byte 3: its target is a tuple")));
}
TEST_F(UnpicklerTest, AppendsWithNothingUnderTheMarkIsDataLoss) {
  EXPECT_THAT(Error("(K\x01" "e."), StatusIs(kDataLoss, HasSubstr("no value under the mark")));
}
TEST_F(UnpicklerTest, AppendAcrossAMarkIsDataLoss) {
  EXPECT_THAT(Error("](K\x01" "a."), StatusIs(kDataLoss, HasSubstr("APPEND at byte 4: needs 2 values")));
}
TEST_F(UnpicklerTest, DictFromMark) { EXPECT_EQ(Root("(K\x01K\x02" "d.").dict().entries.size(), 1); }
TEST_F(UnpicklerTest, DictOfOddItemsIsDataLoss) {
  EXPECT_THAT(Error("(K\x01" "d."), StatusIs(kDataLoss, HasSubstr("1 keys and values")));
}
TEST_F(UnpicklerTest, SetItem) {
  const Value root = Root("}\x8C\x01kK\x02s.");
  EXPECT_EQ(root.dict().Find("k")->int_value(), 2);
}
TEST_F(UnpicklerTest, SetItems) { EXPECT_EQ(Root("}(K\x01K\x02K\x03K\x04u.").dict().entries.size(), 2); }
TEST_F(UnpicklerTest, SetItemsOfOddItemsIsDataLoss) {
  EXPECT_THAT(Error("}(K\x01u."), StatusIs(kDataLoss, HasSubstr("SETITEMS at byte 4: 1 keys and values")));
}
TEST_F(UnpicklerTest, SetItemOfAListIsDataLoss) {
  EXPECT_THAT(Error("]K\x01K\x02s."), StatusIs(kDataLoss, HasSubstr("its target is a list")));
}
TEST_F(UnpicklerTest, SetItemOfAPersistentIdIsDataLoss) {
  EXPECT_THAT(Error("K\x01QK\x01K\x02s."), StatusIs(kDataLoss, HasSubstr("its target is a persistent id")));
}
TEST_F(UnpicklerTest, ListAsKeyIsDataLoss) {
  EXPECT_THAT(Error("}]K\x02s."), StatusIs(kDataLoss, HasSubstr("SETITEM at byte 4: a list cannot be a key")));
}
TEST_F(UnpicklerTest, EmptySetAndAddItems) {
  const Value root = Root("\x8F(K\x01K\x02\x90.");
  EXPECT_EQ(root.kind(), Kind::kSet);
  EXPECT_EQ(root.items().size(), 2);
  EXPECT_FALSE(root.is_frozen());
}
TEST_F(UnpicklerTest, FrozenSet) { EXPECT_TRUE(Root("(K\x01\x91.").is_frozen()); }
TEST_F(UnpicklerTest, AddItemsToAFrozenSetIsDataLoss) {
  EXPECT_THAT(Error("(\x91(K\x01\x90."), StatusIs(kDataLoss, HasSubstr("ADDITEMS at byte 5: its target is a set")));
}
TEST_F(UnpicklerTest, ListInASetIsDataLoss) {
  EXPECT_THAT(Error("\x8F(]\x90."), StatusIs(kDataLoss, HasSubstr("list cannot be a key")));
}
TEST_F(UnpicklerTest, ListInAFrozenSetIsDataLoss) {
  EXPECT_THAT(Error("(]\x91."), StatusIs(kDataLoss, HasSubstr("list cannot be a key")));
}
TEST_F(UnpicklerTest, ListMayHoldItself) {
  const Value root = Root("]q\x01h\x01" "a.");
  EXPECT_EQ(root.items()[0].identity(), root.identity());
}

// Stack, marks and memo.

TEST_F(UnpicklerTest, Pop) { EXPECT_EQ(Root("K\x01K\x02" "0.").int_value(), 1); }
TEST_F(UnpicklerTest, PopOfAMark) { EXPECT_EQ(Root("K\x01(0.").int_value(), 1); }
TEST_F(UnpicklerTest, PopOfNothingIsDataLoss) {
  EXPECT_THAT(Error("0."), StatusIs(kDataLoss, HasSubstr("POP at byte 0: the stack is empty")));
}
TEST_F(UnpicklerTest, PopMark) { EXPECT_EQ(Root("K\x01(K\x02K\x03" "1.").int_value(), 1); }
TEST_F(UnpicklerTest, DupIsTheSameObject) {
  const Value root = Root("(]2t.");
  EXPECT_EQ(root.items()[0].identity(), root.items()[1].identity());
}
TEST_F(UnpicklerTest, DupOfAMarkIsDataLoss) {
  EXPECT_THAT(Error("K\x01(2t."), StatusIs(kDataLoss, HasSubstr("nothing is on the stack above the mark")));
}
TEST_F(UnpicklerTest, PutAndGetLines) { EXPECT_EQ(Root("K\x07p5\n0g5\n.").int_value(), 7); }
TEST_F(UnpicklerTest, BinPutAndBinGet) { EXPECT_EQ(Root("K\x07q\x05" "0h\x05.").int_value(), 7); }
TEST_F(UnpicklerTest, LongBinPutAndLongBinGet) {
  EXPECT_EQ(Root(Bytes("K\x07r\x00\x01\x00\x00" "0j\x00\x01\x00\x00.")).int_value(), 7);
}
TEST_F(UnpicklerTest, MemoizeCountsUp) {
  const Value root = Root(Bytes("(K\x07\x94K\x08\x94h\x00h\x01t."));
  EXPECT_EQ(root.items()[2].int_value(), 7);
  EXPECT_EQ(root.items()[3].int_value(), 8);
}
TEST_F(UnpicklerTest, LaterChangesReachEveryMemoRead) {
  EXPECT_EQ(Root("(]q\x01h\x01K\x05" "at.").items()[0].items()[0].int_value(), 5);
}
TEST_F(UnpicklerTest, GetOfAnEmptySlotIsDataLoss) {
  EXPECT_THAT(Error("h\x05."), StatusIs(kDataLoss, HasSubstr("BINGET at byte 0: nothing is in the memo at 5")));
}
TEST_F(UnpicklerTest, PutOfNothingIsDataLoss) {
  EXPECT_THAT(Error("q\x05."), StatusIs(kDataLoss, HasSubstr("the stack is empty")));
}
TEST_F(UnpicklerTest, NegativePutLineIsDataLoss) {
  EXPECT_THAT(Error("Np-1\n."), StatusIs(kDataLoss, HasSubstr("\"-1\" is no memo index")));
}

// Where a pickle begins and ends.

TEST_F(UnpicklerTest, StopEndsThePickle) {
  Root("N.K\x01.");
  EXPECT_EQ(document_->bytes_consumed(), 2);
}
TEST_F(UnpicklerTest, ProtocolIsTheHighestThatWasSaid) {
  Root(Bytes("\x80\x04\x80\x02N."));
  EXPECT_EQ(document_->protocol(), 4);
  Root("N.");
  EXPECT_EQ(document_->protocol(), 0);
}
TEST_F(UnpicklerTest, Protocol6IsUnimplemented) {
  EXPECT_THAT(Error("\x80\x06N."), StatusIs(kUnimplemented, HasSubstr("protocol 6, known up to 5")));
}
TEST_F(UnpicklerTest, EmptyInputIsDataLoss) {
  EXPECT_THAT(Error(""), StatusIs(kDataLoss, HasSubstr("ends at byte 0 without a STOP")));
}
TEST_F(UnpicklerTest, TwoValuesAtStopAreDataLoss) {
  EXPECT_THAT(Error("NN."), StatusIs(kDataLoss, HasSubstr("2 values and 0 marks")));
}
TEST_F(UnpicklerTest, MarkAtStopIsDataLoss) {
  EXPECT_THAT(Error("(N."), StatusIs(kDataLoss, HasSubstr("STOP at byte 2: 1 values and 1 marks")));
}
TEST_F(UnpicklerTest, UnknownOpcodeIsDataLoss) {
  EXPECT_THAT(Error("N\x99."), StatusIs(kDataLoss, HasSubstr("unknown opcode 0x99 at byte 1")));
}
TEST_F(UnpicklerTest, FrameIsLeftAtItsEnd) {
  EXPECT_EQ(Root(Bytes("\x95\x02\0\0\0\0\0\0\0K\x01\x95\x01\0\0\0\0\0\0\0.")).int_value(), 1);
}
TEST_F(UnpicklerTest, OpcodeAcrossAFramesEndIsDataLoss) {
  EXPECT_THAT(Error(Bytes("\x95\x02\0\0\0\0\0\0\0M\x01\x02.")),
              StatusIs(kDataLoss, HasSubstr("BININT2 at byte 9: needs 2 bytes, its frame has 1 left")));
}
TEST_F(UnpicklerTest, LineAcrossAFramesEndIsDataLoss) {
  EXPECT_THAT(Error(Bytes("\x95\x02\0\0\0\0\0\0\0I1\n.")), StatusIs(kDataLoss, HasSubstr("line has no end")));
}
TEST_F(UnpicklerTest, FrameInAFrameIsDataLoss) {
  EXPECT_THAT(Error(Bytes("\x95\x0A\0\0\0\0\0\0\0\x95\x01\0\0\0\0\0\0\0N.")),
              StatusIs(kDataLoss, HasSubstr("FRAME at byte 9: a frame begins with 1 bytes left")));
}
TEST_F(UnpicklerTest, HugeFrameIsDataLoss) {
  EXPECT_THAT(Error("\x95\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7FN."), StatusIs(kDataLoss, HasSubstr("9223372036854775807")));
}

// Names, calls and state.

TEST_F(UnpicklerTest, GlobalIsAName) {
  const Value root = Root("ctorch\nfloat32\n.");
  EXPECT_TRUE(root.IsName("torch", "float32"));
  ASSERT_EQ(document_->names().size(), 1);
  EXPECT_EQ(document_->names()[0]->offset, 0);
}
TEST_F(UnpicklerTest, OneNameForAllSpellings) {
  const Value root = Root("(c__builtin__\nlong\ncbuiltins\nint\nc__builtin__\nlong\nt.");
  EXPECT_EQ(root.items()[0].identity(), root.items()[1].identity());
  EXPECT_EQ(root.items()[0].identity(), root.items()[2].identity());
  EXPECT_EQ(document_->names().size(), 1);
}
TEST_F(UnpicklerTest, StackGlobalMayHoldDots) {
  EXPECT_TRUE(Root("\x8C\x05torch\x8C\x08Tensor.x\x93.").IsName("torch", "Tensor.x"));
}
TEST_F(UnpicklerTest, StackGlobalOfNumbersIsDataLoss) {
  EXPECT_THAT(Error("K\x01K\x02\x93."), StatusIs(kDataLoss, HasSubstr("int and int, want str and str")));
}
TEST_F(UnpicklerTest, EmptyNameIsDataLoss) {
  EXPECT_THAT(Error("ctorch\n\n."), StatusIs(kDataLoss, HasSubstr("GLOBAL at byte 0: empty module or name")));
}
TEST_F(UnpicklerTest, BinPersId) {
  const Value root = Root("K\x07Q.");
  ASSERT_EQ(root.kind(), Kind::kPersistentId);
  EXPECT_EQ(root.persistent_id().id.int_value(), 7);
  EXPECT_EQ(root.persistent_id().offset, 2);
}
TEST_F(UnpicklerTest, ReduceIsRecorded) {
  const Value root = Root("cmodels\nNet\nK\x07\x85R.");
  ASSERT_EQ(root.kind(), Kind::kObject);
  EXPECT_EQ(root.object().how, Object::How::kReduce);
  EXPECT_TRUE(root.object().callable.IsName("models", "Net"));
  EXPECT_EQ(root.object().args.items()[0].int_value(), 7);
  EXPECT_EQ(root.object().offset, 15);
}
TEST_F(UnpicklerTest, ReduceOfANumberIsDataLoss) {
  EXPECT_THAT(Error("K\x01)R."), StatusIs(kDataLoss, HasSubstr("REDUCE at byte 3: a int cannot be called")));
}
TEST_F(UnpicklerTest, ReduceWithAListIsDataLoss) {
  EXPECT_THAT(Error("cm\nN\n]R."), StatusIs(kDataLoss, HasSubstr("arguments are a list, want a tuple")));
}
TEST_F(UnpicklerTest, NewObj) {
  EXPECT_EQ(Root("cmodels\nNet\n)\x81.").object().how, Object::How::kNewObject);
}
TEST_F(UnpicklerTest, NewObjOfAPersistentClass) {
  EXPECT_EQ(Root("K\x07Q)\x81.").object().callable.kind(), Kind::kPersistentId);
}
TEST_F(UnpicklerTest, NewObjEx) {
  const Value root = Root("cmodels\nNet\n)}\x8C\x01kK\x02s\x92.");
  EXPECT_EQ(root.object().kwargs.dict().Find("k")->int_value(), 2);
}
TEST_F(UnpicklerTest, NewObjExWithoutADictIsDataLoss) {
  EXPECT_THAT(Error("cm\nN\n))\x92."), StatusIs(kDataLoss, HasSubstr("keyword arguments are a tuple")));
}
TEST_F(UnpicklerTest, Inst) {
  const Value root = Root("(K\x07imodels\nNet\n.");
  EXPECT_TRUE(root.object().callable.IsName("models", "Net"));
  EXPECT_EQ(root.object().args.items().size(), 1);
}
TEST_F(UnpicklerTest, InstWithoutMarkIsDataLoss) {
  EXPECT_THAT(Error("imodels\nNet\n."), StatusIs(kDataLoss, HasSubstr("INST at byte 0: there is no mark")));
}
TEST_F(UnpicklerTest, Obj) {
  const Value root = Root("(cmodels\nNet\no.");
  EXPECT_TRUE(root.object().callable.IsName("models", "Net"));
  EXPECT_EQ(root.object().how, Object::How::kNewObject);
}
TEST_F(UnpicklerTest, ObjWithoutAClassIsDataLoss) {
  EXPECT_THAT(Error("(o."), StatusIs(kDataLoss, HasSubstr("OBJ at byte 1: there is no class")));
}
TEST_F(UnpicklerTest, BuildKeepsEachState) {
  const Value root = Root("cmodels\nNet\n)\x81K\x01" "bK\x02" "b.");
  EXPECT_EQ(root.object().states.size(), 2);
  EXPECT_EQ(root.object().state().int_value(), 2);
}
TEST_F(UnpicklerTest, ObjectTakesItemsAndEntries) {
  const Value root = Root("cmodels\nNet\n)\x81K\x01" "a(K\x02" "e\x8C\x01kK\x03s.");
  EXPECT_EQ(root.object().items.size(), 2);
  EXPECT_EQ(root.object().entries.Find("k")->int_value(), 3);
}
TEST_F(UnpicklerTest, BuildOnADictIsDataLoss) {
  EXPECT_THAT(Error("}}b."), StatusIs(kDataLoss, HasSubstr("BUILD at byte 2: its target is a dict")));
}
TEST_F(UnpicklerTest, BuildOnAClassIsDataLoss) {
  EXPECT_THAT(Error("cmodels\nNet\n}b."), StatusIs(kDataLoss, HasSubstr("its target is a name")));
}
TEST_F(UnpicklerTest, BuildOnAPrimitiveIsDataLoss) {
  EXPECT_THAT(Error("K\x01}b."), StatusIs(kDataLoss, HasSubstr("its target is a int")));
}
TEST_F(UnpicklerTest, TextPersistentIdIsUnimplemented) {
  EXPECT_THAT(Error("Pid\n."), StatusIs(kUnimplemented, HasSubstr("PERSID at byte 0")));
}
TEST_F(UnpicklerTest, ExtensionsAreUnimplemented) {
  EXPECT_THAT(Error("\x82\x01."), StatusIs(kUnimplemented, HasSubstr("EXT1 at byte 0")));
  EXPECT_THAT(Error("\x83\x01\x01."), StatusIs(kUnimplemented, HasSubstr("EXT2 at byte 0")));
  EXPECT_THAT(Error("\x84\x01\x01\x01\x01."), StatusIs(kUnimplemented, HasSubstr("EXT4 at byte 0")));
}
TEST_F(UnpicklerTest, OutOfBandBuffersAreUnimplemented) {
  EXPECT_THAT(Error("\x97."), StatusIs(kUnimplemented, HasSubstr("NEXT_BUFFER at byte 0")));
  EXPECT_THAT(Error("N\x98."), StatusIs(kUnimplemented, HasSubstr("READONLY_BUFFER at byte 1")));
}

// Calls that spell plain data.

TEST_F(UnpicklerTest, EncodedTextIsBytes) {
  const Value root = Root(Bytes("c_codecs\nencode\nX\x02\0\0\0\xC3\xBFX\x06\0\0\0latin1\x86R."));
  EXPECT_EQ(root.kind(), Kind::kBytes);
  EXPECT_EQ(root.bytes(), "\xFF");
}
TEST_F(UnpicklerTest, AnotherCodecIsDataLoss) {
  EXPECT_THAT(Error("c_codecs\nencode\n\x8C\x01x\x8C\x05rot13\x86R."),
              StatusIs(kDataLoss, HasSubstr("codec \"rot13\"")));
}
TEST_F(UnpicklerTest, EncodeOfWideTextIsDataLoss) {
  EXPECT_THAT(Error("c_codecs\nencode\n\x8C\x02\xC4\x80\x8C\x06latin1\x86R."),
              StatusIs(kDataLoss, HasSubstr("Latin-1")));
}
TEST_F(UnpicklerTest, BytesOfNothingIsEmpty) {
  EXPECT_EQ(Root("c__builtin__\nbytes\n)R.").kind(), Kind::kBytes);
}
TEST_F(UnpicklerTest, ByteArrayOfBytesIsThoseBytes) {
  EXPECT_EQ(Root("c__builtin__\nbytearray\nC\x02xy\x85R.").bytes(), "xy");
}
TEST_F(UnpicklerTest, ByteArrayOfTextAndCodecIsBytes) {
  EXPECT_EQ(Root("c__builtin__\nbytearray\n\x8C\x02\xC3\xBF\x8C\x07latin-1\x86R.").bytes(), "\xFF");
}
TEST_F(UnpicklerTest, BytesOfANumberStaysACall) {
  EXPECT_EQ(Root("c__builtin__\nbytes\nK\x05\x85R.").kind(), Kind::kObject);
}
TEST_F(UnpicklerTest, SetOfAListIsASet) {
  const Value root = Root("c__builtin__\nset\n](K\x01K\x02" "e\x85R.");
  EXPECT_EQ(root.kind(), Kind::kSet);
  EXPECT_EQ(root.items().size(), 2);
}
TEST_F(UnpicklerTest, FrozenSetOfAListIsFrozen) { EXPECT_TRUE(Root("c__builtin__\nfrozenset\n]\x85R.").is_frozen()); }
TEST_F(UnpicklerTest, OrderedDictStaysACall) {
  EXPECT_EQ(Root("ccollections\nOrderedDict\n)R.").kind(), Kind::kObject);
}

// Dangerous names, however they are spelt.

TEST_F(UnpicklerTest, DangerousGlobalIsPermissionDenied) {
  EXPECT_THAT(Error("N0cos\nsystem\n."),
              StatusIs(kPermissionDenied, "GLOBAL at byte 2: names os.system, which runs commands"));
}
TEST_F(UnpicklerTest, DangerousInstIsPermissionDenied) {
  EXPECT_THAT(Error("(ios\nsystem\n."), StatusIs(kPermissionDenied, HasSubstr("INST at byte 1: names os.system")));
}
TEST_F(UnpicklerTest, DangerousStackGlobalIsPermissionDenied) {
  EXPECT_THAT(Error("\x8C\x02os\x8C\x06system\x93."), StatusIs(kPermissionDenied, HasSubstr("os.system")));
}
TEST_F(UnpicklerTest, DangerousStackGlobalOfPython2StringsIsPermissionDenied) {
  EXPECT_THAT(Error("U\x02osU\x06system\x93."), StatusIs(kPermissionDenied, HasSubstr("os.system")));
}
TEST_F(UnpicklerTest, DangerousPython2NameIsPermissionDenied) {
  EXPECT_THAT(Error("ccommands\ngetoutput\n."), StatusIs(kPermissionDenied, HasSubstr("commands.getoutput")));
}
TEST_F(UnpicklerTest, ControlCharactersOfANameAreEscaped) {
  EXPECT_THAT(Error("cos\nsys\x1B[0m\n."), StatusIs(kPermissionDenied, HasSubstr("os.sys\\x1b[0m")));
}
TEST_F(UnpicklerTest, DangerousNamesAreListedWhenOnlyInspecting) {
  UnpickleOptions options;
  options.dangerous_names = DangerousNames::kRecord;
  ASSERT_OK_AND_ASSIGN(auto document, Unpickle("cos\nsystem\n(S'x'\ntR.", options));
  ASSERT_EQ(document->dangerous_names().size(), 1);
  EXPECT_EQ(document->dangerous_names()[0]->module, "os");
  EXPECT_EQ(document->root().kind(), Kind::kObject);
}

// What Python wrote.

TEST_F(UnpicklerTest, StateDictOfPyTorch) {
  const Value root = Root(std::string(kStateDict));
  ASSERT_EQ(root.kind(), Kind::kObject);
  EXPECT_TRUE(root.object().callable.IsName("collections", "OrderedDict"));
  const Value* tensor = root.object().entries.Find("w");
  ASSERT_NE(tensor, nullptr);
  EXPECT_TRUE(tensor->object().callable.IsName("torch._utils", "_rebuild_tensor_v2"));
  const auto args = tensor->object().args.items();
  ASSERT_EQ(args.size(), 6);
  EXPECT_EQ(args[0].persistent_id().id.items()[2].bytes(), "0");
  EXPECT_EQ(args[2].items()[1].int_value(), 2);
  EXPECT_EQ(document_->bytes_consumed(), kStateDict.size());
  EXPECT_EQ(document_->protocol(), 2);
}

class ProtocolTest : public ::testing::TestWithParam<std::pair<int, absl::string_view>> {};

TEST_P(ProtocolTest, SaysTheSameInEach) {
  const auto [protocol, bytes] = GetParam();
  ASSERT_OK_AND_ASSIGN(const auto document, Unpickle(bytes));
  EXPECT_EQ(document->protocol(), protocol < 2 ? 0 : protocol);
  EXPECT_EQ(document->bytes_consumed(), bytes.size());
  const Dict& root = document->root().dict();
  const auto numbers = root.Find("n")->items();
  ASSERT_EQ(numbers.size(), 7);
  EXPECT_TRUE(numbers[0].is_none());
  EXPECT_TRUE(numbers[1].bool_value());
  EXPECT_EQ(numbers[2].int_value(), -1);
  EXPECT_EQ(numbers[3].int_value(), 300);
  EXPECT_EQ(numbers[4].int_value(), 70000);
  EXPECT_EQ(numbers[5].bytes(), Bytes("\0\0\0\0\0\0\0\0\x40"));
  EXPECT_EQ(numbers[6].float_value(), 1.5);
  const auto strings = root.Find("s")->items();
  EXPECT_EQ(strings[0].bytes(), "\xE2\x82\xAC");
  EXPECT_EQ(strings[1].bytes(), "\xFF");
  EXPECT_EQ(strings[1].kind(), Kind::kBytes);
  EXPECT_EQ(strings[2].kind(), Kind::kSet);
  EXPECT_EQ(strings[2].items()[0].int_value(), 7);
  EXPECT_EQ(root.Find("r")->identity(), root.Find("q")->identity());
}

INSTANTIATE_TEST_SUITE_P(All, ProtocolTest,
                         ::testing::Values(std::pair(0, kProtocol0), std::pair(1, kProtocol1), std::pair(2, kProtocol2),
                                           std::pair(3, kProtocol3), std::pair(4, kProtocol4),
                                           std::pair(5, kProtocol5)));

// Calls that spell another opcode.

TEST_F(UnpicklerTest, ReconstructorOfProtocol0IsANewObject) {
  // pickle.dumps(models.Net(), 0) of an object with no attributes.
  const Value root = Root("ccopy_reg\n_reconstructor\n(cmodels\nNet\nc__builtin__\nobject\nNtR.");
  ASSERT_EQ(root.kind(), Kind::kObject);
  EXPECT_EQ(root.object().how, Object::How::kNewObject);
  EXPECT_TRUE(root.object().callable.IsName("models", "Net"));
  EXPECT_TRUE(root.object().args.items().empty());
}

TEST_F(UnpicklerTest, NewobjFunctionIsANewObject) {
  const Value root = Root("ccopy_reg\n__newobj__\n(cmodels\nNet\nK\x05tR.");
  ASSERT_EQ(root.kind(), Kind::kObject);
  EXPECT_TRUE(root.object().callable.IsName("models", "Net"));
  ASSERT_EQ(root.object().args.items().size(), 1u);
  EXPECT_EQ(root.object().args.items()[0].int_value(), 5);
}

TEST_F(UnpicklerTest, NewobjFunctionOfNoClassIsDataLoss) {
  EXPECT_THAT(Error("ccopy_reg\n__newobj__\n(K\x05tR."), StatusIs(kDataLoss, HasSubstr("the class to make is a int")));
}

TEST_F(UnpicklerTest, OrderedDictOfPairsHasThemAsEntries) {
  // Python 2: OrderedDict([['a', 1], ['b', 2]]).
  const Value root = Root("ccollections\nOrderedDict\n((l(lS'a'\naI1\naa(lS'b'\naI2\naatR.");
  ASSERT_EQ(root.kind(), Kind::kObject);
  ASSERT_EQ(root.object().entries.entries.size(), 2u);
  EXPECT_EQ(root.object().entries.entries[1].value.int_value(), 2);
}

TEST_F(UnpicklerTest, OrderedDictOfNoPairsIsDataLoss) {
  EXPECT_THAT(Error("ccollections\nOrderedDict\n((lI1\natR."), StatusIs(kDataLoss, HasSubstr("no pairs")));
}

}  // namespace
}  // namespace loadstone::pickle
