// The module math.

#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

// False: TypeError.
bool TakeFloat(Evaluator& evaluator, const Value& value, double& number) {
  if (value.is_number()) {
    number = value.as_double();
    return true;
  }
  bool found = false;
  for (const Special name : {Special::kFloat, Special::kIndex}) {
    const Value result = evaluator.CallSpecial(value, name, {}, found);
    if (!found) continue;
    if (!result) return false;
    if (!result.is_number()) break;
    number = result.as_double();
    return true;
  }
  evaluator.Raise("TypeError", absl::StrCat("must be real number, not ", evaluator.TypeName(value)));
  return false;
}

// math_1 of CPython: what the C library says, with errors from its result.
template <double (*function)(double), bool overflows>
Value One(Evaluator& evaluator, Args args) {
  double x = 0;
  if (!TakeFloat(evaluator, args[0], x)) return Value();
  const double result = function(x);
  if (std::isnan(result) && !std::isnan(x)) return evaluator.Raise("ValueError", "math domain error");
  if (std::isinf(result) && std::isfinite(x)) {
    return overflows ? evaluator.Raise("OverflowError", "math range error")
                     : evaluator.Raise("ValueError", "math domain error");
  }
  return Value::Float(result);
}

Value Logarithm(Evaluator& evaluator, const Value& value, double (*function)(double)) {
  double x = 0;
  if (!TakeFloat(evaluator, value, x)) return Value();
  if (x <= 0) return evaluator.Raise("ValueError", "math domain error");
  return Value::Float(function(x));
}

Value Log(Evaluator& evaluator, Args args) {
  Value number = Logarithm(evaluator, args[0], std::log);
  if (!args[1] || !number) return number;
  const Value base = Logarithm(evaluator, args[1], std::log);
  return base ? evaluator.Binary(Operator::kDivide, number, base) : Value();
}

enum class Towards { kFloor, kCeil, kZero };

template <Towards towards>
Value Whole(Evaluator& evaluator, Args args) {
  if (args[0].is_integral()) return Value::Int(args[0].integer());
  double x = 0;
  if (!args[0].is_float()) {
    const char* name = towards == Towards::kFloor ? "__floor__" : towards == Towards::kCeil ? "__ceil__" : "__trunc__";
    if (const Value* method = evaluator.ClassOf(args[0])->Find(evaluator.Intern(name))) {
      return evaluator.Call(*method, args);
    }
  }
  if (!TakeFloat(evaluator, args[0], x)) return Value();
  if (std::isnan(x)) return evaluator.Raise("ValueError", "cannot convert float NaN to integer");
  if (std::isinf(x)) return evaluator.Raise("OverflowError", "cannot convert float infinity to integer");
  const double result = towards == Towards::kFloor  ? std::floor(x)
                        : towards == Towards::kCeil ? std::ceil(x)
                                                    : std::trunc(x);
  if (result >= 9223372036854775808.0 || result < -9223372036854775808.0) {
    return evaluator.Refuse("an int beyond 64 bits");
  }
  return Value::Int(static_cast<int64_t>(result));
}

Value Pow(Evaluator& evaluator, Args args) {
  double x = 0, y = 0;
  if (!TakeFloat(evaluator, args[0], x) || !TakeFloat(evaluator, args[1], y)) return Value();
  const double result = std::pow(x, y);
  if (std::isfinite(x) && std::isfinite(y)) {
    if (std::isnan(result) || (x == 0 && y < 0)) return evaluator.Raise("ValueError", "math domain error");
    if (std::isinf(result)) return evaluator.Raise("OverflowError", "math range error");
  }
  return Value::Float(result);
}

template <double (*function)(double, double)>
Value Two(Evaluator& evaluator, Args args) {
  double x = 0, y = 0;
  if (!TakeFloat(evaluator, args[0], x) || !TakeFloat(evaluator, args[1], y)) return Value();
  const double result = function(x, y);
  if (std::isnan(result) && !std::isnan(x) && !std::isnan(y)) return evaluator.Raise("ValueError", "math domain error");
  if (std::isinf(result) && std::isfinite(x) && std::isfinite(y)) {
    return evaluator.Raise("OverflowError", "math range error");
  }
  return Value::Float(result);
}

