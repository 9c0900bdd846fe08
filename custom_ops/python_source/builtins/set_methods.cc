// Methods of set and frozenset.

#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

SetObject* Set(const Value& value) { return value.As<SetObject>(); }

// `value` as a set, in the order in which it is read.
Value AsSet(Evaluator& evaluator, const Value& value) {
  if (value.is(Kind::kSet)) return value;
  std::vector<Value> items;
  if (!evaluator.ToVector(value, items)) return Value();
  Value made(evaluator.heap().New<SetObject>());
  for (const Value& item : items) {
    if (!evaluator.SetAdd(Set(made), item)) return Value();
  }
  return made;
}

bool Update(Evaluator& evaluator, const Value& set, const Value& from) {
  if (!evaluator.AllowChange(set.object(), "a set")) return false;
  if (const auto* other = from.As<SetObject>())
    return Set(set)->table.Merge(evaluator, other->table) && evaluator.Grown(Set(set));
  std::vector<Value> items;
  if (!evaluator.ToVector(from, items)) return false;
  for (const Value& item : items) {
    if (!evaluator.SetAdd(Set(set), item)) return false;
  }
  return true;
}

Value Union(Evaluator& evaluator, Args args) {
  Value result = evaluator.CopySet(Set(args[0])->table, nullptr);
  for (const Value& other : args[1].As<TupleObject>()->items) {
    if (!result || !Update(evaluator, result, other)) return Value();
  }
  if (result) result.object()->set_class(args[0].object()->own_class());
  return result;
}

Value UpdateAll(Evaluator& evaluator, Args args) {
  for (const Value& other : args[1].As<TupleObject>()->items) {
    if (!Update(evaluator, args[0], other)) return Value();
  }
  return Value::None();
}

Value Intersect(Evaluator& evaluator, const Value& left, const Value& right) {
  if (right.is(Kind::kSet)) return evaluator.SetBinary(Operator::kBitAnd, left, right);
  // In the order of what is read.
  std::vector<Value> items;
  Value result = evaluator.CopySet(SetTable(), left.object()->own_class());
  if (!result || !evaluator.ToVector(right, items)) return Value();
  for (const Value& item : items) {
    uint64_t hash = 0;
    if (!evaluator.Hash(item, hash)) return Value();
    const int in = Set(left)->table.Contains(evaluator, item, hash);
    if (in < 0 || (in == 1 && !Set(result)->table.Add(evaluator, item, hash))) return Value();
  }
  return result;
}

Value Intersection(Evaluator& evaluator, Args args) {
  const auto& others = args[1].As<TupleObject>()->items;
  if (others.empty()) return evaluator.CopySet(Set(args[0])->table, args[0].object()->own_class());
  Value result = args[0];
  for (const Value& other : others) {
    result = Intersect(evaluator, result, other);
    if (!result) return Value();
  }
  return result;
}

Value Difference(Evaluator& evaluator, Args args) {
  const auto& others = args[1].As<TupleObject>()->items;
  if (others.empty()) return evaluator.CopySet(Set(args[0])->table, args[0].object()->own_class());
  Value result = args[0];
  for (size_t i = 0; i < others.size(); ++i) {
    const bool set = others[i].is(Kind::kSet);
    const Value other = AsSet(evaluator, others[i]);
    if (!other) return Value();
    if (i == 0 && set) {
      result = evaluator.SetBinary(Operator::kSubtract, result, other);
      if (!result) return Value();
      continue;
    }
    if (i == 0) result = evaluator.CopySet(Set(args[0])->table, args[0].object()->own_class());
    if (!result || !Set(result)->table.RemoveAll(evaluator, Set(other)->table)) return Value();
  }
  return result;
}

Value SymmetricDifference(Evaluator& evaluator, Args args) {
  Value other = AsSet(evaluator, args[1]);
  return other ? evaluator.SetBinary(Operator::kBitXor, args[0], other) : Value();
}

// `set` becomes what `result` holds.
Value Become(Evaluator& evaluator, const Value& set, const Value& result) {
  if (!result || !evaluator.AllowChange(set.object(), "a set")) return Value();
  if (result.Is(set)) return Value::None();
  Set(set)->table.SwapItems(Set(result)->table);
  return NoneIf(evaluator.Grown(Set(set)));
}

