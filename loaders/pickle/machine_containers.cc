// The opcodes that make and fill tuples, lists, sets and dicts.
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "loaders/pickle/machine.h"

namespace loadstone::pickle {

absl::Status Machine::CountItems(size_t count) {
  if (count > limits_.container_items - items_) return OverLimit("items in containers", limits_.container_items);
  items_ += count;
  return absl::OkStatus();
}

absl::Status Machine::NewSequence(absl::Span<const Value> items, Sequence** result) {
  RETURN_IF_ERROR(CountItems(items.size()));
  *result = arena_.New<Sequence>();
  if (!items.empty()) (*result)->items.Append(items, arena_);
  return absl::OkStatus();
}

absl::Status Machine::PushSequence(Kind kind, absl::Span<const Value> items) {
  Sequence* sequence = nullptr;
  RETURN_IF_ERROR(NewSequence(items, &sequence));
  return Push(Value::Container(kind, sequence));
}

absl::Status Machine::PushTuple(size_t count) {
  if (stack_.size() - fence_ < count) {
    return Malformed(absl::StrCat("needs ", count, " values, the stack has ", stack_.size() - fence_));
  }
  Sequence* tuple = nullptr;
  RETURN_IF_ERROR(NewSequence(absl::MakeConstSpan(stack_).last(count), &tuple));
  stack_.resize(stack_.size() - count);
  return Push(Value::Container(Kind::kTuple, tuple));
}

absl::Status Machine::PushFromMark(Kind kind) {
  size_t begin = 0;
  RETURN_IF_ERROR(PopMark(&begin));
  Sequence* sequence = nullptr;
  RETURN_IF_ERROR(NewSequence(absl::MakeConstSpan(stack_).subspan(begin), &sequence));
  stack_.resize(begin);
  if (kind == Kind::kSet) {
    // FROZENSET: a set that grows comes from EMPTY_SET.
    sequence->frozen = true;
    RETURN_IF_ERROR(CheckItemsHashable(absl::MakeConstSpan(sequence->items.data(), sequence->items.size())));
  }
  return Push(Value::Container(kind, sequence));
}

absl::Status Machine::PushDictFromMark() {
  size_t begin = 0;
  RETURN_IF_ERROR(PopMark(&begin));
  const Value dict = Value::Of(arena_.New<Dict>());
  RETURN_IF_ERROR(SetIn(dict, absl::MakeConstSpan(stack_).subspan(begin)));
  stack_.resize(begin);
  return Push(dict);
}

absl::Status Machine::CheckItemsHashable(absl::Span<const Value> items) {
  for (const Value& item : items) {
    if (absl::Status status = CheckHashable(item, work_); !status.ok()) return AtThisOpcode(status);
  }
  return absl::OkStatus();
}

absl::Status Machine::WrongTarget(const Value& target) const {
  return Malformed(absl::StrCat("its target is a ", KindName(target.kind())));
}

absl::Status Machine::AppendTo(const Value& target, absl::Span<const Value> items) {
  if (target.kind() != Kind::kList && target.kind() != Kind::kObject) return WrongTarget(target);
  RETURN_IF_ERROR(CountItems(items.size()));
  auto& all = target.kind() == Kind::kList ? target.sequence_->items : target.object_->items;
  all.Append(items, arena_);
  return absl::OkStatus();
}

absl::Status Machine::AddTo(const Value& target, absl::Span<const Value> items) {
  const bool is_set = target.kind() == Kind::kSet && !target.is_frozen();
  if (!is_set && target.kind() != Kind::kObject) return WrongTarget(target);
  RETURN_IF_ERROR(CountItems(items.size()));
  RETURN_IF_ERROR(CheckItemsHashable(items));
  auto& all = is_set ? target.sequence_->items : target.object_->items;
  all.Append(items, arena_);
  return absl::OkStatus();
}

absl::Status Machine::SetIn(const Value& target, absl::Span<const Value> keys_and_values) {
  if (target.kind() != Kind::kDict && target.kind() != Kind::kObject) return WrongTarget(target);
  if (keys_and_values.size() % 2 != 0) {
    return Malformed(absl::StrCat(keys_and_values.size(), " keys and values, want an even number"));
  }
  RETURN_IF_ERROR(CountItems(keys_and_values.size()));
  Dict& dict = target.kind() == Kind::kDict ? *target.dict_ : target.object_->entries;
  for (size_t i = 0; i < keys_and_values.size(); i += 2) {
    const absl::Status status = InsertInDict(dict, keys_and_values[i], keys_and_values[i + 1], {work_, arena_});
    if (!status.ok()) return AtThisOpcode(status);
  }
  return absl::OkStatus();
}

absl::Status Machine::ExtendByTop(Extend extend, size_t count) {
  if (stack_.size() - fence_ < count + 1) {
    return Malformed(absl::StrCat("needs ", count + 1, " values, the stack has ", stack_.size() - fence_));
  }
  const size_t begin = stack_.size() - count;
  RETURN_IF_ERROR((this->*extend)(stack_[begin - 1], absl::MakeConstSpan(stack_).subspan(begin)));
  stack_.resize(begin);
  return absl::OkStatus();
}

absl::Status Machine::ExtendFromMark(Extend extend) {
  size_t begin = 0;
  RETURN_IF_ERROR(PopMark(&begin));
  if (begin <= fence_) return Malformed("there is no value under the mark");
  RETURN_IF_ERROR((this->*extend)(stack_[begin - 1], absl::MakeConstSpan(stack_).subspan(begin)));
  stack_.resize(begin);
  return absl::OkStatus();
}

}  // namespace loadstone::pickle