Value Isqrt(Evaluator& evaluator, Args args) {
  int64_t n = 0;
  if (!evaluator.Index(args[0], n)) return Value();
  if (n < 0) return evaluator.Raise("ValueError", "isqrt() argument must be nonnegative");
  auto root = static_cast<int64_t>(std::sqrt(static_cast<double>(n)));
  while (root > 0 && root > n / root) --root;
  while ((root + 1) <= n / (root + 1)) ++root;
  return Value::Int(root);
}

Value Product(Evaluator& evaluator, Args args) {
  Value total = args[1] ? args[1] : Value::Int(1);
  const Value iterator = evaluator.Iterate(args[0]);
  if (!iterator) return Value();
  while (const Value item = evaluator.Next(iterator)) {
    total = evaluator.Binary(Operator::kMultiply, total, item);
    if (!total) return Value();
  }
  return evaluator.failed() ? Value() : total;
}

Value Gcd(Evaluator& evaluator, const std::vector<Value>& numbers, bool least_multiple) {
  int64_t result = least_multiple ? 1 : 0;
  for (const Value& value : numbers) {
    int64_t number = 0;
    if (!evaluator.Index(value, number)) return Value();
    if (number == INT64_MIN) return evaluator.Refuse("an int beyond 64 bits");
    number = std::abs(number);
    if (!least_multiple) {
      result = std::gcd(result, number);
    } else if (number == 0 || result == 0) {
      result = 0;
    } else if (__builtin_mul_overflow(result / std::gcd(result, number), number, &result)) {
      return evaluator.Refuse("an int beyond 64 bits");
    }
  }
  return Value::Int(result);
}

Value Factorial(Evaluator& evaluator, Args args) {
  if (!args[0].is_integral()) return evaluator.Raise("TypeError", "factorial() needs an integer");
  if (args[0].integer() < 0) return evaluator.Raise("ValueError", "factorial() not defined for negative values");
  int64_t result = 1;
  for (int64_t i = 2; i <= args[0].integer(); ++i) {
    if (__builtin_mul_overflow(result, i, &result)) return evaluator.Refuse("an int beyond 64 bits");
  }
  return Value::Int(result);
}

Value Comb(Evaluator& evaluator, Args args) {
  int64_t n = 0, k = 0;
  if (!evaluator.Index(args[0], n) || !evaluator.Index(args[1], k)) return Value();
  if (n < 0 || k < 0) return evaluator.Raise("ValueError", "n and k must be non-negative integers");
  if (k > n) return Value::Int(0);
  k = std::min(k, n - k);
  __int128 result = 1;
  for (int64_t i = 1; i <= k; ++i) {
    result = result * (n - k + i) / i;
    if (result > INT64_MAX) return evaluator.Refuse("an int beyond 64 bits");
  }
  return Value::Int(static_cast<int64_t>(result));
}

Value IsClose(Evaluator& evaluator, Args args) {
  double a = 0, b = 0, relative = 1e-9, absolute = 0;
  if (!TakeFloat(evaluator, args[0], a) || !TakeFloat(evaluator, args[1], b)) return Value();
  if (args[2] && !TakeFloat(evaluator, args[2], relative)) return Value();
  if (args[3] && !TakeFloat(evaluator, args[3], absolute)) return Value();
  if (relative < 0 || absolute < 0) return evaluator.Raise("ValueError", "tolerances must be non-negative");
  if (a == b) return Value::Bool(true);
  if (std::isinf(a) || std::isinf(b)) return Value::Bool(false);
  const double difference = std::fabs(b - a);
  return Value::Bool(difference <= std::fabs(relative * b) || difference <= std::fabs(relative * a) ||
                     difference <= absolute);
}

