// The 68 opcodes of pickle protocols 0 to 5, by CPython's names (Lib/pickle.py).
#ifndef LOADSTONE_LOADERS_PICKLE_OPCODES_H_
#define LOADSTONE_LOADERS_PICKLE_OPCODES_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace loadstone::pickle {

// name, byte
#define LOADSTONE_PICKLE_OPCODES(X)                                                                                   \
  X(kMark, "MARK", '(') X(kStop, "STOP", '.') X(kPop, "POP", '0') X(kPopMark, "POP_MARK", '1') X(kDup, "DUP", '2')    \
  X(kFloat, "FLOAT", 'F') X(kInt, "INT", 'I') X(kBinInt, "BININT", 'J') X(kBinInt1, "BININT1", 'K')                   \
  X(kLong, "LONG", 'L') X(kBinInt2, "BININT2", 'M') X(kNone, "NONE", 'N') X(kPersId, "PERSID", 'P')                   \
  X(kBinPersId, "BINPERSID", 'Q') X(kReduce, "REDUCE", 'R') X(kString, "STRING", 'S')                                 \
  X(kBinString, "BINSTRING", 'T') X(kShortBinString, "SHORT_BINSTRING", 'U') X(kUnicode, "UNICODE", 'V')              \
  X(kBinUnicode, "BINUNICODE", 'X') X(kAppend, "APPEND", 'a') X(kBuild, "BUILD", 'b') X(kGlobal, "GLOBAL", 'c')       \
  X(kDict, "DICT", 'd') X(kEmptyDict, "EMPTY_DICT", '}') X(kAppends, "APPENDS", 'e') X(kGet, "GET", 'g')              \
  X(kBinGet, "BINGET", 'h') X(kInst, "INST", 'i') X(kLongBinGet, "LONG_BINGET", 'j') X(kList, "LIST", 'l')            \
  X(kEmptyList, "EMPTY_LIST", ']') X(kObj, "OBJ", 'o') X(kPut, "PUT", 'p') X(kBinPut, "BINPUT", 'q')                  \
  X(kLongBinPut, "LONG_BINPUT", 'r') X(kSetItem, "SETITEM", 's') X(kTuple, "TUPLE", 't')                              \
  X(kEmptyTuple, "EMPTY_TUPLE", ')') X(kSetItems, "SETITEMS", 'u') X(kBinFloat, "BINFLOAT", 'G')                      \
  X(kProto, "PROTO", 0x80) X(kNewObj, "NEWOBJ", 0x81) X(kExt1, "EXT1", 0x82) X(kExt2, "EXT2", 0x83)                   \
  X(kExt4, "EXT4", 0x84) X(kTuple1, "TUPLE1", 0x85) X(kTuple2, "TUPLE2", 0x86) X(kTuple3, "TUPLE3", 0x87)             \
  X(kNewTrue, "NEWTRUE", 0x88) X(kNewFalse, "NEWFALSE", 0x89) X(kLong1, "LONG1", 0x8a) X(kLong4, "LONG4", 0x8b)       \
  X(kBinBytes, "BINBYTES", 'B') X(kShortBinBytes, "SHORT_BINBYTES", 'C')                                              \
  X(kShortBinUnicode, "SHORT_BINUNICODE", 0x8c) X(kBinUnicode8, "BINUNICODE8", 0x8d)                                  \
  X(kBinBytes8, "BINBYTES8", 0x8e) X(kEmptySet, "EMPTY_SET", 0x8f) X(kAddItems, "ADDITEMS", 0x90)                     \
  X(kFrozenSet, "FROZENSET", 0x91) X(kNewObjEx, "NEWOBJ_EX", 0x92) X(kStackGlobal, "STACK_GLOBAL", 0x93)              \
  X(kMemoize, "MEMOIZE", 0x94) X(kFrame, "FRAME", 0x95) X(kByteArray8, "BYTEARRAY8", 0x96)                            \
  X(kNextBuffer, "NEXT_BUFFER", 0x97) X(kReadOnlyBuffer, "READONLY_BUFFER", 0x98)

enum class Opcode : uint8_t {
#define LOADSTONE_PICKLE_ENUM(name, text, byte) name = byte,
  LOADSTONE_PICKLE_OPCODES(LOADSTONE_PICKLE_ENUM)
#undef LOADSTONE_PICKLE_ENUM
};

// "BINUNICODE"; empty when no opcode has that byte.
inline absl::string_view OpcodeName(Opcode opcode) {
  switch (opcode) {
#define LOADSTONE_PICKLE_NAME(name, text, byte) \
  case Opcode::name:                            \
    return text;
    LOADSTONE_PICKLE_OPCODES(LOADSTONE_PICKLE_NAME)
#undef LOADSTONE_PICKLE_NAME
  }
  return "";
}

}  // namespace loadstone::pickle

#endif  // LOADSTONE_LOADERS_PICKLE_OPCODES_H_
