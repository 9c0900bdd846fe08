// One run of the pickle machine. Internal to this folder: callers use Unpickle().
#ifndef LOADSTONE_LOADERS_PICKLE_MACHINE_H_
#define LOADSTONE_LOADERS_PICKLE_MACHINE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/base/status_macros.h"
#include "loaders/pickle/arena.h"
#include "loaders/pickle/byte_reader.h"
#include "loaders/pickle/dict_insertion.h"
#include "loaders/pickle/document.h"
#include "loaders/pickle/memo.h"
#include "loaders/pickle/name_table.h"
#include "loaders/pickle/opcodes.h"
#include "loaders/pickle/unpickle_options.h"
#include "loaders/pickle/value.h"

namespace loadstone::pickle {

// Fills `document`, which must outlive it, from one pickle. Use once.
class Machine {
 public:
  Machine(absl::string_view bytes, const UnpickleOptions& options, Document& document);

  // The errors of Unpickle(). On an error only the document's names are to be used.
  absl::Status Run();

 private:
  // machine.cc: the loop, the stack, the memo.
  absl::Status RunToStop();
  absl::Status Execute();
  absl::Status Stop();
  absl::Status Push(const Value& value);
  absl::Status Pop(Value* value);
  absl::Status CheckTop() const;  // that there is a value above the last mark
  absl::Status PushMark();
  absl::Status PopMark(size_t* items_begin);
  absl::Status PopOrMark();
  absl::Status DiscardToMark();
  absl::Status Duplicate();
  absl::Status Put(uint64_t index);
  absl::Status Get(uint64_t index);

  // machine_arguments.cc: opcodes that an argument follows.
  absl::Status ExecuteWithArgument();
  absl::Status ExecuteLine();
  absl::Status TakeLine(absl::string_view* line);
  absl::Status TakeMemoIndexLine(uint64_t* index);
  template <typename T>
  absl::Status TakeNumber(T* number);
  template <typename Length>
  absl::Status TakeCounted(absl::string_view* bytes);
  absl::Status Protocol();
  absl::Status Frame();
  template <typename T>
  absl::Status PushInt();
  absl::Status PushFloat();
  template <typename Length>
  absl::Status PushText();
  template <typename Length>
  absl::Status PushBytes();
  template <typename Length>
  absl::Status PushPython2String();
  template <typename Length>
  absl::Status PushLong();
  absl::Status PushInteger(absl::string_view little_endian);
  absl::Status PushIntegerLine(absl::string_view line);
  absl::Status PushFloatLine(absl::string_view line);
  absl::Status PushStringLine(absl::string_view line);
  absl::Status PushUnicodeLine(absl::string_view line);
  template <typename Index>
  absl::Status PutAt();
  template <typename Index>
  absl::Status GetAt();

  // machine_containers.cc
  // Steps that the bytes read so far allow.
  uint64_t WorkLimit() const;
  absl::Status CountItems(size_t count);
  absl::Status CheckItemsHashable(absl::Span<const Value> items);
  absl::Status NewSequence(absl::Span<const Value> items, Sequence** result);
  absl::Status PushSequence(Kind kind, absl::Span<const Value> items);
  absl::Status PushTuple(size_t count);
  absl::Status PushFromMark(Kind kind);
  absl::Status PushDictFromMark();
  absl::Status AppendTo(const Value& target, absl::Span<const Value> items);
  absl::Status AddTo(const Value& target, absl::Span<const Value> items);
  absl::Status SetIn(const Value& target, absl::Span<const Value> keys_and_values);
  // The three above, with the top `count` values or those above the mark.
  using Extend = absl::Status (Machine::*)(const Value& target, absl::Span<const Value> items);
  absl::Status ExtendByTop(Extend extend, size_t count);
  absl::Status ExtendFromMark(Extend extend);

  // machine_objects.cc: names, calls, state.
  absl::Status PushName(absl::string_view module, absl::string_view name);
  absl::Status TakeName();
  absl::Status NameFromStack();
  absl::Status PersistentIdFromStack();
  absl::Status CallFromStack(Object::How how);
  absl::Status KeywordCallFromStack();
  absl::Status CallFromMark();
  absl::Status NamedCallFromMark();
  absl::Status PushCallOfItems(const Value& callable, size_t begin, size_t args_begin);
  absl::Status PushCall(Object::How how, const Value& callable, const Value& args, const Value& kwargs);
  absl::Status Respell(const Name& name, Object& object);
  absl::Status BecomeNewObject(const Value& callable, const Value& args, const Value& kwargs, Object& object);
  absl::Status SetPairs(const Value& pairs, Object& object);
  absl::Status FoldPlainData(const Name& name, const Value& args, Value* folded);
  absl::Status FoldEncode(const Value& args, Value* folded);
  absl::Status FoldBytes(const Value& args, Value* folded);
  absl::Status FoldSet(const Name& name, const Value& args, Value* folded);
  absl::Status Build();

  // Errors, with the opcode and its place before `what`.
  std::string Where() const;
  absl::Status Malformed(absl::string_view what) const;
  absl::Status NothingOnStack() const;
  absl::Status StackFull() const;
  absl::Status WrongTarget(const Value& target) const;
  absl::Status AtThisOpcode(const absl::Status& status) const;
  absl::Status Needs(uint64_t count) const;  // `count` bytes that are not there
  absl::Status OverLimit(absl::string_view what, uint64_t limit) const;

  const Limits& limits_;
  Document& document_;
  Arena& arena_;
  ByteReader reader_;
  size_t bytes_cut_;  // that follow those of reader_ and are over the limit
  WorkBudget work_;   // opcodes, and what counts as such
  Opcode opcode_ = Opcode::kStop;
  size_t opcode_offset_ = 0;
  uint64_t items_ = 0;
  std::vector<Value> stack_;
  std::vector<size_t> marks_;  // heights of the stack
  size_t fence_ = 0;           // the last mark, or 0: below it nothing may be popped
  Memo memo_;
  NameTable names_;
  const Value empty_tuple_;  // as in Python, there is one
};

inline absl::Status Machine::Push(const Value& value) {
  if (stack_.size() >= limits_.stack) return StackFull();
  stack_.push_back(value);
  return absl::OkStatus();
}

inline absl::Status Machine::CheckTop() const {
  if (stack_.size() > fence_) return absl::OkStatus();
  return NothingOnStack();
}

inline absl::Status Machine::Pop(Value* value) {
  RETURN_IF_ERROR(CheckTop());
  *value = stack_.back();
  stack_.pop_back();
  return absl::OkStatus();
}

}  // namespace loadstone::pickle

#endif  // LOADSTONE_LOADERS_PICKLE_MACHINE_H_
