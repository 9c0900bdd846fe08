#include "loaders/pickle/machine.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace loadstone::pickle {
namespace {

// A Value keeps its length in 32 bits.
size_t ReadableBytes(absl::string_view bytes, const Limits& limits) {
  return std::min<size_t>({bytes.size(), limits.pickle_bytes, 0xFFFFFFFF});
}

// A state dict puts a value into the memo every nine bytes.
size_t ExpectedMemoEntries(absl::string_view bytes) { return std::min<size_t>(bytes.size() / 8, size_t{1} << 20); }

}  // namespace

Machine::Machine(absl::string_view bytes, const UnpickleOptions& options, Document& document)
    : limits_(options.limits),
      document_(document),
      arena_(document.arena_),
      reader_(bytes.substr(0, ReadableBytes(bytes, options.limits))),
      bytes_cut_(bytes.size() - ReadableBytes(bytes, options.limits)),
      work_{0, 0},
      memo_(ExpectedMemoEntries(bytes)),
      names_(options, document.arena_),
      empty_tuple_(Value::Container(Kind::kTuple, arena_.New<Sequence>())) {}

uint64_t Machine::WorkLimit() const {
  // A pickle is below 4 GiB, so only a caller's own factor could overflow.
  uint64_t limit;
  if (__builtin_mul_overflow(limits_.opcodes_per_byte, uint64_t{reader_.position()}, &limit) ||
      __builtin_add_overflow(limit, limits_.opcodes_at_first, &limit)) {
    return limits_.opcodes;
  }
  return std::min(limit, limits_.opcodes);
}

absl::Status Machine::Run() {
  const absl::Status status = RunToStop();
  document_.bytes_consumed_ = reader_.position();
  document_.names_ = names_.names();
  document_.dangerous_names_ = names_.dangerous_names();
  return status;
}

absl::Status Machine::RunToStop() {
  do {
    opcode_offset_ = reader_.position();
    uint8_t byte;
    if (!reader_.TakeOpcode(&byte)) {
      if (bytes_cut_ > 0) return Needs(1);
      return absl::DataLossError(absl::StrCat("pickle ends at byte ", opcode_offset_, " without a STOP"));
    }
    opcode_ = static_cast<Opcode>(byte);
    work_.limit = WorkLimit();
    if (++work_.used > work_.limit) return OverLimit("opcodes", work_.limit);
    RETURN_IF_ERROR(Execute());
    if (arena_.bytes() > limits_.document_bytes) return OverLimit("bytes of values", limits_.document_bytes);
  } while (opcode_ != Opcode::kStop);
  return absl::OkStatus();
}

// Longer than a screen: one line for each opcode, as in the table of FORMATS.md.
absl::Status Machine::Execute() {
  switch (opcode_) {
    case Opcode::kStop:
      return Stop();
    case Opcode::kMark:
      return PushMark();
    case Opcode::kPop:
      return PopOrMark();
    case Opcode::kPopMark:
      return DiscardToMark();
    case Opcode::kDup:
      return Duplicate();
    case Opcode::kMemoize:
      return Put(memo_.size());
    case Opcode::kNone:
      return Push(Value());
    case Opcode::kNewTrue:
      return Push(Value::Bool(true));
    case Opcode::kNewFalse:
      return Push(Value::Bool(false));
    case Opcode::kEmptyTuple:
      return Push(empty_tuple_);
    case Opcode::kTuple1:
      return PushTuple(1);
    case Opcode::kTuple2:
      return PushTuple(2);
    case Opcode::kTuple3:
      return PushTuple(3);
    case Opcode::kEmptyList:
      return PushSequence(Kind::kList, {});
    case Opcode::kEmptySet:
      return PushSequence(Kind::kSet, {});
    case Opcode::kEmptyDict:
      return Push(Value::Of(arena_.New<Dict>()));
    case Opcode::kTuple:
      return PushFromMark(Kind::kTuple);
    case Opcode::kList:
      return PushFromMark(Kind::kList);
    case Opcode::kFrozenSet:
      return PushFromMark(Kind::kSet);
    case Opcode::kDict:
      return PushDictFromMark();
    case Opcode::kAppend:
      return ExtendByTop(&Machine::AppendTo, 1);
    case Opcode::kAppends:
      return ExtendFromMark(&Machine::AppendTo);
    case Opcode::kAddItems:
      return ExtendFromMark(&Machine::AddTo);
    case Opcode::kSetItem:
      return ExtendByTop(&Machine::SetIn, 2);
    case Opcode::kSetItems:
      return ExtendFromMark(&Machine::SetIn);
    case Opcode::kStackGlobal:
      return NameFromStack();
    case Opcode::kBinPersId:
      return PersistentIdFromStack();
    case Opcode::kReduce:
      return CallFromStack(Object::How::kReduce);
    case Opcode::kNewObj:
      return CallFromStack(Object::How::kNewObject);
    case Opcode::kNewObjEx:
      return KeywordCallFromStack();
    case Opcode::kObj:
      return CallFromMark();
    case Opcode::kBuild:
      return Build();
    default:
      return ExecuteWithArgument();
  }
}