template <bool (*test)(double)>
Value Is(Evaluator& evaluator, Args args) {
  double x = 0;
  return TakeFloat(evaluator, args[0], x) ? Value::Bool(test(x)) : Value();
}

double Degrees(double x) { return x * (180.0 / M_PI); }
double Radians(double x) { return x * (M_PI / 180.0); }

constexpr NativeEntry kFunctions[] = {
    {"sqrt", "x, /", One<std::sqrt, false>},
    {"exp", "x, /", One<std::exp, true>},
    {"exp2", "x, /", One<std::exp2, true>},
    {"expm1", "x, /", One<std::expm1, true>},
    {"log", "x, base=, /", Log},
    {"log2", "x, /", [](Evaluator& e, Args args) { return Logarithm(e, args[0], std::log2); }},
    {"log10", "x, /", [](Evaluator& e, Args args) { return Logarithm(e, args[0], std::log10); }},
    {"log1p", "x, /", One<std::log1p, false>},
    {"sin", "x, /", One<std::sin, false>},
    {"cos", "x, /", One<std::cos, false>},
    {"tan", "x, /", One<std::tan, false>},
    {"asin", "x, /", One<std::asin, false>},
    {"acos", "x, /", One<std::acos, false>},
    {"atan", "x, /", One<std::atan, false>},
    {"sinh", "x, /", One<std::sinh, true>},
    {"cosh", "x, /", One<std::cosh, true>},
    {"tanh", "x, /", One<std::tanh, false>},
    {"asinh", "x, /", One<std::asinh, false>},
    {"acosh", "x, /", One<std::acosh, false>},
    {"atanh", "x, /", One<std::atanh, false>},
    {"erf", "x, /", One<std::erf, false>},
    {"erfc", "x, /", One<std::erfc, false>},
    {"fabs", "x, /", One<std::fabs, false>},
    {"degrees", "x, /", One<Degrees, true>},
    {"radians", "x, /", One<Radians, true>},
    {"atan2", "y, x, /", Two<std::atan2>},
    {"fmod", "x, y, /", Two<std::fmod>},
    {"copysign", "x, y, /", Two<std::copysign>},
    {"pow", "x, y, /", Pow},
    {"floor", "x, /", Whole<Towards::kFloor>},
    {"ceil", "x, /", Whole<Towards::kCeil>},
    {"trunc", "x, /", Whole<Towards::kZero>},
    {"isqrt", "n, /", Isqrt},
    {"prod", "iterable, /, *, start=", Product},
    {"gcd", "*integers", [](Evaluator& e, Args args) { return Gcd(e, args[0].As<TupleObject>()->items, false); }},
    {"lcm", "*integers", [](Evaluator& e, Args args) { return Gcd(e, args[0].As<TupleObject>()->items, true); }},
    {"factorial", "x, /", Factorial},
    {"comb", "n, k, /", Comb},
    {"isclose", "a, b, *, rel_tol=, abs_tol=", IsClose},
    {"isnan", "x, /", Is<std::isnan>},
    {"isinf", "x, /", Is<std::isinf>},
    {"isfinite", "x, /", Is<std::isfinite>},
};

}  // namespace

void InstallMath(World& world) {
  ModuleObject* module = NewModule(world, "math");
  AddFunctions(world, module, kFunctions);
  SetName(world, module, "pi", Value::Float(M_PI));
  SetName(world, module, "e", Value::Float(M_E));
  SetName(world, module, "tau", Value::Float(2 * M_PI));
  SetName(world, module, "inf", Value::Float(std::numeric_limits<double>::infinity()));
  SetName(world, module, "nan", Value::Float(std::numeric_limits<double>::quiet_NaN()));
  for (const char* name : {"cbrt", "dist", "frexp", "fsum", "gamma", "hypot", "ldexp", "lgamma", "modf", "nextafter",
                           "perm", "remainder", "ulp"}) {
    SetName(world, module, name, RefusedFunction(world.heap(), absl::StrCat("math.", name)));
  }
}

}  // namespace loadstone::python