Value Discard(Evaluator& evaluator, Args args, bool must) {
  uint64_t hash = 0;
  if (!evaluator.Hash(args[1], hash) || !evaluator.AllowChange(args[0].object(), "a set")) return Value();
  const int removed = Set(args[0])->table.Remove(evaluator, args[1], hash);
  if (removed < 0) return Value();
  return removed == 0 && must ? evaluator.RaiseKey(args[1]) : Value::None();
}

Value Subset(Evaluator& evaluator, Args args) {
  const Value other = AsSet(evaluator, args[1]);
  if (!other) return Value();
  const int subset = evaluator.IsSubset(Set(args[0])->table, Set(other)->table);
  return subset < 0 ? Value() : Value::Bool(subset == 1);
}

// Reads items until one is in the set (`until` 1) or is not (0). What comes
// after it is not even hashed.
Value ReadUntil(Evaluator& evaluator, Args args, int until) {
  const Value iterator = evaluator.Iterate(args[1]);
  if (!iterator) return Value();
  while (const Value item = evaluator.Next(iterator)) {
    uint64_t hash = 0;
    if (!evaluator.Hash(item, hash)) return Value();
    const int in = Set(args[0])->table.Contains(evaluator, item, hash);
    if (in < 0) return Value();
    if (in == until) return Value::Bool(false);
  }
  return evaluator.failed() ? Value() : Value::Bool(true);
}

constexpr NativeEntry kShared[] = {
    {"union", "self, /, *others", Union},
    {"intersection", "self, /, *others", Intersection},
    {"difference", "self, /, *others", Difference},
    {"symmetric_difference", "self, other, /", SymmetricDifference},
    {"issubset", "self, other, /", Subset},
    {"issuperset", "self, other, /", [](Evaluator& e, Args args) { return ReadUntil(e, args, 0); }},
    {"isdisjoint", "self, other, /", [](Evaluator& e, Args args) { return ReadUntil(e, args, 1); }},
    {"copy", "self, /",
     [](Evaluator& e, Args args) { return e.CopySet(Set(args[0])->table, args[0].object()->own_class()); }},
};

constexpr NativeEntry kSetMethods[] = {
    {"add", "self, item, /", [](Evaluator& e, Args args) { return NoneIf(e.SetAdd(Set(args[0]), args[1])); }},
    {"discard", "self, item, /", [](Evaluator& e, Args args) { return Discard(e, args, false); }},
    {"remove", "self, item, /", [](Evaluator& e, Args args) { return Discard(e, args, true); }},
    {"update", "self, /, *others", UpdateAll},
    {"intersection_update", "self, /, *others",
     [](Evaluator& e, Args args) { return Become(e, args[0], Intersection(e, args)); }},
    {"difference_update", "self, /, *others",
     [](Evaluator& e, Args args) {
       for (const Value& value : args[1].As<TupleObject>()->items) {
         const Value other = AsSet(e, value);
         if (!other || !e.AllowChange(args[0].object(), "a set") ||
             !Set(args[0])->table.RemoveAll(e, Set(other)->table)) {
           return Value();
         }
       }
       return Value::None();
     }},
    {"symmetric_difference_update", "self, other, /",
     [](Evaluator& e, Args args) {
       const Value other = AsSet(e, args[1]);
       if (!other || !e.AllowChange(args[0].object(), "a set")) return Value();
       return NoneIf(e.ToggleAll(Set(args[0])->table, Set(other)->table) && e.Grown(Set(args[0])));
     }},
    {"clear", "self, /",
     [](Evaluator& e, Args args) {
       if (!e.AllowChange(args[0].object(), "a set")) return Value();
       Set(args[0])->table.Clear();
       return Value::None();
     }},
    {"pop", "self, /",
     [](Evaluator& e, Args args) {
       if (!e.AllowChange(args[0].object(), "a set")) return Value();
       if (Set(args[0])->table.size() > 0) return Set(args[0])->table.Pop();
       return e.RaiseKey(e.Text("pop from an empty set"));
     }},
};

}  // namespace

void InstallSetMethods(World& world) {
  ClassObject* set = world.ClassOf(Kind::kSet);
  AddMethods(world, set, kShared);
  AddMethods(world, set, kSetMethods);
  AddMethods(world, world.FindBuiltinClass("frozenset"), kShared);
}

}  // namespace loadstone::python
