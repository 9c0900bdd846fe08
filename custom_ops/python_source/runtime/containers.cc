// Items, slices and iteration of Evaluator.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/evaluator.h"

namespace loadstone::python {
namespace {

// The text of the characters [from, from + count).
absl::string_view Characters(const StrObject& text, int64_t from, int64_t count) {
  if (text.ascii()) return text.text().substr(from, count);
  const absl::string_view all = text.text();
  const auto skip = [&](size_t at, int64_t characters) {
    while (characters > 0 && at < all.size()) {
      ++at;
      while (at < all.size() && (all[at] & 0xC0) == 0x80) ++at;
      --characters;
    }
    return at;
  };
  const size_t begin = skip(0, from);
  return all.substr(begin, skip(begin, count) - begin);
}

// By position: lists (which may change meanwhile), tuples, ranges and texts.
struct SequenceIterator : IteratorObject {
  explicit SequenceIterator(Value iterated) : sequence(std::move(iterated)) {}
  void Clear() override { sequence = Value(); }
  absl::string_view type_name() const override { return "iterator"; }
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
  absl::string_view type_name() const override { return "iterator"; }
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

// PySlice_AdjustIndices.
struct Bounds {
  int64_t start, stop, step, count;
};

bool SliceNumber(Evaluator& evaluator, const Value& value, int64_t absent, int64_t& number) {
  if (value.is_none()) {
    number = absent;
  } else if (value.is_integral()) {
    number = value.integer();
  } else {
    evaluator.Raise("TypeError", "slice indices must be integers or None or have an __index__ method");
    return false;
  }
  return true;
}

bool SliceBounds(Evaluator& evaluator, const SliceObject& slice, int64_t length, Bounds& bounds) {
  if (!SliceNumber(evaluator, slice.step, 1, bounds.step)) return false;
  if (bounds.step == 0) {
    evaluator.Raise("ValueError", "slice step cannot be zero");
    return false;
  }
  const bool back = bounds.step < 0;
  if (!SliceNumber(evaluator, slice.start, back ? INT64_MAX : 0, bounds.start)) return false;
  if (!SliceNumber(evaluator, slice.stop, back ? INT64_MIN : INT64_MAX, bounds.stop)) return false;
  if (bounds.step < -INT64_MAX) bounds.step = -INT64_MAX;
  const auto adjust = [&](int64_t at) {
    if (at < 0) {
      at = at < -length ? -1 : at + length;
      if (at < 0) at = back ? -1 : 0;
    } else if (at >= length) {
      at = back ? length - 1 : length;
    }
    return at;
  };
  bounds.start = adjust(bounds.start);
  bounds.stop = adjust(bounds.stop);
  bounds.count = 0;
  if (back && bounds.stop < bounds.start) bounds.count = (bounds.start - bounds.stop - 1) / -bounds.step + 1;
  if (!back && bounds.start < bounds.stop) bounds.count = (bounds.stop - bounds.start - 1) / bounds.step + 1;
  return true;
}

}  // namespace

int64_t Evaluator::Length(const Value& value) {
  if (const auto* text = value.As<StrObject>()) return text->length();
  if (const auto* list = value.As<ListObject>()) return static_cast<int64_t>(list->items.size());
  if (const auto* tuple = value.As<TupleObject>()) return static_cast<int64_t>(tuple->items.size());
  if (const auto* dict = value.As<DictObject>()) return static_cast<int64_t>(dict->table.size());
  if (const auto* set = value.As<SetObject>()) return static_cast<int64_t>(set->table.size());
  if (const auto* range = value.As<RangeObject>()) return range->length;
  bool found = false;
  const Value result = CallSpecial(value, "__len__", {}, found);
  if (found && !result) return -1;
  if (!found || !result.is_integral()) {
    Raise("TypeError", absl::StrCat("object of type '", TypeName(value), "' has no len()"));
    return -1;
  }
  if (result.integer() >= 0) return result.integer();
  Raise("ValueError", "__len__() should return >= 0");
  return -1;
}

bool Evaluator::NormalizeIndex(const Value& index, int64_t length, absl::string_view what, int64_t& at) {
  if (!index.is_integral()) {
    Raise("TypeError", absl::StrCat(what, " indices must be integers or slices, not ", TypeName(index)));
    return false;
  }
  at = index.integer() < 0 ? index.integer() + length : index.integer();
  if (at >= 0 && at < length) return true;
  Raise("IndexError", absl::StrCat(what, " index out of range"));
  return false;
}

Value Evaluator::TakeSlice(const Value& container, const SliceObject& slice) {
  Bounds bounds{};
  if (!SliceBounds(*this, slice, Length(container), bounds)) return Value();
  if (container.is(Kind::kRange)) return Refuse("a slice of a range");
  if (const auto* text = container.As<StrObject>()) {
    if (bounds.step == 1) return Text(std::string(Characters(*text, bounds.start, bounds.count)));
    std::string taken;
    for (int64_t i = 0; i < bounds.count; ++i) {
      absl::StrAppend(&taken, Characters(*text, bounds.start + i * bounds.step, 1));
    }
    return Text(std::move(taken));
  }
  const bool tuple = container.is(Kind::kTuple);
  const std::vector<Value>& items = tuple ? container.As<TupleObject>()->items : container.As<ListObject>()->items;
  std::vector<Value> taken;
  for (int64_t i = 0; i < bounds.count; ++i) taken.push_back(items[bounds.start + i * bounds.step]);
  return tuple ? Value(heap_.New<TupleObject>(std::move(taken))) : Value(heap_.New<ListObject>(std::move(taken)));
}

Value Evaluator::GetItem(const Value& container, const Value& index) {
  const bool sequence =
      container.is(Kind::kList) || container.is(Kind::kTuple) || container.is(Kind::kStr) || container.is(Kind::kRange);
  if (sequence) {
    if (const auto* slice = index.As<SliceObject>()) return TakeSlice(container, *slice);
    int64_t at = 0;
    if (!NormalizeIndex(index, Length(container), TypeName(container), at)) return Value();
    if (const auto* list = container.As<ListObject>()) return list->items[at];
    if (const auto* tuple = container.As<TupleObject>()) return tuple->items[at];
    if (const auto* range = container.As<RangeObject>()) return Value::Int(range->start + at * range->step);
    return Text(std::string(Characters(*container.As<StrObject>(), at, 1)));
  }
  if (auto* dict = container.As<DictObject>()) {
    uint64_t hash = 0;
    if (!Hash(index, hash)) return Value();
    const int at = dict->table.Find(*this, index, hash);
    if (at >= 0) return dict->table.entry(at).value;
    if (at == Table::kFailed) return Value();
    const Value text = Repr(index);
    return text ? Raise("KeyError", std::string(text.As<StrObject>()->text())) : Value();
  }
  bool found = false;
  const Value result = CallSpecial(container, "__getitem__", {&index, 1}, found);
  if (found) return result;
  return Raise("TypeError", absl::StrCat("'", TypeName(container), "' object is not subscriptable"));
}

bool Evaluator::SetItem(const Value& container, const Value& index, const Value& value) {
  if (auto* list = container.As<ListObject>()) {
    if (index.is(Kind::kSlice)) return static_cast<bool>(Refuse("assignment to a slice"));
    int64_t at = 0;
    if (!NormalizeIndex(index, Length(container), "list", at)) return false;
    list->items[at] = value;
    return true;
  }
  if (auto* dict = container.As<DictObject>()) {
    uint64_t hash = 0;
    return Hash(index, hash) && Allow(static_cast<int64_t>(dict->table.size()) + 1) &&
           dict->table.Set(*this, index, hash, value);
  }
  bool found = false;
  const Value args[] = {index, value};
  const Value result = CallSpecial(container, "__setitem__", args, found);
  if (!found) Raise("TypeError", absl::StrCat("'", TypeName(container), "' object does not support item assignment"));
  return static_cast<bool>(result);
}

bool Evaluator::DeleteItem(const Value& container, const Value& index) {
  if (auto* list = container.As<ListObject>()) {
    if (index.is(Kind::kSlice)) return static_cast<bool>(Refuse("deletion of a slice"));
    int64_t at = 0;
    if (!NormalizeIndex(index, Length(container), "list", at)) return false;
    const Value removed = list->items[at];
    list->items.erase(list->items.begin() + at);
    return true;
  }
  if (auto* dict = container.As<DictObject>()) {
    uint64_t hash = 0;
    if (!Hash(index, hash)) return false;
    const int at = dict->table.Find(*this, index, hash);
    if (at >= 0) dict->table.RemoveAt(at);
    if (at == Table::kAbsent) {
      if (const Value text = Repr(index)) Raise("KeyError", std::string(text.As<StrObject>()->text()));
    }
    return at >= 0;
  }
  bool found = false;
  const Value result = CallSpecial(container, "__delitem__", {&index, 1}, found);
  if (!found) Raise("TypeError", absl::StrCat("'", TypeName(container), "' object does not support item deletion"));
  return static_cast<bool>(result);
}

Value Evaluator::Iterate(const Value& iterable) {
  if (iterable.is(Kind::kIterator)) return iterable;
  if (iterable.is(Kind::kList) || iterable.is(Kind::kTuple) || iterable.is(Kind::kStr) || iterable.is(Kind::kRange)) {
    return Value(heap_.New<SequenceIterator>(iterable));
  }
  if (iterable.is(Kind::kDict) || iterable.is(Kind::kSet)) return Value(heap_.New<KeyIterator>(iterable));
  if (iterable.is(Kind::kInstance)) return Refuse("iteration over an object of a class");
  return Raise("TypeError", absl::StrCat("'", TypeName(iterable), "' object is not iterable"));
}

bool Evaluator::ToVector(const Value& iterable, std::vector<Value>& items) {
  const Value iterator = Iterate(iterable);
  if (!iterator) return false;
  std::vector<Value> taken;  // `items` may be what is iterated over
  while (Value next = Next(iterator)) {
    if (++steps_ > limits_.steps) return static_cast<bool>(Exceed(absl::StrCat(steps_, " calls and turns of loops")));
    if (!Allow(static_cast<int64_t>(taken.size()) + 1)) return false;
    taken.push_back(std::move(next));
  }
  if (failed()) return false;
  items.insert(items.end(), std::make_move_iterator(taken.begin()), std::make_move_iterator(taken.end()));
  return true;
}

int Evaluator::Contains(const Value& container, const Value& item) {
  if (container.is(Kind::kDict) || container.is(Kind::kSet)) {
    uint64_t hash = 0;
    if (!Hash(item, hash)) return -1;
    if (const auto* set = container.As<SetObject>()) return set->table.Contains(*this, item, hash);
    const int at = container.As<DictObject>()->table.Find(*this, item, hash);
    return at == Table::kFailed ? -1 : at >= 0;
  }
  if (const auto* text = container.As<StrObject>()) {
    if (const auto* part = item.As<StrObject>()) return text->text().find(part->text()) != absl::string_view::npos;
    Raise("TypeError", absl::StrCat("'in <string>' requires string as left operand, not ", TypeName(item)));
    return -1;
  }
  bool found = false;
  const Value result = CallSpecial(container, "__contains__", {&item, 1}, found);
  if (found) return result ? Truth(result) : -1;
  const Value iterator = Iterate(container);
  if (!iterator) return -1;
  while (const Value next = Next(iterator)) {
    const int equal = next.Is(item) ? 1 : Equal(next, item);
    if (equal != 0) return equal;
  }
  return failed() ? -1 : 0;
}

bool Evaluator::Unpack(const Value& value, int before, int after, bool starred, Value*& top) {
  if (value.is(Kind::kInstance) || !value.is_object()) {
    Raise("TypeError", absl::StrCat("cannot unpack non-iterable ", TypeName(value), " object"));
    return false;
  }
  std::vector<Value> items;
  if (!ToVector(value, items)) return false;
  const size_t needed = static_cast<size_t>(before) + static_cast<size_t>(starred ? after : 0);
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
