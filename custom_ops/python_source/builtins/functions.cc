// Python's own functions.

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "custom_ops/python_source/builtins/characters.h"
#include "custom_ops/python_source/builtins/tables.h"
#include "custom_ops/python_source/runtime/numbers.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

StrObject* AttributeName(Evaluator& evaluator, const Value& value) {
  const auto* text = value.As<StrObject>();
  if (text == nullptr) {
    evaluator.Raise("TypeError", absl::StrCat("attribute name must be string, not '", evaluator.TypeName(value), "'"));
    return nullptr;
  }
  return evaluator.Intern(text->text());
}

Value Truth(int result) { return result < 0 ? Value() : Value::Bool(result != 0); }

Value Getattr(Evaluator& evaluator, Args args) {
  StrObject* name = AttributeName(evaluator, args[1]);
  if (name == nullptr) return Value();
  if (!args[2]) return evaluator.GetAttribute(args[0], name);
  Value found = evaluator.FindAttribute(args[0], name);
  return found || evaluator.failed() ? found : args[2];
}

Value Hasattr(Evaluator& evaluator, Args args) {
  StrObject* name = AttributeName(evaluator, args[1]);
  if (name == nullptr) return Value();
  const Value found = evaluator.FindAttribute(args[0], name);
  return evaluator.failed() ? Value() : Value::Bool(static_cast<bool>(found));
}

Value Abs(Evaluator& evaluator, Args args) {
  const Value& value = args[0];
  if (value.is_integral()) {
    if (value.integer() == INT64_MIN) return evaluator.Refuse("an int beyond 64 bits");
    return Value::Int(std::abs(value.integer()));
  }
  if (value.is_float()) return Value::Float(std::fabs(value.real()));
  bool found = false;
  const Value result = evaluator.CallSpecial(value, Special::kAbs, {}, found);
  if (found) return result;
  return evaluator.Raise("TypeError", absl::StrCat("bad operand type for abs(): '", evaluator.TypeName(value), "'"));
}

Value RoundInt(Evaluator& evaluator, int64_t value, int64_t digits) {
  if (digits >= 0) return Value::Int(value);
  if (digits < -18) return Value::Int(0);
  int64_t unit = 1;
  for (int64_t i = digits; i < 0; ++i) unit *= 10;
  // To the nearest multiple, halves to the even one.
  int64_t quotient = value / unit, rest = value % unit;
  if (rest < 0) {
    rest += unit;
    --quotient;
  }
  if (rest > unit - rest || (rest == unit - rest && quotient % 2 != 0)) ++quotient;
  int64_t result = 0;
  if (__builtin_mul_overflow(quotient, unit, &result)) return evaluator.Refuse("an int beyond 64 bits");
  return Value::Int(result);
}

Value Round(Evaluator& evaluator, Args args) {
  const Value& value = args[0];
  const bool whole = !args[1] || args[1].is_none();
  int64_t digits = 0;
  if (value.is_number() && !whole && !evaluator.Index(args[1], digits)) return Value();
  if (value.is_integral()) return RoundInt(evaluator, value.integer(), digits);
  if (!value.is_float()) {
    bool found = false;
    const Value result = evaluator.CallSpecial(value, Special::kRound, args.subspan(1, whole ? 0 : 1), found);
    if (found) return result;
    return evaluator.Raise("TypeError",
                           absl::StrCat("type ", evaluator.TypeName(value), " doesn't define __round__ method"));
  }
  const double real = value.real();
  if (whole) {
    if (std::isnan(real)) return evaluator.Raise("ValueError", "cannot convert float NaN to integer");
    if (std::isinf(real)) return evaluator.Raise("OverflowError", "cannot convert float infinity to integer");
    const double rounded = std::nearbyint(real);  // halves to even
    if (std::fabs(rounded) >= 9223372036854775808.0) return evaluator.Refuse("an int beyond 64 bits");
    return Value::Int(static_cast<int64_t>(rounded));
  }
  if (!std::isfinite(real) || digits > 323) return value;
  if (digits < 0) return evaluator.Refuse("round() of a float to tens");
  // The decimal text is exact, so rounding it is what Python's dtoa does.
  return Value::Float(std::strtod(absl::StrFormat("%.*f", static_cast<int>(digits), real).c_str(), nullptr));
}

