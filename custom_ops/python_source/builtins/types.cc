// The classes of Python's values as functions: int(x), list(x), ...

#include <cerrno>
#include <cmath>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;
using Keywords = absl::Span<StrObject* const>;

// Binds to a signature made once.
bool Bind(Evaluator& evaluator, const Signature& signature, ClassObject* cls, Args args, Keywords keywords,
          std::vector<Value>& bound) {
  return signature.Bind(evaluator, cls->name, args, keywords, bound);
}

absl::string_view Stripped(absl::string_view text) {
  const auto space = [](char byte) { return absl::ascii_isspace(byte) || (byte >= 0x1c && byte <= 0x1f); };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

Value ParseInt(Evaluator& evaluator, const StrObject& text, int64_t base) {
  const auto fails = [&] {
    const Value shown = evaluator.Repr(Value(const_cast<StrObject*>(&text)));
    if (!shown) return Value();
    return evaluator.Raise(
        "ValueError", absl::StrCat("invalid literal for int() with base ", base, ": ", shown.As<StrObject>()->text()));
  };
  if (base != 0 && (base < 2 || base > 36)) {
    return evaluator.Raise("ValueError", "int() base must be >= 2 and <= 36, or 0");
  }
  if (!text.ascii()) return evaluator.Refuse("int() of text that is not ASCII");
  absl::string_view digits = Stripped(text.text());
  bool negative = false;
  if (!digits.empty() && (digits[0] == '+' || digits[0] == '-')) {
    negative = digits[0] == '-';
    digits.remove_prefix(1);
  }
  int64_t radix = base;
  bool prefixed = false;
  const int64_t prefix = absl::StartsWithIgnoreCase(digits, "0x")   ? 16
                         : absl::StartsWithIgnoreCase(digits, "0o") ? 8
                         : absl::StartsWithIgnoreCase(digits, "0b") ? 2
                                                                    : 0;
  if (prefix != 0 && (base == 0 || base == prefix)) {
    digits.remove_prefix(2);
    radix = prefix;
    prefixed = true;
  }
  if (radix == 0) {
    radix = 10;
    if (digits.size() > 1 && digits[0] == '0' && digits.find_first_not_of("0_") != absl::string_view::npos) {
      return fails();
    }
  }
  if (prefixed && !digits.empty() && digits[0] == '_') digits.remove_prefix(1);
  if (digits.empty() || digits[0] == '_' || digits.back() == '_') return fails();
  int64_t value = 0;
  bool underscore = false, overflow = false;
  for (char byte : digits) {
    if (byte == '_') {
      if (underscore) return fails();
      underscore = true;
      continue;
    }
    underscore = false;
    const int digit = absl::ascii_isdigit(byte)   ? byte - '0'
                      : absl::ascii_isalpha(byte) ? absl::ascii_tolower(byte) - 'a' + 10
                                                  : 99;
    if (digit >= radix) return fails();
    overflow = overflow || __builtin_mul_overflow(value, radix, &value) ||
               __builtin_sub_overflow(value, static_cast<int64_t>(digit), &value);
  }
  if (overflow || (!negative && value == INT64_MIN)) return evaluator.Refuse("an int beyond 64 bits");
  return Value::Int(negative ? value : -value);
}

Value FloatToInt(Evaluator& evaluator, double value) {
  if (std::isnan(value)) return evaluator.Raise("ValueError", "cannot convert float NaN to integer");
  if (std::isinf(value)) return evaluator.Raise("OverflowError", "cannot convert float infinity to integer");
  if (value >= 9223372036854775808.0 || value < -9223372036854775808.0) {
    return evaluator.Refuse("an int beyond 64 bits");
  }
  return Value::Int(static_cast<int64_t>(value));
}

Value MakeInt(Evaluator& evaluator, ClassObject* cls, Args args, Keywords keywords) {
  static const Signature* const signature = new Signature("x=, /, base=");
  std::vector<Value> bound;
  if (!Bind(evaluator, *signature, cls, args, keywords, bound)) return Value();
  if (!bound[0]) return bound[1] ? evaluator.Raise("TypeError", "int() missing string argument") : Value::Int(0);
  const auto* text = bound[0].As<StrObject>();
  if (bound[1]) {
    int64_t base = 0;
    if (!evaluator.Index(bound[1], base)) return Value();
    if (text == nullptr) return evaluator.Raise("TypeError", "int() can't convert non-string with explicit base");
    return ParseInt(evaluator, *text, base);
  }
  if (bound[0].is_integral()) return Value::Int(bound[0].integer());
  if (bound[0].is_float()) return FloatToInt(evaluator, bound[0].real());
  if (text != nullptr) return ParseInt(evaluator, *text, 10);
  bool found = false;
  for (const Special name : {Special::kInt, Special::kIndex}) {
    const Value result = evaluator.CallSpecial(bound[0], name, {}, found);
    if (!found) continue;
    if (result && !result.is_integral()) return evaluator.Raise("TypeError", "__int__ returned non-int");
    return result;
  }
  return evaluator.Raise("TypeError", absl::StrCat("int() argument must be a string, a bytes-like object or a real "
                                                   "number, not '",
                                                   evaluator.TypeName(bound[0]), "'"));
}

Value ParseFloat(Evaluator& evaluator, const StrObject& text) {
  const auto fails = [&] {
    const Value shown = evaluator.Repr(Value(const_cast<StrObject*>(&text)));
    if (!shown) return Value();
    return evaluator.Raise("ValueError",
                           absl::StrCat("could not convert string to float: ", shown.As<StrObject>()->text()));
  };
  if (!text.ascii()) return evaluator.Refuse("float() of text that is not ASCII");
  std::string digits;
  const absl::string_view stripped = Stripped(text.text());
  for (size_t i = 0; i < stripped.size(); ++i) {
    if (stripped[i] != '_') {
      digits += stripped[i];
    } else if (i == 0 || i + 1 == stripped.size() || !absl::ascii_isdigit(stripped[i - 1]) ||
               !absl::ascii_isdigit(stripped[i + 1])) {
      return fails();
    }
  }
  const std::string lower = absl::AsciiStrToLower(digits);
  absl::string_view bare = lower;
  if (!bare.empty() && (bare[0] == '+' || bare[0] == '-')) bare.remove_prefix(1);
  const bool word = bare == "inf" || bare == "infinity" || bare == "nan";
  if (!word && (bare.empty() || bare.find_first_not_of("0123456789.e+-") != absl::string_view::npos)) return fails();
  char* end = nullptr;
  const double value = std::strtod(digits.c_str(), &end);
  if (end != digits.c_str() + digits.size()) return fails();
  return Value::Float(value);
}

Value MakeFloat(Evaluator& evaluator, ClassObject* cls, Args args, Keywords keywords) {
  static const Signature* const signature = new Signature("x=, /");
  std::vector<Value> bound;
  if (!Bind(evaluator, *signature, cls, args, keywords, bound)) return Value();
  if (!bound[0]) return Value::Float(0);
  if (bound[0].is_number()) return Value::Float(bound[0].as_double());
  if (const auto* text = bound[0].As<StrObject>()) return ParseFloat(evaluator, *text);
  bool found = false;
  const Value result = evaluator.CallSpecial(bound[0], Special::kFloat, {}, found);
  if (found) {
    if (result && !result.is_float()) return evaluator.Raise("TypeError", "__float__ returned non-float");
    return result;
  }
  const Value index = evaluator.CallSpecial(bound[0], Special::kIndex, {}, found);
  if (found) return index && index.is_integral() ? Value::Float(index.as_double()) : Value();
  return evaluator.Raise("TypeError", absl::StrCat("float() argument must be a string or a real number, not '",
                                                   evaluator.TypeName(bound[0]), "'"));
}

Value MakeBool(Evaluator& evaluator, ClassObject* cls, Args args, Keywords keywords) {
  static const Signature* const signature = new Signature("x=, /");
  std::vector<Value> bound;
  if (!Bind(evaluator, *signature, cls, args, keywords, bound)) return Value();
  const int truth = bound[0] ? evaluator.Truth(bound[0]) : 0;
  return truth < 0 ? Value() : Value::Bool(truth != 0);
}

Value MakeStr(Evaluator& evaluator, ClassObject* cls, Args args, Keywords keywords) {
  static const Signature* const signature = new Signature("object=, encoding=, errors=");
  std::vector<Value> bound;
  if (!Bind(evaluator, *signature, cls, args, keywords, bound)) return Value();
  if (bound[1] || bound[2]) return evaluator.Refuse("str() with an encoding");
  return bound[0] ? evaluator.Str(bound[0]) : evaluator.Text("");
}

// One optional iterable.
bool TakeIterable(Evaluator& evaluator, ClassObject* cls, Args args, Keywords keywords, std::vector<Value>& items) {
  static const Signature* const signature = new Signature("iterable=, /");
  std::vector<Value> bound;
  if (!Bind(evaluator, *signature, cls, args, keywords, bound)) return false;
  return !bound[0] || evaluator.ToVector(bound[0], items);
}

Value MakeList(Evaluator& evaluator, ClassObject* cls, Args args, Keywords keywords) {
  std::vector<Value> items;
  if (!TakeIterable(evaluator, cls, args, keywords, items)) return Value();
  return Value(evaluator.heap().New<ListObject>(std::move(items)));
}

Value MakeTuple(Evaluator& evaluator, ClassObject* cls, Args args, Keywords keywords) {
  // tuple(t) is t.
  if (args.size() == 1 && args[0].is(Kind::kTuple) && args[0].object()->own_class() == nullptr) return args[0];
  std::vector<Value> items;
  if (!TakeIterable(evaluator, cls, args, keywords, items)) return Value();
  return Value(evaluator.heap().New<TupleObject>(std::move(items)));
}

Value MakeSet(Evaluator& evaluator, ClassObject* cls, Args args, Keywords keywords) {
  ClassObject* own = cls == evaluator.world().ClassOf(Kind::kSet) ? nullptr : cls;
  if (args.size() == 1 && keywords.empty()) {
    if (const auto* set = args[0].As<SetObject>()) {
      if (own != nullptr && set->own_class() == own) return args[0];
      return evaluator.CopySet(set->table, own);
    }
  }
  std::vector<Value> items;
  if (!TakeIterable(evaluator, cls, args, keywords, items)) return Value();
  Value made(evaluator.heap().New<SetObject>());
  for (const Value& item : items) {
    if (!evaluator.SetAdd(made.As<SetObject>(), item)) return Value();
  }
  made.object()->set_class(own);
  return made;
}

Value MakeDict(Evaluator& evaluator, ClassObject* cls, Args args, Keywords keywords) {
  const size_t positional = args.size() - keywords.size();
  if (positional > 1) {
    return evaluator.Raise("TypeError", absl::StrCat("dict expected at most 1 argument, got ", positional));
  }
  const Value made(evaluator.heap().New<DictObject>());
  if (positional == 1 && !evaluator.DictUpdate(made, args[0])) return Value();
  for (size_t i = 0; i < keywords.size(); ++i) {
    if (!evaluator.DictSet(made.As<DictObject>(), Value(keywords[i]), args[positional + i])) return Value();
  }
  return made;
}

Value MakeRange(Evaluator& evaluator, ClassObject* cls, Args args, Keywords keywords) {
  if (args.empty() || args.size() > 3 || !keywords.empty()) {
    return evaluator.Raise("TypeError", "range expected 1 to 3 arguments");
  }
  int64_t numbers[3] = {0, 0, 1};
  for (size_t i = 0; i < args.size(); ++i) {
    if (!evaluator.Index(args[i], numbers[i])) return Value();
  }
  if (args.size() == 1) std::swap(numbers[0], numbers[1]);
  if (numbers[2] == 0) return evaluator.Raise("ValueError", "range() arg 3 must not be zero");
  return Value(evaluator.heap().New<RangeObject>(numbers[0], numbers[1], numbers[2]));
}

Value MakeSlice(Evaluator& evaluator, ClassObject* cls, Args args, Keywords keywords) {
  if (args.empty() || args.size() > 3 || !keywords.empty()) {
    return evaluator.Raise("TypeError", "slice expected 1 to 3 arguments");
  }
  const Value none = Value::None();
  if (args.size() == 1) return Value(evaluator.heap().New<SliceObject>(none, args[0], none));
  return Value(evaluator.heap().New<SliceObject>(args[0], args[1], args.size() == 3 ? args[2] : none));
}

Value MakeType(Evaluator& evaluator, ClassObject* cls, Args args, Keywords keywords) {
  if (args.size() == 1 && keywords.empty()) return Value(evaluator.ClassOf(args[0]));
  return evaluator.Refuse("a class made by type()");
}

Value MakeProperty(Evaluator& evaluator, ClassObject* cls, Args args, Keywords keywords) {
  static const Signature* const signature = new Signature("fget=, fset=, fdel=, doc=");
  std::vector<Value> bound;
  if (!Bind(evaluator, *signature, cls, args, keywords, bound)) return Value();
  for (int i = 0; i < 3; ++i) bound[i] = bound[i] ? bound[i] : Value::None();
  return Value(evaluator.heap().New<PropertyObject>(bound[0], bound[1], bound[2]));
}

template <typename Method>
Value MakeMethod(Evaluator& evaluator, ClassObject* cls, Args args, Keywords keywords) {
  if (args.size() != 1 || !keywords.empty())
    return evaluator.Raise("TypeError", absl::StrCat(cls->name, " expected 1 argument"));
  return Value(evaluator.heap().New<Method>(args[0]));
}

Value Refused(Evaluator& evaluator, ClassObject* cls, Args args, Keywords keywords) {
  return evaluator.Refuse(absl::StrCat(cls->name, "()"));
}

constexpr NativeEntry kPropertyMethods[] = {
    {"getter", "self, function, /",
     [](Evaluator& evaluator, Args args) {
       const auto* old = args[0].As<PropertyObject>();
       return Value(evaluator.heap().New<PropertyObject>(args[1], old->setter, old->deleter));
     }},
    {"setter", "self, function, /",
     [](Evaluator& evaluator, Args args) {
       const auto* old = args[0].As<PropertyObject>();
       return Value(evaluator.heap().New<PropertyObject>(old->getter, args[1], old->deleter));
     }},
    {"deleter", "self, function, /",
     [](Evaluator& evaluator, Args args) {
       const auto* old = args[0].As<PropertyObject>();
       return Value(evaluator.heap().New<PropertyObject>(old->getter, old->setter, args[1]));
     }},
};

constexpr NativeEntry kPropertyAttributes[] = {
    {"fget", "self", [](Evaluator& evaluator, Args args) { return args[0].As<PropertyObject>()->getter; }},
    {"fset", "self", [](Evaluator& evaluator, Args args) { return args[0].As<PropertyObject>()->setter; }},
};

constexpr NativeEntry kRangeAttributes[] = {
    {"start", "self", [](Evaluator& evaluator, Args args) { return Value::Int(args[0].As<RangeObject>()->start); }},
    {"stop", "self", [](Evaluator& evaluator, Args args) { return Value::Int(args[0].As<RangeObject>()->stop); }},
    {"step", "self", [](Evaluator& evaluator, Args args) { return Value::Int(args[0].As<RangeObject>()->step); }},
};

constexpr NativeEntry kSliceAttributes[] = {
    {"start", "self", [](Evaluator& evaluator, Args args) { return args[0].As<SliceObject>()->start; }},
    {"stop", "self", [](Evaluator& evaluator, Args args) { return args[0].As<SliceObject>()->stop; }},
    {"step", "self", [](Evaluator& evaluator, Args args) { return args[0].As<SliceObject>()->step; }},
};

constexpr NativeEntry kIntMethods[] = {
    {"bit_length", "self, /",
     [](Evaluator& evaluator, Args args) {
       const int64_t value = args[0].integer();
       uint64_t magnitude = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
       int64_t bits = 0;
       for (; magnitude != 0; magnitude >>= 1) ++bits;
       return Value::Int(bits);
     }},
    {"conjugate", "self, /", [](Evaluator& evaluator, Args args) { return Value::Int(args[0].integer()); }},
};

constexpr NativeEntry kFloatMethods[] = {
    {"is_integer", "self, /",
     [](Evaluator& evaluator, Args args) {
       const double value = args[0].real();
       return Value::Bool(std::isfinite(value) && std::floor(value) == value);
     }},
};

}  // namespace

