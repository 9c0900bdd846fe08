// collections.deque without a bound.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

// Its items are a list in an attribute, so that a call's changes to what was made in load end with the call. Null: what
// came before __init__.
ListObject* Items(Evaluator& evaluator, const Value& deque) {
  const Value items = evaluator.GetOwn(deque.As<InstanceObject>(), evaluator.Intern(" items"));
  if (!items && !evaluator.failed()) evaluator.Refuse("a deque before its __init__");
  return items ? items.As<ListObject>() : nullptr;
}

Value NewDeque(Evaluator& evaluator, ClassObject* cls, std::vector<Value> items) {
  auto* made = evaluator.heap().New<InstanceObject>(cls);
  const Value held(made);
  made->attributes.SetName(evaluator.Intern(" items"), Value(evaluator.heap().New<ListObject>(std::move(items))));
  return held;
}

Value Init(Evaluator& evaluator, Args args) {
  if (args[2] && !args[2].is_none()) return evaluator.Refuse("a deque with maxlen");
  std::vector<Value> items;
  if (args[1] && !evaluator.ToVector(args[1], items)) return Value();
  const Value list(evaluator.heap().New<ListObject>(std::move(items)));
  return NoneIf(evaluator.SetOwn(args[0].As<InstanceObject>(), evaluator.Intern(" items"), list));
}

enum class End { kLeft, kRight };

Value Insert(Evaluator& evaluator, const Value& deque, End end, const Value& item) {
  ListObject* list = Items(evaluator, deque);
  if (list == nullptr || !evaluator.Allow(static_cast<int64_t>(list->items.size()) + 1)) return Value();
  if (!evaluator.AllowChange(list, "a deque")) return Value();
  list->items.insert(end == End::kLeft ? list->items.begin() : list->items.end(), item);
  return NoneIf(evaluator.Grown(list));
}

template <End end>
Value Append(Evaluator& evaluator, Args args) {
  return Insert(evaluator, args[0], end, args[1]);
}

template <End end>
Value Extend(Evaluator& evaluator, Args args) {
  std::vector<Value> items;
  if (!evaluator.ToVector(args[1], items)) return Value();
  for (const Value& item : items) {
    if (!Insert(evaluator, args[0], end, item)) return Value();
  }
  return Value::None();
}

template <End end>
Value Pop(Evaluator& evaluator, Args args) {
  ListObject* list = Items(evaluator, args[0]);
  if (list == nullptr || !evaluator.AllowChange(list, "a deque")) return Value();
  if (list->items.empty()) return evaluator.Raise("IndexError", "pop from an empty deque");
  const auto at = end == End::kLeft ? list->items.begin() : list->items.end() - 1;
  Value item = std::move(*at);
  list->items.erase(at);
  return item;
}

Value Clear(Evaluator& evaluator, Args args) {
  ListObject* list = Items(evaluator, args[0]);
  if (list == nullptr || !evaluator.AllowChange(list, "a deque")) return Value();
  list->items.clear();
  return Value::None();
}

Value Rotate(Evaluator& evaluator, Args args) {
  ListObject* list = Items(evaluator, args[0]);
  int64_t by = 1;
  if (list == nullptr || (args[1] && !evaluator.Index(args[1], by)) || !evaluator.AllowChange(list, "a deque")) {
    return Value();
  }
  const auto length = static_cast<int64_t>(list->items.size());
  if (length == 0) return Value::None();
  const int64_t right = (by % length + length) % length;
  std::rotate(list->items.begin(), list->items.end() - right, list->items.end());
  return Value::None();
}

Value Equal(Evaluator& evaluator, Args args) {
  if (!evaluator.ClassOf(args[1])->IsSubclassOf(evaluator.ClassOf(args[0]))) return Value::NotImplemented();
  ListObject* left = Items(evaluator, args[0]);
  ListObject* right = left != nullptr ? Items(evaluator, args[1]) : nullptr;
  const int equal = right != nullptr ? evaluator.Equal(Value(left), Value(right)) : -1;
  return equal < 0 ? Value() : Value::Bool(equal == 1);
}

Value Copy(Evaluator& evaluator, Args args) {
  const ListObject* list = Items(evaluator, args[0]);
  return list != nullptr ? NewDeque(evaluator, evaluator.ClassOf(args[0]), list->items) : Value();
}

constexpr NativeEntry kMethods[] = {
    {"__init__", "self, iterable=, maxlen=", Init},
    {"append", "self, x, /", Append<End::kRight>},
    {"appendleft", "self, x, /", Append<End::kLeft>},
    {"extend", "self, iterable, /", Extend<End::kRight>},
    {"extendleft", "self, iterable, /", Extend<End::kLeft>},
    {"pop", "self, /", Pop<End::kRight>},
    {"popleft", "self, /", Pop<End::kLeft>},
    {"clear", "self, /", Clear},
    {"rotate", "self, n=, /", Rotate},
    {"copy", "self, /", Copy},
    {"__copy__", "self, /", Copy},
    {"__eq__", "self, other, /", Equal},
    {"__len__", "self, /",
     [](Evaluator& e, Args args) {
       const ListObject* list = Items(e, args[0]);
       return list != nullptr ? Value::Int(static_cast<int64_t>(list->items.size())) : Value();
     }},
    // A copy: Python raises when a deque changes while it is read.
    {"__iter__", "self, /",
     [](Evaluator& e, Args args) {
       const ListObject* list = Items(e, args[0]);
       return list != nullptr ? e.Iterate(Value(e.heap().New<TupleObject>(list->items))) : Value();
     }},
    {"__getitem__", "self, index, /",
     [](Evaluator& e, Args args) {
       ListObject* list = Items(e, args[0]);
       if (args[1].is(Kind::kSlice)) return e.Raise("TypeError", "sequence index must be integer, not 'slice'");
       return list != nullptr ? e.GetItem(Value(list), args[1]) : Value();
     }},
    {"__setitem__", "self, index, value, /",
     [](Evaluator& e, Args args) {
       ListObject* list = Items(e, args[0]);
       if (args[1].is(Kind::kSlice)) return e.Raise("TypeError", "sequence index must be integer, not 'slice'");
       return NoneIf(list != nullptr && e.SetItem(Value(list), args[1], args[2]));
     }},
    {"__contains__", "self, item, /",
     [](Evaluator& e, Args args) {
       ListObject* list = Items(e, args[0]);
       const int in = list != nullptr ? e.Contains(Value(list), args[1]) : -1;
       return in < 0 ? Value() : Value::Bool(in == 1);
     }},
    {"__repr__", "self, /",
     [](Evaluator& e, Args args) {
       ListObject* list = Items(e, args[0]);
       const Value shown = list != nullptr ? e.Repr(Value(list)) : Value();
       return shown ? e.Text(absl::StrCat("deque(", shown.As<StrObject>()->text(), ")")) : Value();
     }},
};

}  // namespace

void InstallDeque(World& world) {
  ClassObject* cls = world.NewClass("collections", "deque");
  cls->derivable = false;
  cls->make = world.object_class()->make;
  AddMethods(world, cls, kMethods);
  cls->attributes.SetName(world.heap().Intern("__hash__"), Value::None());
  AddRefused(world, cls->attributes, "deque",
             {"count", "index", "insert", "maxlen", "remove", "reverse", "__add__", "__iadd__", "__mul__", "__imul__",
              "__delitem__", "__reversed__", "__lt__", "__le__", "__gt__", "__ge__"});
  SetName(world, world.FindModule("collections"), "deque", Value(cls));
}

}  // namespace loadstone::python
