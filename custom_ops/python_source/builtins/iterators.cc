// Python's own lazy iterators: enumerate, zip, map ...

#include <utility>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/builtins/tables.h"
#include "custom_ops/python_source/runtime/generator.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

bool IterateAll(Evaluator& evaluator, const Value& iterables, std::vector<Value>& iterators) {
  for (const Value& iterable : iterables.As<TupleObject>()->items) {
    iterators.push_back(evaluator.Iterate(iterable));
    if (!iterators.back()) return false;
  }
  return true;
}

struct Enumerate : IteratorObject {
  Enumerate(Value iterated, int64_t start) : iterator(std::move(iterated)), at(start) {}
  void Clear() override { iterator = Value(); }
  Value Next(Evaluator& evaluator) override {
    Value item = evaluator.Next(iterator);
    if (!item) return Value();
    return Value(evaluator.heap().New<TupleObject>(std::vector<Value>{Value::Int(at++), std::move(item)}));
  }
  Value iterator;
  int64_t at;
};

struct Zip : IteratorObject {
  Zip(std::vector<Value> iterated, bool is_strict) : iterators(std::move(iterated)), strict(is_strict) {}
  void Clear() override { iterators.clear(); }
  Value Next(Evaluator& evaluator) override {
    if (iterators.empty()) return Value();
    std::vector<Value> items;
    for (size_t i = 0; i < iterators.size(); ++i) {
      items.push_back(evaluator.Next(iterators[i]));
      if (items.back()) continue;
      return evaluator.failed() || !strict ? Value() : Uneven(evaluator, i);
    }
    return Value(evaluator.heap().New<TupleObject>(std::move(items)));
  }
  Value Uneven(Evaluator& evaluator, size_t ended) {
    const auto argument = [](size_t last) {
      return last == 1 ? std::string("argument 1") : absl::StrCat("arguments 1-", last);
    };
    if (ended > 0) {
      return evaluator.Raise("ValueError",
                             absl::StrCat("zip() argument ", ended + 1, " is shorter than ", argument(ended)));
    }
    for (size_t i = 1; i < iterators.size(); ++i) {
      const Value item = evaluator.Next(iterators[i]);
      if (evaluator.failed()) return Value();
      if (item) {
        return evaluator.Raise("ValueError", absl::StrCat("zip() argument ", i + 1, " is longer than ", argument(i)));
      }
    }
    return Value();
  }
  std::vector<Value> iterators;
  bool strict;
};

struct Map : IteratorObject {
  Map(Value mapped, std::vector<Value> iterated) : function(std::move(mapped)), iterators(std::move(iterated)) {}
  void Clear() override {
    function = Value();
    iterators.clear();
  }
  Value Next(Evaluator& evaluator) override {
    std::vector<Value> items;
    for (const Value& iterator : iterators) {
      items.push_back(evaluator.Next(iterator));
      if (!items.back()) return Value();
    }
    return evaluator.Call(function, items);
  }
  Value function;
  std::vector<Value> iterators;
};

struct Filter : IteratorObject {
  Filter(Value test, Value iterated) : function(std::move(test)), iterator(std::move(iterated)) {}
  void Clear() override { function = iterator = Value(); }
  Value Next(Evaluator& evaluator) override {
    while (Value item = evaluator.Next(iterator)) {
      const Value result = function.is_none() ? item : evaluator.Call(function, {&item, 1});
      const int truth = result ? evaluator.Truth(result) : -1;
      if (truth < 0) return Value();
      if (truth == 1) return item;
    }
    return Value();
  }
  Value function, iterator;
};

struct Reversed : IteratorObject {
  Reversed(Value reversed, int64_t length) : sequence(std::move(reversed)), at(length) {}
  void Clear() override { sequence = Value(); }
  Value Next(Evaluator& evaluator) override {
    if (at <= 0) return Value();
    // A list may have become shorter meanwhile.
    const auto* list = sequence.As<ListObject>();
    if (list != nullptr && at > static_cast<int64_t>(list->items.size())) {
      at = 0;
      return Value();
    }
    return evaluator.GetItem(sequence, Value::Int(--at));
  }
  Value sequence;
  int64_t at;
};

struct Sentinel : IteratorObject {
  Sentinel(Value called, Value last) : function(std::move(called)), sentinel(std::move(last)) {}
  void Clear() override { function = sentinel = Value(); }
  Value Next(Evaluator& evaluator) override {
    if (!function) return Value();
    Value item = evaluator.Call(function, {});
    if (!item) {
      if (evaluator.Raised("StopIteration")) evaluator.TakeException();
      return Value();
    }
    const int equal = evaluator.Equal(item, sentinel);
    if (equal == 1) function = Value();
    return equal == 0 ? item : Value();
  }
  Value function, sentinel;
};

Value MakeReversed(Evaluator& evaluator, Args args) {
  const Value& value = args[0];
  if (value.is(Kind::kInstance) || (value.is_object() && value.object()->own_class() != nullptr)) {
    bool found = false;
    const Value result = evaluator.CallSpecial(value, Special::kReversed, {}, found);
    if (found) return result;
  }
  const bool sequence = value.is(Kind::kList) || value.is(Kind::kTuple) || value.is(Kind::kStr) ||
                        value.is(Kind::kRange) ||
                        (value.is(Kind::kInstance) &&
                         evaluator.ClassOf(value)->Find(evaluator.world().name(Special::kGetItem)) != nullptr);
  if (value.is(Kind::kDict)) {
    std::vector<Value> keys;
    if (!evaluator.ToVector(value, keys)) return Value();
    const auto length = static_cast<int64_t>(keys.size());
    const Value list(evaluator.heap().New<ListObject>(std::move(keys)));
    return Value(evaluator.heap().New<Reversed>(list, length));
  }
  if (!sequence) {
    return evaluator.Raise("TypeError", absl::StrCat("'", evaluator.TypeName(value), "' object is not reversible"));
  }
  const int64_t length = evaluator.Length(value);
  return length < 0 ? Value() : Value(evaluator.heap().New<Reversed>(value, length));
}