Value Divmod(Evaluator& evaluator, Args args) {
  if (!args[0].is_number() || !args[1].is_number()) {
    bool found = false;
    const Value result = evaluator.CallSpecial(args[0], Special::kDivMod, {&args[1], 1}, found);
    if (found) return result;
    return evaluator.Raise(
        "TypeError", absl::StrCat("unsupported operand type(s) for divmod(): '", evaluator.TypeName(args[0]), "' and '",
                                  evaluator.TypeName(args[1]), "'"));
  }
  Value quotient = evaluator.Binary(Operator::kFloorDivide, args[0], args[1]);
  if (!quotient) return Value();
  Value rest = evaluator.Binary(Operator::kModulo, args[0], args[1]);
  if (!rest) return Value();
  return Value(evaluator.heap().New<TupleObject>(std::vector<Value>{std::move(quotient), std::move(rest)}));
}

Value Pow(Evaluator& evaluator, Args args) {
  if (!args[2] || args[2].is_none()) return evaluator.Binary(Operator::kPower, args[0], args[1]);
  if (!args[0].is_integral() || !args[1].is_integral() || !args[2].is_integral()) {
    return evaluator.Raise("TypeError", "pow() 3rd argument not allowed unless all arguments are integers");
  }
  const int64_t modulus = args[2].integer();
  if (modulus == 0) return evaluator.Raise("ValueError", "pow() 3rd argument cannot be 0");
  if (args[1].integer() < 0 || modulus < 0) return evaluator.Refuse("pow() with these three arguments");
  const auto unsigned_modulus = static_cast<uint64_t>(modulus);
  int64_t start = args[0].integer() % modulus;
  if (start < 0) start += modulus;
  unsigned __int128 base = static_cast<uint64_t>(start), result = 1 % unsigned_modulus;
  for (auto exponent = static_cast<uint64_t>(args[1].integer()); exponent > 0; exponent >>= 1) {
    if ((exponent & 1) != 0) result = result * base % unsigned_modulus;
    base = base * base % unsigned_modulus;
  }
  return Value::Int(static_cast<int64_t>(result));
}

// min and max: the first of the smallest, the first of the largest.
Value Extreme(Evaluator& evaluator, Args args, Operator better, const char* function) {
  // args: *args, **kwargs of one signature: default, key by name.
  const auto& given = args[2].As<TupleObject>()->items;
  std::vector<Value> items;
  if (given.empty()) {
    return evaluator.Raise("TypeError", absl::StrCat(function, " expected at least 1 argument, got 0"));
  }
  if (given.size() == 1) {
    if (!evaluator.ToVector(given[0], items)) return Value();
  } else {
    if (args[0]) {
      return evaluator.Raise("TypeError", absl::StrCat("Cannot specify a default for ", function,
                                                       "() with multiple positional "
                                                       "arguments"));
    }
    items = given;
  }
  Value best, best_key;
  for (const Value& item : items) {
    Value key = args[1] && !args[1].is_none() ? evaluator.Call(args[1], {&item, 1}) : item;
    if (!key) return Value();
    if (best) {
      const Value comparison = evaluator.Compare(better, key, best_key);
      const int truth = comparison ? evaluator.Truth(comparison) : -1;
      if (truth < 0) return Value();
      if (truth == 0) continue;
    }
    best = item;
    best_key = std::move(key);
  }
  if (best) return best;
  if (args[0]) return args[0];
  return evaluator.Raise("ValueError", absl::StrCat(function, "() arg is an empty sequence"));
}

Value Sum(Evaluator& evaluator, Args args) {
  Value total = args[1] ? args[1] : Value::Int(0);
  if (total.is(Kind::kStr)) return evaluator.Raise("TypeError", "sum() can't sum strings [use ''.join(seq) instead]");
  const Value iterator = evaluator.Iterate(args[0]);
  if (!iterator) return Value();
  while (const Value item = evaluator.Next(iterator)) {
    total = evaluator.Binary(Operator::kAdd, total, item);
    if (!total) return Value();
  }
  return evaluator.failed() ? Value() : total;
}

