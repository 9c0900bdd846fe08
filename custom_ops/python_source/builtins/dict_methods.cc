// Methods of dict, and what keys(), values() and items() give.

#include <utility>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

DictObject* Dict(const Value& value) { return value.As<DictObject>(); }

enum class Part { kKeys, kValues, kItems };

// The live view of a dict.
struct ViewObject : InstanceObject {
  static constexpr NativeType kType = {};
  ViewObject(ClassObject* cls, Value of, Part shown) : InstanceObject(cls, &kType), dict(std::move(of)), part(shown) {}
  void Clear() override {
    InstanceObject::Clear();
    dict = Value();
  }
  Value dict;
  Part part;
};

Value Shown(Evaluator& evaluator, const Table::Entry& entry, Part part) {
  if (part != Part::kItems) return part == Part::kKeys ? entry.key : entry.value;
  return Value(evaluator.heap().New<TupleObject>(std::vector<Value>{entry.key, entry.value}));
}

struct ViewIterator : IteratorObject {
  ViewIterator(Value of, Part shown) : dict(std::move(of)), part(shown), size(Dict(dict)->table.size()) {}
  void Clear() override { dict = Value(); }
  Value Next(Evaluator& evaluator) override {
    if (!dict) return Value();
    const Table& table = Dict(dict)->table;
    if (table.size() != size) return evaluator.Raise("RuntimeError", "dictionary changed size during iteration");
    while (at < table.entries().size()) {
      const Table::Entry& entry = table.entries()[at++];
      if (entry.key) return Shown(evaluator, entry, part);
    }
    dict = Value();
    return Value();
  }
  Value dict;
  Part part;
  size_t size;
  size_t at = 0;
};

template <Part part>
Value View(Evaluator& evaluator, Args args) {
  constexpr const char* kNames[] = {"dict_keys", "dict_values", "dict_items"};
  ModuleObject* hidden = evaluator.world().FindModule(" dict views");
  auto* cls = hidden->names.FindName(evaluator.Intern(kNames[static_cast<int>(part)]))->As<ClassObject>();
  return Value(evaluator.heap().New<ViewObject>(cls, args[0], part));
}

// Keys and items are like sets.
Value ViewAsSet(Evaluator& evaluator, const Value& value) {
  std::vector<Value> items;
  if (!evaluator.ToVector(value, items)) return Value();
  Value made(evaluator.heap().New<SetObject>());
  for (const Value& item : items) {
    if (!evaluator.SetAdd(made.As<SetObject>(), item)) return Value();
  }
  return made;
}

template <Operator op>
Value ViewOperator(Evaluator& evaluator, Args args) {
  if (AsNative<ViewObject>(args[0])->part == Part::kValues) return Value::NotImplemented();
  Value left = ViewAsSet(evaluator, args[0]);
  Value right = left ? ViewAsSet(evaluator, args[1]) : Value();
  return right ? evaluator.SetBinary(op, left, right) : Value();
}

Value ViewEqual(Evaluator& evaluator, Args args) {
  const auto* view = AsNative<ViewObject>(args[0]);
  const auto* other = AsNative<ViewObject>(args[1]);
  if (view->part == Part::kValues || (other == nullptr && !args[1].is(Kind::kSet))) return Value::NotImplemented();
  if (other != nullptr && other->part == Part::kValues) return Value::NotImplemented();
  const Value left = ViewAsSet(evaluator, args[0]);
  const Value right = left ? ViewAsSet(evaluator, args[1]) : Value();
  const int equal = right ? evaluator.Equal(left, right) : -1;
  return equal < 0 ? Value() : Value::Bool(equal == 1);
}

Value ViewRepr(Evaluator& evaluator, Args args) {
  std::vector<Value> items;
  if (!evaluator.ToVector(args[0], items)) return Value();
  const Value list = evaluator.Repr(Value(evaluator.heap().New<ListObject>(std::move(items))));
  if (!list) return Value();
  return evaluator.Text(absl::StrCat(evaluator.TypeName(args[0]), "(", list.As<StrObject>()->text(), ")"));
}

Value ViewContains(Evaluator& evaluator, Args args) {
  const auto* view = AsNative<ViewObject>(args[0]);
  int in = -1;
  if (view->part == Part::kKeys) {
    in = evaluator.Contains(view->dict, args[1]);
  } else if (view->part == Part::kItems) {
    const auto* pair = args[1].As<TupleObject>();
    if (pair == nullptr || pair->items.size() != 2) return Value::Bool(false);
    const Value found = evaluator.DictGet(Dict(view->dict), pair->items[0]);
    if (evaluator.failed()) return Value();
    in = !found ? 0 : found.Is(pair->items[1]) ? 1 : evaluator.Equal(found, pair->items[1]);
  } else {
    std::vector<Value> items;
    if (!evaluator.ToVector(args[0], items)) return Value();
    in = evaluator.Contains(Value(evaluator.heap().New<ListObject>(std::move(items))), args[1]);
  }
  return in < 0 ? Value() : Value::Bool(in == 1);
}