absl::Status Machine::Stop() {
  Value root;
  RETURN_IF_ERROR(Pop(&root));
  if (!stack_.empty() || !marks_.empty()) {
    return Malformed(absl::StrCat(stack_.size() + 1, " values and ", marks_.size(), " marks are left, want 1 value"));
  }
  document_.root_ = root;
  return absl::OkStatus();
}

absl::Status Machine::PushMark() {
  if (marks_.size() >= limits_.mark_depth) return OverLimit("open marks", limits_.mark_depth);
  fence_ = stack_.size();
  marks_.push_back(fence_);
  return absl::OkStatus();
}

absl::Status Machine::PopMark(size_t* items_begin) {
  if (marks_.empty()) return Malformed("there is no mark");
  *items_begin = marks_.back();
  marks_.pop_back();
  fence_ = marks_.empty() ? 0 : marks_.back();
  return absl::OkStatus();
}

absl::Status Machine::PopOrMark() {
  size_t items_begin = 0;
  if (!marks_.empty() && marks_.back() == stack_.size()) return PopMark(&items_begin);
  Value dropped;
  return Pop(&dropped);
}

absl::Status Machine::DiscardToMark() {
  size_t items_begin = 0;
  RETURN_IF_ERROR(PopMark(&items_begin));
  stack_.resize(items_begin);
  return absl::OkStatus();
}

absl::Status Machine::Duplicate() {
  RETURN_IF_ERROR(CheckTop());
  return Push(Value(stack_.back()));
}

absl::Status Machine::Put(uint64_t index) {
  RETURN_IF_ERROR(CheckTop());
  if (index >= limits_.memo_entries) {
    return absl::ResourceExhaustedError(
        absl::StrCat(Where(), ": memo index ", index, ", limit ", limits_.memo_entries));
  }
  memo_.Put(index, stack_.back());
  return absl::OkStatus();
}

absl::Status Machine::Get(uint64_t index) {
  const Value* value = memo_.Get(index);
  if (value == nullptr) return Malformed(absl::StrCat("nothing is in the memo at ", index));
  return Push(*value);
}

std::string Machine::Where() const { return absl::StrCat(OpcodeName(opcode_), " at byte ", opcode_offset_); }

absl::Status Machine::Malformed(absl::string_view what) const {
  return absl::DataLossError(absl::StrCat(Where(), ": ", what));
}

absl::Status Machine::NothingOnStack() const {
  return Malformed(marks_.empty() ? "the stack is empty" : "nothing is on the stack above the mark");
}

absl::Status Machine::StackFull() const { return OverLimit("values on the stack", limits_.stack); }

absl::Status Machine::AtThisOpcode(const absl::Status& status) const { return Annotate(status, Where()); }

absl::Status Machine::OverLimit(absl::string_view what, uint64_t limit) const {
  return absl::ResourceExhaustedError(absl::StrCat(Where(), ": more than ", limit, " ", what));
}

absl::Status Machine::Needs(uint64_t count) const {
  const size_t left = reader_.remaining();
  if (reader_.in_frame() && count <= reader_.remaining_in_pickle()) {
    return Malformed(absl::StrCat("needs ", count, " bytes, its frame has ", left, " left"));
  }
  const uint64_t left_uncut = reader_.remaining_in_pickle() + bytes_cut_;
  if (count > left_uncut) return Malformed(absl::StrCat("needs ", count, " bytes, ", left_uncut, " are left"));
  return absl::ResourceExhaustedError(absl::StrCat("pickle goes on past byte ", reader_.position() + left, ", limit ",
                                                   reader_.position() + left, " bytes"));
}

}  // namespace loadstone::pickle