Value Iter(Evaluator& evaluator, Args args) {
  if (args[1]) return Value(evaluator.heap().New<Sentinel>(args[0], args[1]));
  if (args[0].is(Kind::kInstance)) {
    // The object that __iter__ gives, itself.
    bool found = false;
    const Value result = evaluator.CallSpecial(args[0], Special::kIter, {}, found);
    if (found && result && !result.is(Kind::kIterator) &&
        evaluator.ClassOf(result)->Find(evaluator.world().name(Special::kNext)) == nullptr) {
      return evaluator.Raise("TypeError",
                             absl::StrCat("iter() returned non-iterator of type '", evaluator.TypeName(result), "'"));
    }
    if (found) return result;
  }
  return evaluator.Iterate(args[0]);
}

Value Next(Evaluator& evaluator, Args args) {
  Value item;
  if (args[0].is(Kind::kInstance)) {
    bool found = false;
    item = evaluator.CallSpecial(args[0], Special::kNext, {}, found);
    if (!item && evaluator.Raised("StopIteration") && args[1]) {
      evaluator.TakeException();
      return args[1];
    }
    if (found) return item;
  }
  if (!args[0].is(Kind::kIterator)) {
    return evaluator.Raise("TypeError", absl::StrCat("'", evaluator.TypeName(args[0]), "' object is not an iterator"));
  }
  item = evaluator.Next(args[0]);
  if (item || evaluator.failed()) return item;
  if (args[1]) return args[1];
  const auto* generator = dynamic_cast<const GeneratorObject*>(args[0].object());
  std::vector<Value> result;
  if (generator != nullptr && !generator->result().is_none()) result.push_back(generator->result());
  return evaluator.RaiseObject(evaluator.Call(Value(evaluator.world().FindBuiltinClass("StopIteration")), result));
}

constexpr NativeEntry kFunctions[] = {
    {"enumerate", "iterable, start=",
     [](Evaluator& evaluator, Args args) {
       int64_t start = 0;
       if (args[1] && !evaluator.Index(args[1], start)) return Value();
       const Value iterator = evaluator.Iterate(args[0]);
       return iterator ? Value(evaluator.heap().New<Enumerate>(iterator, start)) : Value();
     }},
    {"zip", "*iterables, strict=",
     [](Evaluator& evaluator, Args args) {
       const int strict = args[0] ? evaluator.Truth(args[0]) : 0;
       std::vector<Value> iterators;
       if (strict < 0 || !IterateAll(evaluator, args[1], iterators)) return Value();
       return Value(evaluator.heap().New<Zip>(std::move(iterators), strict == 1));
     }},
    {"map", "function, /, *iterables",
     [](Evaluator& evaluator, Args args) {
       std::vector<Value> iterators;
       if (args[1].As<TupleObject>()->items.empty()) {
         return evaluator.Raise("TypeError", "map() must have at least two arguments.");
       }
       if (!IterateAll(evaluator, args[1], iterators)) return Value();
       return Value(evaluator.heap().New<Map>(args[0], std::move(iterators)));
     }},
    {"filter", "function, iterable, /",
     [](Evaluator& evaluator, Args args) {
       const Value iterator = evaluator.Iterate(args[1]);
       return iterator ? Value(evaluator.heap().New<Filter>(args[0], iterator)) : Value();
     }},
    {"reversed", "sequence, /", MakeReversed},
    {"iter", "obj, sentinel=, /", Iter},
    {"next", "iterator, default=, /", Next},
};

constexpr NativeEntry kGeneratorMethods[] = {
    {"send", "self, value, /",
     [](Evaluator& evaluator, Args args) {
       auto* generator = dynamic_cast<GeneratorObject*>(args[0].object());
       if (generator == nullptr) return evaluator.Raise("AttributeError", "this iterator has no attribute 'send'");
       Value item = generator->Resume(evaluator, args[1]);
       if (item || evaluator.failed()) return item;
       return evaluator.Raise("StopIteration", "");
     }},
    {"close", "self, /",
     [](Evaluator& evaluator, Args args) {
       auto* generator = dynamic_cast<GeneratorObject*>(args[0].object());
       if (generator == nullptr) return evaluator.Raise("AttributeError", "this iterator has no attribute 'close'");
       return NoneIf(generator->Close(evaluator));
     }},
    {"__next__", "self, /",
     [](Evaluator& evaluator, Args args) {
       const Value next[] = {args[0], Value()};
       return Next(evaluator, next);
     }},
    {"__iter__", "self, /", [](Evaluator& evaluator, Args args) { return args[0]; }},
};

}  // namespace

void InstallIterators(World& world) {
  AddFunctions(world, world.builtins_module(), kFunctions);
  ClassObject* iterator = world.ClassOf(Kind::kIterator);
  AddMethods(world, iterator, kGeneratorMethods);
  AddRefused(world, iterator->attributes, "generator", {"throw", "gi_frame", "gi_running"});
}

}  // namespace loadstone::python
