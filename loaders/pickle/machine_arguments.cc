// The opcodes that an argument follows in the pickle.
#include <algorithm>
#include <string>
#include <type_traits>

#include "absl/base/casts.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "loaders/pickle/machine.h"
#include "loaders/pickle/text_decoding.h"

namespace loadstone::pickle {
namespace {

constexpr int kHighestProtocol = 5;

absl::Status UnimplementedOpcode(absl::string_view where, absl::string_view why) {
  return absl::UnimplementedError(absl::StrCat(where, ": ", why));
}

}  // namespace

// Longer than a screen: one line for each opcode, as in the table of FORMATS.md.
absl::Status Machine::ExecuteWithArgument() {
  switch (opcode_) {
    case Opcode::kBinPut:
      return PutAt<uint8_t>();
    case Opcode::kLongBinPut:
      return PutAt<uint32_t>();
    case Opcode::kBinGet:
      return GetAt<uint8_t>();
    case Opcode::kLongBinGet:
      return GetAt<uint32_t>();
    case Opcode::kBinInt:
      return PushInt<int32_t>();
    case Opcode::kBinInt1:
      return PushInt<uint8_t>();
    case Opcode::kBinInt2:
      return PushInt<uint16_t>();
    case Opcode::kLong1:
      return PushLong<uint8_t>();
    case Opcode::kLong4:
      return PushLong<int32_t>();
    case Opcode::kBinFloat:
      return PushFloat();
    case Opcode::kShortBinUnicode:
      return PushText<uint8_t>();
    case Opcode::kBinUnicode:
      return PushText<uint32_t>();
    case Opcode::kBinUnicode8:
      return PushText<uint64_t>();
    case Opcode::kShortBinBytes:
      return PushBytes<uint8_t>();
    case Opcode::kBinBytes:
      return PushBytes<uint32_t>();
    case Opcode::kBinBytes8:
    case Opcode::kByteArray8:
      return PushBytes<uint64_t>();
    case Opcode::kShortBinString:
      return PushPython2String<uint8_t>();
    case Opcode::kBinString:
      return PushPython2String<int32_t>();
    case Opcode::kProto:
      return Protocol();
    case Opcode::kFrame:
      return Frame();
    case Opcode::kPersId:
      return UnimplementedOpcode(Where(), "a persistent id as text cannot be read back, not even by PyTorch");
    case Opcode::kExt1:
    case Opcode::kExt2:
    case Opcode::kExt4:
      return UnimplementedOpcode(Where(), "the extension registry is the writer's own");
    case Opcode::kNextBuffer:
    case Opcode::kReadOnlyBuffer:
      return UnimplementedOpcode(Where(), "its buffer is outside of the pickle");
    default:
      return ExecuteLine();
  }
}

absl::Status Machine::ExecuteLine() {
  uint64_t index = 0;
  absl::string_view line;
  switch (opcode_) {
    case Opcode::kGlobal:
      return TakeName();
    case Opcode::kInst:
      return NamedCallFromMark();
    case Opcode::kPut:
      RETURN_IF_ERROR(TakeMemoIndexLine(&index));
      return Put(index);
    case Opcode::kGet:
      RETURN_IF_ERROR(TakeMemoIndexLine(&index));
      return Get(index);
    case Opcode::kInt:
    case Opcode::kLong:
      RETURN_IF_ERROR(TakeLine(&line));
      return PushIntegerLine(line);
    case Opcode::kFloat:
      RETURN_IF_ERROR(TakeLine(&line));
      return PushFloatLine(line);
    case Opcode::kString:
      RETURN_IF_ERROR(TakeLine(&line));
      return PushStringLine(line);
    case Opcode::kUnicode:
      RETURN_IF_ERROR(TakeLine(&line));
      return PushUnicodeLine(line);
    default:
      return absl::DataLossError(absl::StrCat(
          "unknown opcode 0x", absl::Hex(static_cast<uint8_t>(opcode_), absl::kZeroPad2), " at byte ", opcode_offset_));
  }
}

absl::Status Machine::TakeLine(absl::string_view* line) {
  if (reader_.TakeLine(line)) return absl::OkStatus();
  if (bytes_cut_ > 0 && !reader_.in_frame()) return Needs(reader_.remaining() + 1);
  return Malformed(absl::StrCat("its line has no end in the ", reader_.remaining(), " bytes left"));
}

absl::Status Machine::TakeMemoIndexLine(uint64_t* index) {
  absl::string_view line;
  RETURN_IF_ERROR(TakeLine(&line));
  if (absl::SimpleAtoi(line, index)) return absl::OkStatus();
  return Malformed(absl::StrCat("\"", absl::CHexEscape(line.substr(0, 40)), "\" is no memo index"));
}

template <typename T>
absl::Status Machine::TakeNumber(T* number) {
  std::make_unsigned_t<T> bits = 0;
  if (!reader_.TakeNumber(&bits)) return Needs(sizeof(T));
  *number = static_cast<T>(bits);
  return absl::OkStatus();
}

template <typename Length>
absl::Status Machine::TakeCounted(absl::string_view* bytes) {
  Length length = 0;
  RETURN_IF_ERROR(TakeNumber(&length));
  if constexpr (std::is_signed_v<Length>) {
    if (length < 0) return Malformed(absl::StrCat("negative length ", length));
  }
  if (!reader_.Take(static_cast<uint64_t>(length), bytes)) return Needs(static_cast<uint64_t>(length));
  return absl::OkStatus();
}

absl::Status Machine::Protocol() {
  uint8_t protocol = 0;
  RETURN_IF_ERROR(TakeNumber(&protocol));
  if (protocol > kHighestProtocol) {
    return absl::UnimplementedError(
        absl::StrCat(Where(), ": pickle protocol ", protocol, ", known up to ", kHighestProtocol));
  }
  document_.protocol_ = std::max<int>(document_.protocol_, protocol);
  return absl::OkStatus();
}

absl::Status Machine::Frame() {
  uint64_t size = 0;
  RETURN_IF_ERROR(TakeNumber(&size));
  if (reader_.in_frame() && reader_.remaining() > 0) {
    return Malformed(absl::StrCat("a frame begins with ", reader_.remaining(), " bytes left of the one before"));
  }
  if (size > reader_.remaining_in_pickle()) return Needs(size);
  reader_.EnterFrame(size);
  return absl::OkStatus();
}

template <typename T>
absl::Status Machine::PushInt() {
  T number = 0;
  RETURN_IF_ERROR(TakeNumber(&number));
  return Push(Value::Int(number));
}

absl::Status Machine::PushFloat() {
  uint64_t bits = 0;
  RETURN_IF_ERROR(TakeNumber(&bits));
  // Big-endian, alone among the numbers of a pickle.
  return Push(Value::Float(absl::bit_cast<double>(__builtin_bswap64(bits))));
}

template <typename Length>
absl::Status Machine::PushText() {
  absl::string_view text;
  RETURN_IF_ERROR(TakeCounted<Length>(&text));
  if (!IsPythonUtf8(text)) return Malformed(absl::StrCat("its ", text.size(), " bytes are no UTF-8"));
  return Push(Value::Text(text));
}

template <typename Length>
absl::Status Machine::PushBytes() {
  absl::string_view bytes;
  RETURN_IF_ERROR(TakeCounted<Length>(&bytes));
  return Push(Value::Bytes(bytes));
}

template <typename Length>
absl::Status Machine::PushPython2String() {
  absl::string_view bytes;
  RETURN_IF_ERROR(TakeCounted<Length>(&bytes));
  return Push(Value::Python2String(bytes));
}

template <typename Length>
absl::Status Machine::PushLong() {
  absl::string_view bytes;
  RETURN_IF_ERROR(TakeCounted<Length>(&bytes));
  if (bytes.size() > limits_.big_int_bytes) return OverLimit("bytes in an int", limits_.big_int_bytes);
  return PushInteger(TrimSign(bytes));
}

absl::Status Machine::PushInteger(absl::string_view little_endian) {
  if (little_endian.size() > sizeof(int64_t)) return Push(Value::BigInt(little_endian));
  const bool negative = !little_endian.empty() && (little_endian.back() & 0x80) != 0;
  uint64_t bits = negative ? ~uint64_t{0} : 0;
  for (size_t i = little_endian.size(); i > 0; --i) {
    bits = (bits << 8) | static_cast<uint8_t>(little_endian[i - 1]);
  }
  return Push(Value::Int(static_cast<int64_t>(bits)));
}

absl::Status Machine::PushIntegerLine(absl::string_view line) {
  if (opcode_ == Opcode::kInt && line == "00") return Push(Value::Bool(false));
  if (opcode_ == Opcode::kInt && line == "01") return Push(Value::Bool(true));
  absl::StatusOr<std::string> bytes = DecodeDecimal(line, limits_.big_int_bytes);
  if (!bytes.ok()) return AtThisOpcode(bytes.status());
  return PushInteger(bytes->size() > sizeof(int64_t) ? arena_.Copy(*bytes) : *bytes);
}

absl::Status Machine::PushFloatLine(absl::string_view line) {
  double number;
  if (absl::SimpleAtod(line, &number)) return Push(Value::Float(number));
  return Malformed(absl::StrCat("\"", absl::CHexEscape(line.substr(0, 40)), "\" is no float"));
}

absl::Status Machine::PushStringLine(absl::string_view line) {
  absl::StatusOr<std::string> text = DecodeStringLiteral(line);
  if (!text.ok()) return AtThisOpcode(text.status());
  return Push(Value::Python2String(arena_.Copy(*text)));
}

absl::Status Machine::PushUnicodeLine(absl::string_view line) {
  absl::StatusOr<std::string> text = DecodeRawUnicodeEscape(line);
  if (!text.ok()) return AtThisOpcode(text.status());
  return Push(Value::Text(arena_.Copy(*text)));
}

template <typename Index>
absl::Status Machine::PutAt() {
  Index index = 0;
  RETURN_IF_ERROR(TakeNumber(&index));
  return Put(index);
}

template <typename Index>
absl::Status Machine::GetAt() {
  Index index = 0;
  RETURN_IF_ERROR(TakeNumber(&index));
  return Get(index);
}

}  // namespace loadstone::pickle
