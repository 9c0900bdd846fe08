// The module itertools.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

struct Repeat : IteratorObject {
  Repeat(Value item, int64_t count) : value(std::move(item)), left(count) {}
  void Clear() override { value = Value(); }
  Value Next(Evaluator& evaluator) override {
    if (left == 0) return Value();
    if (left > 0) --left;
    return value;
  }
  Value value;
  int64_t left;  // below 0: for ever
};

struct Chain : IteratorObject {
  explicit Chain(Value of) : outer(std::move(of)) {}
  void Clear() override { outer = inner = Value(); }
  Value Next(Evaluator& evaluator) override {
    while (true) {
      if (inner) {
        Value item = evaluator.Next(inner);
        if (item || evaluator.failed()) return item;
      }
      const Value next = evaluator.Next(outer);
      if (!next) return Value();
      inner = evaluator.Iterate(next);
      if (!inner) return Value();
    }
  }
  Value outer, inner;
};

struct Count : IteratorObject {
  Count(Value start, Value by) : at(std::move(start)), step(std::move(by)) {}
  void Clear() override { at = step = Value(); }
  Value Next(Evaluator& evaluator) override {
    Value item = at;
    at = evaluator.Binary(Operator::kAdd, at, step);
    return at ? item : Value();
  }
  Value at, step;
};

struct Accumulate : IteratorObject {
  Accumulate(Value of, Value with, Value first)
      : iterator(std::move(of)), function(std::move(with)), total(std::move(first)) {}
  void Clear() override { iterator = function = total = Value(); }
  Value Next(Evaluator& evaluator) override {
    if (!started) {
      started = true;
      if (total) return total;
    }
    Value item = evaluator.Next(iterator);
    if (!item) return Value();
    if (!total) {
      total = std::move(item);
    } else {
      const Value pair[] = {total, item};
      total = function ? evaluator.Call(function, pair) : evaluator.Binary(Operator::kAdd, total, item);
    }
    return total;
  }
  Value iterator, function, total;
  bool started = false;
};

struct Slice : IteratorObject {
  Slice(Value of, int64_t from, int64_t until, int64_t by)
      : iterator(std::move(of)), next(from), stop(until), step(by) {}
  void Clear() override { iterator = Value(); }
  Value Next(Evaluator& evaluator) override {
    if (!iterator) return Value();
    while (stop < 0 || at < stop) {
      if (stop >= 0 && next >= stop) {
        // Python reads up to the end, without giving what it reads.
        if (!evaluator.Next(iterator)) break;
        ++at;
        continue;
      }
      Value item = evaluator.Next(iterator);
      if (!item) break;
      if (at++ == next) {
        next += step;
        return item;
      }
    }
    iterator = Value();
    return Value();
  }
  Value iterator;
  int64_t at = 0, next, stop, step;
};

struct ZipLongest : IteratorObject {
  ZipLongest(std::vector<Value> of, Value missing) : iterators(std::move(of)), fill(std::move(missing)) {}
  void Clear() override {
    iterators.clear();
    fill = Value();
  }
  Value Next(Evaluator& evaluator) override {
    std::vector<Value> items;
    bool any = false;
    for (Value& iterator : iterators) {
      Value item = iterator ? evaluator.Next(iterator) : Value();
      if (evaluator.failed()) return Value();
      any |= static_cast<bool>(item);
      if (!item) iterator = Value();
      items.push_back(item ? item : fill);
    }
    return any ? Value(evaluator.heap().New<TupleObject>(std::move(items))) : Value();
  }
  std::vector<Value> iterators;
  Value fill;
};

struct StarMap : IteratorObject {
  StarMap(Value called, Value of) : function(std::move(called)), iterator(std::move(of)) {}
  void Clear() override { function = iterator = Value(); }
  Value Next(Evaluator& evaluator) override {
    const Value item = evaluator.Next(iterator);
    std::vector<Value> args;
    return item && evaluator.ToVector(item, args) ? evaluator.Call(function, args) : Value();
  }
  Value function, iterator;
};

struct While : IteratorObject {
  While(Value tested, Value of, bool is_taking) : test(std::move(tested)), iterator(std::move(of)), taking(is_taking) {}
  void Clear() override { test = iterator = Value(); }
  Value Next(Evaluator& evaluator) override {
    while (!done) {
      Value item = evaluator.Next(iterator);
      if (!item || passed) return item;
      const Value result = evaluator.Call(test, {&item, 1});
      const int truth = result ? evaluator.Truth(result) : -1;
      if (truth < 0) return Value();
      if (taking && truth == 0) done = true;
      if (!taking && truth == 0) passed = true;
      if ((taking && truth == 1) || passed) return item;
    }
    return Value();
  }
  Value test, iterator;
  bool taking, passed = false, done = false;
};

