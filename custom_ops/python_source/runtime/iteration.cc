// Iteration of Evaluator.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/runtime/slices.h"

namespace loadstone::python {
namespace {

// By position: lists (which may change meanwhile), tuples, ranges and texts.
struct SequenceIterator : IteratorObject {
  explicit SequenceIterator(Value iterated) : sequence(std::move(iterated)) {}
  void Clear() override { sequence = Value(); }
  Value Next(Evaluator& evaluator) override {
    if (const auto* range = sequence.As<RangeObject>()) {
      if (at < range->length) return Value::Int(range->start + at++ * range->step);
    } else if (const auto* list = sequence.As<ListObject>()) {
      if (at < static_cast<int64_t>(list->items.size())) return list->items[at++];
    } else if (const auto* tuple = sequence.As<TupleObject>()) {
      if (at < static_cast<int64_t>(tuple->items.size())) return tuple->items[at++];
    } else if (const auto* text = sequence.As<StrObject>()) {
      if (byte < text->text().size()) {
        size_t end = byte + 1;
        while (end < text->text().size() && (text->text()[end] & 0xC0) == 0x80) ++end;
        const absl::string_view character = text->text().substr(std::exchange(byte, end), end - byte);
        return evaluator.Text(std::string(character));
      }
    }
    sequence = Value();
    return Value();
  }
  Value sequence;
  int64_t at = 0;
  size_t byte = 0;
};

struct KeyIterator : IteratorObject {
  explicit KeyIterator(Value iterated) : container(std::move(iterated)) {
    version = container.is(Kind::kDict) ? container.As<DictObject>()->table.version()
                                        : container.As<SetObject>()->table.version();
  }
  void Clear() override { container = Value(); }
  Value Next(Evaluator& evaluator) override {
    if (!container) return Value();
    const auto* dict = container.As<DictObject>();
    const auto* set = container.As<SetObject>();
    if ((dict != nullptr ? dict->table.version() : set->table.version()) != version) {
      return evaluator.Raise("RuntimeError", "container changed during iteration");
    }
    const size_t count = dict != nullptr ? dict->table.entries().size() : set->table.entries().size();
    while (at < count) {
      const Value& key = dict != nullptr ? dict->table.entries()[at].key : set->table.entries()[at].key;
      ++at;
      if (key) return key;
    }
    container = Value();
    return Value();
  }
  Value container;
  uint64_t version = 0;
  size_t at = 0;
};

// An object of a class with __next__.
struct UserIterator : IteratorObject {
  explicit UserIterator(Value iterated) : object(std::move(iterated)) {}
  void Clear() override { object = Value(); }
  Value Next(Evaluator& evaluator) override {
    bool found = false;
    Value result = evaluator.CallSpecial(object, Special::kNext, {}, found);
    if (!result && evaluator.Raised("StopIteration")) evaluator.TakeException();
    return result;
  }
  Value object;
};

// An object of a class with __getitem__ alone.
struct ItemIterator : IteratorObject {
  explicit ItemIterator(Value iterated) : object(std::move(iterated)) {}
  void Clear() override { object = Value(); }
  Value Next(Evaluator& evaluator) override {
    if (!object) return Value();
    Value result = evaluator.GetItem(object, Value::Int(at++));
    if (result) return result;
    if (evaluator.Raised("IndexError") || evaluator.Raised("StopIteration")) evaluator.TakeException();
    object = Value();
    return Value();
  }
  Value object;
  int64_t at = 0;
};

}  // namespace

Value Evaluator::Iterate(const Value& iterable) {
  if (iterable.is(Kind::kIterator)) return iterable;
  if (iterable.is(Kind::kInstance) || (iterable.is_object() && iterable.object()->own_class() != nullptr)) {
    bool found = false;
    const Value result = CallSpecial(iterable, Special::kIter, {}, found);
    if (found) {
      if (!result || result.is(Kind::kIterator)) return result;
      if (ClassOf(result)->Find(world_.name(Special::kNext)) != nullptr) return Value(heap_.New<UserIterator>(result));
      return Raise("TypeError", absl::StrCat("iter() returned non-iterator of type '", TypeName(result), "'"));
    }
    if (iterable.is(Kind::kInstance) && ClassOf(iterable)->Find(world_.name(Special::kGetItem)) != nullptr) {
      return Value(heap_.New<ItemIterator>(iterable));
    }
  }
  if (iterable.is(Kind::kList) || iterable.is(Kind::kTuple) || iterable.is(Kind::kStr) || iterable.is(Kind::kRange)) {
    return Value(heap_.New<SequenceIterator>(iterable));
  }
  if (iterable.is(Kind::kDict) || iterable.is(Kind::kSet)) return Value(heap_.New<KeyIterator>(iterable));
  if (const auto* cls = iterable.As<ClassObject>(); cls != nullptr && cls->members) {
    std::vector<Value> members;
    for (const Table::Entry& entry : cls->members.As<DictObject>()->table.entries()) {
      // An alias has another name than its member.
      const Value name = GetAttribute(entry.value, Intern("name"));
      if (name && Equal(name, entry.key) == 1) members.push_back(entry.value);
    }
    return Value(heap_.New<SequenceIterator>(Value(heap_.New<TupleObject>(std::move(members)))));
  }
  return Raise("TypeError", absl::StrCat("'", TypeName(iterable), "' object is not iterable"));
}

Value Evaluator::Next(const Value& iterator) {
  if (iterator.object()->frozen()) return Refuse("an iterator that was made in load");
  if (!CountStep()) return Value();
  if (iterating_ >= limits_.depth) return Exceed("iterators that read from iterators");
  ++iterating_;
  Value item = static_cast<IteratorObject*>(iterator.object())->Next(*this);
  --iterating_;
  return item;
}

bool Evaluator::ToVector(const Value& iterable, std::vector<Value>& items) {
  if (const auto* list = iterable.As<ListObject>(); list != nullptr && list->own_class() == nullptr) {
    const std::vector<Value> copy = list->items;  // `items` may be its own
    items.insert(items.end(), copy.begin(), copy.end());
    return Allow(static_cast<int64_t>(items.size()));
  }
  if (const auto* tuple = iterable.As<TupleObject>(); tuple != nullptr && tuple->own_class() == nullptr) {
    items.insert(items.end(), tuple->items.begin(), tuple->items.end());
    return Allow(static_cast<int64_t>(items.size()));
  }
  const Value iterator = Iterate(iterable);
  return iterator && TakeItems(iterator, INT64_MAX, items);
}

bool Evaluator::TakeItems(const Value& iterator, int64_t most, std::vector<Value>& items) {
  std::vector<Value> taken;  // `items` may be what is iterated over
  while (static_cast<int64_t>(taken.size()) < most) {
    Value next = Next(iterator);
    if (!next) break;
    if (!CountStep() || !Allow(static_cast<int64_t>(taken.size() * sizeof(Value)))) return false;
    taken.push_back(std::move(next));
  }
  if (failed()) return false;
  items.insert(items.end(), std::make_move_iterator(taken.begin()), std::make_move_iterator(taken.end()));
  return true;
}

bool Evaluator::Unpack(const Value& value, int before, int after, bool starred, Value*& top) {
  const Value iterator = Iterate(value);
  if (!iterator) return false;
  const size_t needed = static_cast<size_t>(before) + static_cast<size_t>(starred ? after : 0);
  std::vector<Value> items;
  if (!TakeItems(iterator, starred ? INT64_MAX : static_cast<int64_t>(needed) + 1, items)) return false;
  if (items.size() < needed || (!starred && items.size() > needed)) {
    Raise("ValueError", items.size() < needed
                            ? absl::StrCat("not enough values to unpack (expected ", starred ? "at least " : "", needed,
                                           ", got ", items.size(), ")")
                            : absl::StrCat("too many values to unpack (expected ", needed, ")"));
    return false;
  }
  if (starred) {
    const auto first = items.begin() + before;
    const auto last = items.end() - after;
    std::vector<Value> middle(first, last);
    items.erase(first, last);
    items.insert(items.begin() + before, Value(heap_.New<ListObject>(std::move(middle))));
  }
  for (auto item = items.rbegin(); item != items.rend(); ++item) *top++ = std::move(*item);
  return true;
}

}  // namespace loadstone::python
