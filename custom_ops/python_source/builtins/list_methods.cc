// Methods of list and tuple.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

ListObject* List(const Value& value) { return value.As<ListObject>(); }

const std::vector<Value>& Items(const Value& value) {
  const auto* tuple = value.As<TupleObject>();
  return tuple != nullptr ? tuple->items : List(value)->items;
}

Value Append(Evaluator& evaluator, Args args) {
  ListObject* list = List(args[0]);
  if (!evaluator.AllowChange(list, "a list") || !evaluator.Allow(static_cast<int64_t>(list->items.size()) + 1)) {
    return Value();
  }
  list->items.push_back(args[1]);
  return NoneIf(evaluator.Grown(list));
}

Value Extend(Evaluator& evaluator, Args args) {
  ListObject* list = List(args[0]);
  if (!evaluator.AllowChange(list, "a list")) return Value();
  if (args[1].is(Kind::kList) || args[1].is(Kind::kTuple)) {
    return NoneIf(evaluator.ToVector(args[1], list->items) && evaluator.Grown(list));
  }
  // One by one: what is read may read this list.
  const Value iterator = evaluator.Iterate(args[1]);
  if (!iterator) return Value();
  while (const Value item = evaluator.Next(iterator)) {
    list->items.push_back(item);
    if (!evaluator.Allow(static_cast<int64_t>(list->items.size()) * 16) || !evaluator.Grown(list)) return Value();
  }
  return NoneIf(!evaluator.failed());
}

Value Insert(Evaluator& evaluator, Args args) {
  ListObject* list = List(args[0]);
  int64_t at = 0;
  if (!evaluator.Index(args[1], at) || !evaluator.AllowChange(list, "a list")) return Value();
  const auto length = static_cast<int64_t>(list->items.size());
  if (at < 0) at = std::max<int64_t>(0, at + length);
  list->items.insert(list->items.begin() + std::min(at, length), args[2]);
  return NoneIf(evaluator.Grown(list));
}

Value Pop(Evaluator& evaluator, Args args) {
  ListObject* list = List(args[0]);
  int64_t at = -1;
  if ((args[1] && !evaluator.Index(args[1], at)) || !evaluator.AllowChange(list, "a list")) return Value();
  const auto length = static_cast<int64_t>(list->items.size());
  if (length == 0) return evaluator.Raise("IndexError", "pop from empty list");
  if (at < 0) at += length;
  if (at < 0 || at >= length) return evaluator.Raise("IndexError", "pop index out of range");
  Value item = list->items[at];
  list->items.erase(list->items.begin() + at);
  return item;
}

// The first position of an equal item from `start`; -1: none; -2: failed.
int64_t Position(Evaluator& evaluator, const Value& sequence, const Value& wanted, int64_t start, int64_t end) {
  for (int64_t i = start; i < end && i < static_cast<int64_t>(Items(sequence).size()); ++i) {
    const Value item = Items(sequence)[i];
    const int equal = item.Is(wanted) ? 1 : evaluator.Equal(item, wanted);
    if (equal != 0) return equal < 0 ? -2 : i;
  }
  return -1;
}

Value Remove(Evaluator& evaluator, Args args) {
  ListObject* list = List(args[0]);
  if (!evaluator.AllowChange(list, "a list")) return Value();
  const int64_t at = Position(evaluator, args[0], args[1], 0, INT64_MAX);
  if (at == -2) return Value();
  if (at == -1) return evaluator.Raise("ValueError", "list.remove(x): x not in list");
  if (at < static_cast<int64_t>(list->items.size())) {
    const Value removed = list->items[at];
    list->items.erase(list->items.begin() + at);
  }
  return Value::None();
}

Value IndexOf(Evaluator& evaluator, Args args) {
  int64_t start = 0, end = INT64_MAX;
  const auto length = static_cast<int64_t>(Items(args[0]).size());
  if ((args[2] && !evaluator.Index(args[2], start)) || (args[3] && !evaluator.Index(args[3], end))) return Value();
  if (start < 0) start = std::max<int64_t>(0, start + length);
  if (end < 0) end = std::max<int64_t>(0, end + length);
  const int64_t at = Position(evaluator, args[0], args[1], start, end);
  if (at == -2) return Value();
  if (at >= 0) return Value::Int(at);
  if (args[0].is(Kind::kTuple)) return evaluator.Raise("ValueError", "tuple.index(x): x not in tuple");
  const Value shown = evaluator.Repr(args[1]);
  if (!shown) return Value();
  return evaluator.Raise("ValueError", absl::StrCat(shown.As<StrObject>()->text(), " is not in list"));
}

Value Count(Evaluator& evaluator, Args args) {
  int64_t count = 0;
  for (size_t i = 0; i < Items(args[0]).size(); ++i) {
    const Value item = Items(args[0])[i];
    const int equal = item.Is(args[1]) ? 1 : evaluator.Equal(item, args[1]);
    if (equal < 0) return Value();
    count += equal;
  }
  return Value::Int(count);
}

Value Sort(Evaluator& evaluator, Args args) {
  ListObject* list = List(args[0]);
  const int reverse = args[2] ? evaluator.Truth(args[2]) : 0;
  if (reverse < 0 || !evaluator.AllowChange(list, "a list")) return Value();
  // Empty while it is sorted, as Python's.
  std::vector<Value> items = std::move(list->items);
  list->items.clear();
  const bool done = SortValues(evaluator, items, args[1] ? args[1] : Value::None(), reverse == 1);
  const bool changed = !list->items.empty();
  list->items = std::move(items);
  // In what order Python leaves the items then depends on how far it came.
  if (!done && evaluator.Raised("Exception") && list->items.size() > 1) {
    const absl::Status why = evaluator.TakeError();
    return evaluator.Refuse(absl::StrCat("list.sort() that fails: ", why.message()));
  }
  if (done && changed) return evaluator.Raise("ValueError", "list modified during sort");
  return NoneIf(done);
}

Value Reverse(Evaluator& evaluator, Args args) {
  if (!evaluator.AllowChange(List(args[0]), "a list")) return Value();
  std::reverse(List(args[0])->items.begin(), List(args[0])->items.end());
  return Value::None();
}

Value Clear(Evaluator& evaluator, Args args) {
  if (!evaluator.AllowChange(List(args[0]), "a list")) return Value();
  const std::vector<Value> removed = std::move(List(args[0])->items);
  List(args[0])->items.clear();
  return Value::None();
}

constexpr NativeEntry kListMethods[] = {
    {"append", "self, item, /", Append},
    {"extend", "self, iterable, /", Extend},
    {"insert", "self, index, item, /", Insert},
    {"pop", "self, index=, /", Pop},
    {"remove", "self, item, /", Remove},
    {"index", "self, item, start=, stop=, /", IndexOf},
    {"count", "self, item, /", Count},
    {"sort", "self, /, *, key=, reverse=", Sort},
    {"reverse", "self, /", Reverse},
    {"clear", "self, /", Clear},
    {"copy", "self, /",
     [](Evaluator& evaluator, Args args) { return Value(evaluator.heap().New<ListObject>(List(args[0])->items)); }},
};

constexpr NativeEntry kTupleMethods[] = {
    {"index", "self, item, start=, stop=, /", IndexOf},
    {"count", "self, item, /", Count},
};

}  // namespace

void InstallListMethods(World& world) {
  AddMethods(world, world.ClassOf(Kind::kList), kListMethods);
  AddMethods(world, world.ClassOf(Kind::kTuple), kTupleMethods);
}

}  // namespace loadstone::python
