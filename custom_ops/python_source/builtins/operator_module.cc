// The module operator.

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

template <Operator op>
Value Binary(Evaluator& evaluator, Args args) {
  return evaluator.Binary(op, args[0], args[1]);
}

template <Operator op>
Value InPlace(Evaluator& evaluator, Args args) {
  return evaluator.InPlace(op, args[0], args[1]);
}

template <Operator op>
Value Compare(Evaluator& evaluator, Args args) {
  return evaluator.Compare(op, args[0], args[1]);
}

template <Operator op>
Value Unary(Evaluator& evaluator, Args args) {
  return evaluator.Unary(op, args[0]);
}

// itemgetter(1, 2)(x) is (x[1], x[2]).
Value GetItems(Evaluator& evaluator, Args args) {
  const auto& keys = args[0].As<TupleObject>()->items;
  if (keys.size() == 1) return evaluator.GetItem(args[1], keys[0]);
  std::vector<Value> items;
  for (const Value& key : keys) {
    items.push_back(evaluator.GetItem(args[1], key));
    if (!items.back()) return Value();
  }
  return Value(evaluator.heap().New<TupleObject>(std::move(items)));
}

Value GetAttributes(Evaluator& evaluator, Args args) {
  std::vector<Value> items;
  for (const Value& name : args[0].As<TupleObject>()->items) {
    const auto* text = TakeText(evaluator, name, "attrgetter");
    if (text == nullptr) return Value();
    Value value = args[1];
    for (absl::string_view part : absl::StrSplit(text->text(), '.')) {
      value = evaluator.GetAttribute(value, evaluator.Intern(part));
      if (!value) return Value();
    }
    items.push_back(std::move(value));
  }
  if (items.size() == 1) return items[0];
  return Value(evaluator.heap().New<TupleObject>(std::move(items)));
}

constexpr NativeEntry kGetItems = {"itemgetter", "keys, obj, /", GetItems};
constexpr NativeEntry kGetAttributes = {"attrgetter", "names, obj, /", GetAttributes};

Value Getter(Evaluator& evaluator, const NativeEntry& entry, Args args) {
  if (args[0].As<TupleObject>()->items.empty()) {
    return evaluator.Raise("TypeError", absl::StrCat(entry.name, " expected 1 argument, got 0"));
  }
  return NewPartial(evaluator, NewFunction(evaluator.heap(), entry), {args[0]},
                    Value(evaluator.heap().New<DictObject>()));
}

constexpr NativeEntry kFunctions[] = {
    {"add", "a, b, /", Binary<Operator::kAdd>},
    {"sub", "a, b, /", Binary<Operator::kSubtract>},
    {"mul", "a, b, /", Binary<Operator::kMultiply>},
    {"matmul", "a, b, /", Binary<Operator::kMatMultiply>},
    {"truediv", "a, b, /", Binary<Operator::kDivide>},
    {"floordiv", "a, b, /", Binary<Operator::kFloorDivide>},
    {"mod", "a, b, /", Binary<Operator::kModulo>},
    {"pow", "a, b, /", Binary<Operator::kPower>},
    {"and_", "a, b, /", Binary<Operator::kBitAnd>},
    {"or_", "a, b, /", Binary<Operator::kBitOr>},
    {"xor", "a, b, /", Binary<Operator::kBitXor>},
    {"lshift", "a, b, /", Binary<Operator::kLeftShift>},
    {"rshift", "a, b, /", Binary<Operator::kRightShift>},
    {"concat", "a, b, /", Binary<Operator::kAdd>},
    {"iadd", "a, b, /", InPlace<Operator::kAdd>},
    {"imul", "a, b, /", InPlace<Operator::kMultiply>},
    {"eq", "a, b, /", Compare<Operator::kEqual>},
    {"ne", "a, b, /", Compare<Operator::kNotEqual>},
    {"lt", "a, b, /", Compare<Operator::kLess>},
    {"le", "a, b, /", Compare<Operator::kLessEqual>},
    {"gt", "a, b, /", Compare<Operator::kGreater>},
    {"ge", "a, b, /", Compare<Operator::kGreaterEqual>},
    {"neg", "a, /", Unary<Operator::kNegative>},
    {"pos", "a, /", Unary<Operator::kPositive>},
    {"inv", "a, /", Unary<Operator::kInvert>},
    {"invert", "a, /", Unary<Operator::kInvert>},
    {"not_", "a, /", Unary<Operator::kNot>},
    {"truth", "a, /",
     [](Evaluator& e, Args args) {
       const int truth = e.Truth(args[0]);
       return truth < 0 ? Value() : Value::Bool(truth == 1);
     }},
    {"is_", "a, b, /", [](Evaluator& e, Args args) { return Value::Bool(args[0].Is(args[1])); }},
    {"is_not", "a, b, /", [](Evaluator& e, Args args) { return Value::Bool(!args[0].Is(args[1])); }},
    {"contains", "a, b, /",
     [](Evaluator& e, Args args) {
       const int in = e.Contains(args[0], args[1]);
       return in < 0 ? Value() : Value::Bool(in == 1);
     }},
    {"getitem", "a, b, /", [](Evaluator& e, Args args) { return e.GetItem(args[0], args[1]); }},
    {"setitem", "a, b, c, /", [](Evaluator& e, Args args) { return NoneIf(e.SetItem(args[0], args[1], args[2])); }},
    {"delitem", "a, b, /", [](Evaluator& e, Args args) { return NoneIf(e.DeleteItem(args[0], args[1])); }},
    {"index", "a, /",
     [](Evaluator& e, Args args) {
       int64_t number = 0;
       return e.Index(args[0], number) ? Value::Int(number) : Value();
     }},
    {"itemgetter", "*items", [](Evaluator& e, Args args) { return Getter(e, kGetItems, args); }},
    {"attrgetter", "*attrs", [](Evaluator& e, Args args) { return Getter(e, kGetAttributes, args); }},
};

}  // namespace

void InstallOperator(World& world) {
  ModuleObject* module = NewModule(world, "operator");
  AddFunctions(world, module, kFunctions);
  // operator.abs is Python's own.
  SetName(world, module, "abs", *world.builtins().FindName(world.heap().Intern("abs")));
  for (const char* name : {"countOf", "indexOf", "length_hint", "methodcaller"}) {
    SetName(world, module, name, RefusedFunction(world.heap(), absl::StrCat("operator.", name)));
  }
}

}  // namespace loadstone::python