constexpr NativeEntry kViewMethods[] = {
    {"__len__", "self, /",
     [](Evaluator& e, Args args) {
       return Value::Int(static_cast<int64_t>(Dict(AsNative<ViewObject>(args[0])->dict)->table.size()));
     }},
    {"__iter__", "self, /",
     [](Evaluator& e, Args args) {
       const auto* view = AsNative<ViewObject>(args[0]);
       return Value(e.heap().New<ViewIterator>(view->dict, view->part));
     }},
    {"__reversed__", "self, /",
     [](Evaluator& e, Args args) {
       std::vector<Value> items;
       if (!e.ToVector(args[0], items)) return Value();
       return e.Iterate(Value(e.heap().New<ListObject>(std::vector<Value>(items.rbegin(), items.rend()))));
     }},
    {"__contains__", "self, item, /", ViewContains},
    {"__repr__", "self, /", ViewRepr},
    {"__eq__", "self, other, /", ViewEqual},
    {"__and__", "self, other, /", ViewOperator<Operator::kBitAnd>},
    {"__or__", "self, other, /", ViewOperator<Operator::kBitOr>},
    {"__sub__", "self, other, /", ViewOperator<Operator::kSubtract>},
    {"__xor__", "self, other, /", ViewOperator<Operator::kBitXor>},
};

Value Get(Evaluator& evaluator, Args args) {
  Value found = evaluator.DictGet(Dict(args[0]), args[1]);
  if (found || evaluator.failed()) return found;
  return args[2] ? args[2] : Value::None();
}

Value Pop(Evaluator& evaluator, Args args) {
  // Of an empty dict Python does not even hash the key.
  if (Dict(args[0])->table.size() == 0) return args[2] ? args[2] : evaluator.RaiseKey(args[1]);
  uint64_t hash = 0;
  if (!evaluator.Hash(args[1], hash) || !evaluator.AllowChange(args[0].object(), "a dict")) return Value();
  Table& table = Dict(args[0])->table;
  const int at = table.Find(evaluator, args[1], hash);
  if (at == Table::kFailed) return Value();
  if (at == Table::kAbsent) return args[2] ? args[2] : evaluator.RaiseKey(args[1]);
  Value value = table.entry(at).value;
  table.RemoveAt(at);
  return value;
}

Value PopItem(Evaluator& evaluator, Args args) {
  Table& table = Dict(args[0])->table;
  if (!evaluator.AllowChange(args[0].object(), "a dict")) return Value();
  for (size_t i = table.entries().size(); i > 0; --i) {
    const Table::Entry entry = table.entries()[i - 1];
    if (!entry.key) continue;
    table.RemoveAt(static_cast<int>(i - 1));
    return Shown(evaluator, entry, Part::kItems);
  }
  return evaluator.RaiseKey(evaluator.Text("popitem(): dictionary is empty"));
}

Value SetDefault(Evaluator& evaluator, Args args) {
  Value found = evaluator.DictGet(Dict(args[0]), args[1]);
  if (found || evaluator.failed()) return found;
  const Value made = args[2] ? args[2] : Value::None();
  return evaluator.DictSet(Dict(args[0]), args[1], made) ? made : Value();
}

Value Update(Evaluator& evaluator, Args args) {
  if (args[1] && !evaluator.DictUpdate(args[0], args[1])) return Value();
  return NoneIf(evaluator.DictUpdate(args[0], args[2]));
}

Value Copy(Evaluator& evaluator, Args args) {
  Value copy(evaluator.heap().New<DictObject>());
  copy.object()->set_class(args[0].object()->own_class());
  Dict(copy)->table = Dict(args[0])->table;
  return evaluator.Grown(Dict(copy)) ? copy : Value();
}

Value Clear(Evaluator& evaluator, Args args) {
  if (!evaluator.AllowChange(args[0].object(), "a dict")) return Value();
  Dict(args[0])->table.Clear();
  return Value::None();
}

Value FromKeys(Evaluator& evaluator, Args args) {
  if (!args[0].Is(Value(evaluator.world().ClassOf(Kind::kDict)))) return evaluator.Refuse("fromkeys() of this class");
  std::vector<Value> keys;
  if (!evaluator.ToVector(args[1], keys)) return Value();
  Value made(evaluator.heap().New<DictObject>());
  for (const Value& key : keys) {
    if (!evaluator.DictSet(Dict(made), key, args[2] ? args[2] : Value::None())) return Value();
  }
  return made;
}

constexpr NativeEntry kMethods[] = {
    {"get", "self, key, default=, /", Get},
    {"keys", "self, /", View<Part::kKeys>},
    {"values", "self, /", View<Part::kValues>},
    {"items", "self, /", View<Part::kItems>},
    {"pop", "self, key, default=, /", Pop},
    {"popitem", "self, /", PopItem},
    {"setdefault", "self, key, default=, /", SetDefault},
    {"update", "self, other=, /, **kwargs", Update},
    {"copy", "self, /", Copy},
    {"clear", "self, /", Clear},
};

constexpr NativeEntry kFromKeys = {"fromkeys", "cls, iterable, value=, /", FromKeys};

}  // namespace

void InstallDictMethods(World& world) {
  ClassObject* dict = world.ClassOf(Kind::kDict);
  AddMethods(world, dict, kMethods);
  const Value from_keys = NewFunction(world.heap(), kFromKeys);
  dict->attributes.SetName(world.heap().Intern(kFromKeys.name), Value(world.heap().New<ClassMethodObject>(from_keys)));
  // No module of Python's has this name, so that no import finds it.
  ModuleObject* hidden = NewModule(world, " dict views");
  for (const char* name : {"dict_keys", "dict_values", "dict_items"}) {
    ClassObject* view = world.NewClass("builtins", name);
    view->derivable = false;
    AddMethods(world, view, kViewMethods);
    view->attributes.SetName(world.name(Special::kHash), Value::None());
    SetName(world, hidden, name, Value(view));
  }
}

}  // namespace loadstone::python