Value Tuple(Evaluator& evaluator, std::vector<Value> items) {
  return Value(evaluator.heap().New<TupleObject>(std::move(items)));
}

// Lists of all results; `Allow` bounds them. Python's are lazy, which nothing can tell since the pools are read at
// once.
Value ListIterator(Evaluator& evaluator, std::vector<Value> results) {
  return evaluator.Iterate(Value(evaluator.heap().New<ListObject>(std::move(results))));
}

Value Product(Evaluator& evaluator, Args args) {
  int64_t repeat = 1;
  if (args[0] && !evaluator.Index(args[0], repeat)) return Value();
  std::vector<std::vector<Value>> pools;
  for (const Value& iterable : args[1].As<TupleObject>()->items) {
    pools.emplace_back();
    if (!evaluator.ToVector(iterable, pools.back())) return Value();
  }
  const std::vector<std::vector<Value>> once = pools;
  if (repeat > 64) return evaluator.Refuse("itertools.product() repeated so often");
  for (int64_t i = 1; i < repeat; ++i) pools.insert(pools.end(), once.begin(), once.end());
  if (repeat <= 0) pools.clear();
  std::vector<std::vector<Value>> rows = {{}};
  for (const auto& pool : pools) {
    std::vector<std::vector<Value>> longer;
    if (!evaluator.Allow(static_cast<int64_t>(rows.size() * pool.size()) * 64)) return Value();
    for (const auto& row : rows) {
      for (const Value& item : pool) {
        longer.push_back(row);
        longer.back().push_back(item);
      }
    }
    rows = std::move(longer);
  }
  std::vector<Value> results;
  for (auto& row : rows) results.push_back(Tuple(evaluator, std::move(row)));
  return ListIterator(evaluator, std::move(results));
}

// combinations, in the order of positions; with repetition, or as permutations.
enum class Choice { kCombinations, kWithRepetition, kPermutations };

bool Choose(Evaluator& evaluator, const std::vector<Value>& pool, int64_t count, Choice choice,
            std::vector<size_t>& chosen, std::vector<Value>& results) {
  if (static_cast<int64_t>(chosen.size()) == count) {
    std::vector<Value> items;
    for (size_t at : chosen) items.push_back(pool[at]);
    results.push_back(Tuple(evaluator, std::move(items)));
    return evaluator.Allow(static_cast<int64_t>(results.size()) * 64);
  }
  const size_t first = choice == Choice::kPermutations || chosen.empty()
                           ? 0
                           : chosen.back() + (choice == Choice::kWithRepetition ? 0 : 1);
  for (size_t at = first; at < pool.size(); ++at) {
    if (choice == Choice::kPermutations && std::find(chosen.begin(), chosen.end(), at) != chosen.end()) continue;
    chosen.push_back(at);
    if (!Choose(evaluator, pool, count, choice, chosen, results)) return false;
    chosen.pop_back();
  }
  return true;
}

Value Choices(Evaluator& evaluator, Args args, Choice choice) {
  std::vector<Value> pool, results;
  if (!evaluator.ToVector(args[0], pool)) return Value();
  auto count = static_cast<int64_t>(pool.size());
  if (args[1] && !args[1].is_none() && !evaluator.Index(args[1], count)) return Value();
  if (count < 0) return evaluator.Raise("ValueError", "r must be non-negative");
  if (count > evaluator.limits().depth) return evaluator.Refuse("itertools with so long results");
  const bool none = choice != Choice::kWithRepetition && count > static_cast<int64_t>(pool.size());
  std::vector<size_t> chosen;
  if (!none && !Choose(evaluator, pool, count, choice, chosen, results)) return Value();
  return ListIterator(evaluator, std::move(results));
}

Value MakeSlice(Evaluator& evaluator, Args args) {
  const auto& rest = args[1].As<TupleObject>()->items;
  if (rest.empty() || rest.size() > 3) return evaluator.Raise("TypeError", "islice expected 2 to 4 arguments");
  int64_t numbers[3] = {0, -1, 1};
  const size_t shift = rest.size() == 1 ? 1 : 0;
  for (size_t i = 0; i < rest.size(); ++i) {
    if (rest[i].is_none()) continue;
    if (!evaluator.Index(rest[i], numbers[i + shift])) return Value();
    if (numbers[i + shift] < 0) {
      return evaluator.Raise("ValueError", "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.");
    }
  }
  if (numbers[2] == 0) return evaluator.Raise("ValueError", "Step for islice() must be a positive integer or None.");
  const Value iterator = evaluator.Iterate(args[0]);
  return iterator ? Value(evaluator.heap().New<Slice>(iterator, numbers[0], numbers[1], numbers[2])) : Value();
}

