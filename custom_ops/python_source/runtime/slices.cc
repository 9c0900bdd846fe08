#include "custom_ops/python_source/runtime/slices.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace loadstone::python {
namespace {

bool SliceNumber(Evaluator& evaluator, const Value& value, int64_t absent, int64_t& number) {
  if (value.is_none()) {
    number = absent;
    return true;
  }
  if (evaluator.Index(value, number)) return true;
  if (evaluator.Raised("TypeError")) {
    evaluator.TakeException();
    evaluator.Raise("TypeError", "slice indices must be integers or None or have an __index__ method");
  }
  return false;
}

}  // namespace

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

Value Evaluator::TakeSlice(const Value& container, const SliceObject& slice) {
  Bounds bounds{};
  if (!SliceBounds(*this, slice, Length(container), bounds)) return Value();
  if (const auto* range = container.As<RangeObject>()) {
    int64_t step = 0;
    if (__builtin_mul_overflow(range->step, bounds.step, &step)) return Refuse("an int beyond 64 bits");
    return Value(heap_.New<RangeObject>(range->start + bounds.start * range->step,
                                        range->start + bounds.stop * range->step, step));
  }
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
  taken.reserve(bounds.count);
  for (int64_t i = 0; i < bounds.count; ++i) taken.push_back(items[bounds.start + i * bounds.step]);
  if (!tuple) return Value(heap_.New<ListObject>(std::move(taken)));
  return Closed(Value(heap_.New<TupleObject>(std::move(taken))), container);
}

bool Evaluator::AssignSlice(ListObject* list, const SliceObject& slice, const Value* value) {
  // `value` null: deletion.
  std::vector<Value> items;
  if (value != nullptr && !ToVector(*value, items)) return false;
  Bounds bounds{};
  if (!SliceBounds(*this, slice, static_cast<int64_t>(list->items.size()), bounds)) return false;
  if (bounds.step == 1) {
    const auto begin = list->items.begin() + bounds.start;
    std::vector<Value> removed(begin, begin + bounds.count);
    if (!Allow(static_cast<int64_t>(list->items.size() + items.size()))) return false;
    list->items.erase(begin, begin + bounds.count);
    list->items.insert(list->items.begin() + bounds.start, items.begin(), items.end());
    return Grown(list);
  }
  if (value != nullptr) {
    if (static_cast<int64_t>(items.size()) != bounds.count) {
      Raise("ValueError", absl::StrCat("attempt to assign sequence of size ", items.size(),
                                       " to extended slice of size ", bounds.count));
      return false;
    }
    for (int64_t i = 0; i < bounds.count; ++i) std::swap(list->items[bounds.start + i * bounds.step], items[i]);
    return true;
  }
  std::vector<bool> removes(list->items.size());
  for (int64_t i = 0; i < bounds.count; ++i) removes[bounds.start + i * bounds.step] = true;
  std::vector<Value> kept;
  for (size_t i = 0; i < removes.size(); ++i) {
    if (!removes[i]) kept.push_back(list->items[i]);
  }
  list->items.swap(kept);
  return true;
}

}  // namespace loadstone::python