Value AnyAll(Evaluator& evaluator, const Value& iterable, int until) {
  const Value iterator = evaluator.Iterate(iterable);
  if (!iterator) return Value();
  while (const Value item = evaluator.Next(iterator)) {
    const int truth = evaluator.Truth(item);
    if (truth < 0) return Value();
    if (truth == until) return Value::Bool(until == 1);
  }
  return evaluator.failed() ? Value() : Value::Bool(until == 0);
}

Value Sorted(Evaluator& evaluator, Args args) {
  std::vector<Value> items;
  const int reverse = args[2] ? evaluator.Truth(args[2]) : 0;
  if (reverse < 0 || !evaluator.ToVector(args[0], items)) return Value();
  if (!SortValues(evaluator, items, args[1] ? args[1] : Value::None(), reverse == 1)) return Value();
  return Value(evaluator.heap().New<ListObject>(std::move(items)));
}

Value Callable(Evaluator& evaluator, Args args) {
  const Value& value = args[0];
  const bool callable = value.is(Kind::kFunction) || value.is(Kind::kBuiltin) || value.is(Kind::kBoundMethod) ||
                        value.is(Kind::kClass) || value.is(Kind::kStaticMethod);
  return Value::Bool(callable || (value.is(Kind::kInstance) &&
                                  evaluator.ClassOf(value)->Find(evaluator.world().name(Special::kCall)) != nullptr));
}

// Hashes that do not differ from run to run in Python.
bool HasStableHash(const Value& value, int depth = 0) {
  if (const auto* tuple = value.As<TupleObject>()) {
    return depth < 50 && std::all_of(tuple->items.begin(), tuple->items.end(),
                                     [&](const Value& item) { return HasStableHash(item, depth + 1); });
  }
  return value.is_integral() || (value.is_float() && !std::isnan(value.real())) || value.is(Kind::kList) ||
         value.is(Kind::kDict) || value.is(Kind::kSet) || value.is(Kind::kInstance);
}

Value HashOf(Evaluator& evaluator, Args args) {
  if (!HasStableHash(args[0])) return evaluator.Refuse("hash() of a value whose hash differs between runs of Python");
  uint64_t hash = 0;
  if (args[0].is(Kind::kInstance) &&
      evaluator.ClassOf(args[0])->Find(evaluator.world().name(Special::kHash)) == nullptr) {
    return evaluator.Refuse("hash() of an object's address");
  }
  return evaluator.Hash(args[0], hash) ? Value::Int(static_cast<int64_t>(hash)) : Value();
}

Value Ord(Evaluator& evaluator, Args args) {
  const auto* text = args[0].As<StrObject>();
  if (text == nullptr || text->length() != 1) {
    return evaluator.Raise("TypeError", "ord() expected a character");
  }
  size_t at = 0;
  return Value::Int(DecodeCharacter(text->text(), at));
}

Value Chr(Evaluator& evaluator, Args args) {
  int64_t character = 0;
  if (!evaluator.Index(args[0], character)) return Value();
  if (character < 0 || character > 0x10FFFF) {
    return evaluator.Raise("ValueError", "chr() arg not in range(0x110000)");
  }
  if (character >= 0xD800 && character < 0xE000) return evaluator.Refuse("a surrogate");
  std::string text;
  AppendCharacter(static_cast<uint32_t>(character), text);
  return evaluator.Text(std::move(text));
}

Value Radix(Evaluator& evaluator, const Value& value, const char* specification) {
  int64_t number = 0;
  return evaluator.Index(value, number) ? evaluator.Format(Value::Int(number), specification) : Value();
}