Value Longest(Evaluator& evaluator, Args args) {
  std::vector<Value> iterators;
  for (const Value& iterable : args[1].As<TupleObject>()->items) {
    iterators.push_back(evaluator.Iterate(iterable));
    if (!iterators.back()) return Value();
  }
  return Value(evaluator.heap().New<ZipLongest>(std::move(iterators), args[0] ? args[0] : Value::None()));
}

Value Pairwise(Evaluator& evaluator, Args args) {
  std::vector<Value> items, pairs;
  if (!evaluator.ToVector(args[0], items)) return Value();
  for (size_t i = 1; i < items.size(); ++i) pairs.push_back(Tuple(evaluator, {items[i - 1], items[i]}));
  return ListIterator(evaluator, std::move(pairs));
}

constexpr NativeEntry kFromIterable = {"from_iterable", "iterable, /", [](Evaluator& e, Args args) {
                                         const Value outer = e.Iterate(args[0]);
                                         return outer ? Value(e.heap().New<Chain>(outer)) : Value();
                                       }};

Value MakeChain(Evaluator& evaluator, ClassObject* cls, Args args, absl::Span<StrObject* const> keywords) {
  if (!keywords.empty()) return evaluator.Raise("TypeError", "chain() takes no keyword arguments");
  const Value outer = evaluator.Iterate(Tuple(evaluator, std::vector<Value>(args.begin(), args.end())));
  return Value(evaluator.heap().New<Chain>(outer));
}

Value MakeWhile(Evaluator& evaluator, Args args, bool taking) {
  const Value iterator = evaluator.Iterate(args[1]);
  return iterator ? Value(evaluator.heap().New<While>(args[0], iterator, taking)) : Value();
}

constexpr NativeEntry kFunctions[] = {
    {"repeat", "object, times=",
     [](Evaluator& e, Args args) {
       int64_t times = -1;
       if (args[1] && !e.Index(args[1], times)) return Value();
       return Value(e.heap().New<Repeat>(args[0], args[1] ? std::max<int64_t>(times, 0) : -1));
     }},
    {"count", "start=, step=",
     [](Evaluator& e, Args args) {
       return Value(e.heap().New<Count>(args[0] ? args[0] : Value::Int(0), args[1] ? args[1] : Value::Int(1)));
     }},
    {"accumulate", "iterable, func=, *, initial=",
     [](Evaluator& e, Args args) {
       const Value iterator = e.Iterate(args[0]);
       if (!iterator) return Value();
       const Value function = args[1] && args[1].is_none() ? Value() : args[1];
       return Value(e.heap().New<Accumulate>(iterator, function, args[2] && args[2].is_none() ? Value() : args[2]));
     }},
    {"islice", "iterable, /, *args", MakeSlice},
    {"zip_longest", "*iterables, fillvalue=", Longest},
    {"starmap", "function, iterable, /",
     [](Evaluator& e, Args args) {
       const Value iterator = e.Iterate(args[1]);
       return iterator ? Value(e.heap().New<StarMap>(args[0], iterator)) : Value();
     }},
    {"takewhile", "predicate, iterable, /", [](Evaluator& e, Args args) { return MakeWhile(e, args, true); }},
    {"dropwhile", "predicate, iterable, /", [](Evaluator& e, Args args) { return MakeWhile(e, args, false); }},
    {"product", "*iterables, repeat=", Product},
    {"combinations", "iterable, r", [](Evaluator& e, Args args) { return Choices(e, args, Choice::kCombinations); }},
    {"combinations_with_replacement", "iterable, r",
     [](Evaluator& e, Args args) { return Choices(e, args, Choice::kWithRepetition); }},
    {"permutations", "iterable, r=", [](Evaluator& e, Args args) { return Choices(e, args, Choice::kPermutations); }},
    {"pairwise", "iterable, /", Pairwise},
};

}  // namespace

void InstallItertools(World& world) {
  ModuleObject* module = NewModule(world, "itertools");
  AddFunctions(world, module, kFunctions);
  ClassObject* chain = world.NewClass("itertools", "chain");
  chain->make = MakeChain;
  chain->derivable = false;
  chain->attributes.SetName(world.heap().Intern(kFromIterable.name),
                            Value(world.heap().New<StaticMethodObject>(NewFunction(world.heap(), kFromIterable))));
  SetName(world, module, "chain", Value(chain));
  for (const char* name : {"compress", "cycle", "filterfalse", "groupby", "tee"}) {
    SetName(world, module, name, RefusedFunction(world.heap(), absl::StrCat("itertools.", name)));
  }
}

}  // namespace loadstone::python