void InstallTypes(World& world) {
  const std::pair<const char*, ClassObject::Make> makers[] = {{"int", MakeInt},
                                                              {"float", MakeFloat},
                                                              {"bool", MakeBool},
                                                              {"str", MakeStr},
                                                              {"list", MakeList},
                                                              {"tuple", MakeTuple},
                                                              {"set", MakeSet},
                                                              {"dict", MakeDict},
                                                              {"range", MakeRange},
                                                              {"slice", MakeSlice},
                                                              {"type", MakeType},
                                                              {"property", MakeProperty},
                                                              {"staticmethod", MakeMethod<StaticMethodObject>},
                                                              {"classmethod", MakeMethod<ClassMethodObject>}};
  for (const auto& [name, make] : makers) world.FindBuiltinClass(name)->make = make;
  ClassObject* frozenset = world.NewClass("builtins", "frozenset");
  frozenset->derivable = false;
  frozenset->make = MakeSet;
  world.AddBuiltin("frozenset", Value(frozenset));
  // No value is of these, so isinstance() is exact.
  for (const char* name : {"bytes", "bytearray", "complex", "memoryview"}) {
    ClassObject* cls = world.NewClass("builtins", name);
    cls->derivable = false;
    cls->make = Refused;
    world.AddBuiltin(name, Value(cls));
  }
  ClassObject* property = world.ClassOf(Kind::kProperty);
  AddMethods(world, property, kPropertyMethods);
  AddProperties(world, property, kPropertyAttributes);
  AddProperties(world, world.ClassOf(Kind::kRange), kRangeAttributes);
  AddProperties(world, world.ClassOf(Kind::kSlice), kSliceAttributes);
  ClassObject* int_class = world.FindBuiltinClass("int");
  ClassObject* float_class = world.FindBuiltinClass("float");
  AddMethods(world, int_class, kIntMethods);
  AddMethods(world, float_class, kFloatMethods);
  AddRefused(world, int_class->attributes, "int",
             {"as_integer_ratio", "bit_count", "denominator", "from_bytes", "imag", "numerator", "real", "to_bytes"});
  AddRefused(world, float_class->attributes, "float",
             {"as_integer_ratio", "conjugate", "fromhex", "hex", "imag", "real"});
  AddRefused(world, world.ClassOf(Kind::kRange)->attributes, "range", {"count", "index"});
  AddRefused(world, world.ClassOf(Kind::kSlice)->attributes, "slice", {"indices"});
}

}  // namespace loadstone::python