constexpr NativeEntry kFunctions[] = {
    // What a model prints is not part of its answer: nothing is written.
    {"print", "*args, sep=, end=, file=, flush=", [](Evaluator& evaluator, Args args) { return Value::None(); }},
    {"len", "obj, /",
     [](Evaluator& evaluator, Args args) {
       const int64_t length = evaluator.Length(args[0]);
       return length < 0 ? Value() : Value::Int(length);
     }},
    {"isinstance", "obj, cls, /",
     [](Evaluator& evaluator, Args args) { return Truth(evaluator.IsInstance(args[0], args[1])); }},
    {"issubclass", "cls, classes, /",
     [](Evaluator& evaluator, Args args) { return Truth(evaluator.IsSubclass(args[0], args[1])); }},
    {"getattr", "obj, name, default=, /", Getattr},
    {"hasattr", "obj, name, /", Hasattr},
    {"setattr", "obj, name, value, /",
     [](Evaluator& evaluator, Args args) {
       StrObject* name = AttributeName(evaluator, args[1]);
       return NoneIf(name != nullptr && evaluator.SetAttribute(args[0], name, args[2]));
     }},
    {"delattr", "obj, name, /",
     [](Evaluator& evaluator, Args args) {
       StrObject* name = AttributeName(evaluator, args[1]);
       return NoneIf(name != nullptr && evaluator.DeleteAttribute(args[0], name));
     }},
    {"abs", "x, /", Abs},
    {"round", "number, ndigits=", Round},
    {"divmod", "x, y, /", Divmod},
    {"pow", "base, exp, mod=", Pow},
    {"min", "*args, default=, key=",
     [](Evaluator& evaluator, Args args) { return Extreme(evaluator, args, Operator::kLess, "min"); }},
    {"max", "*args, default=, key=",
     [](Evaluator& evaluator, Args args) { return Extreme(evaluator, args, Operator::kGreater, "max"); }},
    {"sum", "iterable, /, start=", Sum},
    {"any", "iterable, /", [](Evaluator& evaluator, Args args) { return AnyAll(evaluator, args[0], 1); }},
    {"all", "iterable, /", [](Evaluator& evaluator, Args args) { return AnyAll(evaluator, args[0], 0); }},
    {"sorted", "iterable, /, *, key=, reverse=", Sorted},
    {"callable", "obj, /", Callable},
    {"repr", "obj, /", [](Evaluator& evaluator, Args args) { return evaluator.Repr(args[0]); }},
    {"ascii", "obj, /",
     [](Evaluator& evaluator, Args args) {
       Value text = evaluator.Repr(args[0]);
       return text && !text.As<StrObject>()->ascii() ? evaluator.Refuse("ascii() of other characters") : text;
     }},
    {"format", "value, format_spec=, /",
     [](Evaluator& evaluator, Args args) {
       const auto* text = args[1] ? TakeText(evaluator, args[1], "format") : nullptr;
       if (args[1] && text == nullptr) return Value();
       return evaluator.Format(args[0], text == nullptr ? "" : text->text());
     }},
    {"hash", "obj, /", HashOf},
    {"ord", "c, /", Ord},
    {"chr", "i, /", Chr},
    {"bin", "x, /", [](Evaluator& evaluator, Args args) { return Radix(evaluator, args[0], "#b"); }},
    {"oct", "x, /", [](Evaluator& evaluator, Args args) { return Radix(evaluator, args[0], "#o"); }},
    {"hex", "x, /", [](Evaluator& evaluator, Args args) { return Radix(evaluator, args[0], "#x"); }},
};

}  // namespace

const StrObject* TakeText(Evaluator& evaluator, const Value& value, absl::string_view function) {
  const auto* text = value.As<StrObject>();
  if (text == nullptr) {
    evaluator.Raise("TypeError", absl::StrCat(function, "() argument must be str, not ", evaluator.TypeName(value)));
  }
  return text;
}

void InstallFunctions(World& world) {
  AddFunctions(world, world.builtins_module(), kFunctions);
  world.AddBuiltin("NotImplemented", Value::NotImplemented());
  world.AddBuiltin("Ellipsis", Value::Ellipsis());
  world.AddBuiltin("__debug__", Value::Bool(true));
  for (const char* name : {"eval", "exec", "compile", "open", "input", "__import__", "globals", "locals", "vars", "id",
                           "breakpoint", "help", "aiter", "anext", "exit", "quit"}) {
    world.AddBuiltin(name, RefusedFunction(world.heap(), name));
  }
}

}  // namespace loadstone::python
