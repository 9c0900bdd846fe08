// Operators of Evaluator on numbers, as Python's int and float have them.

#include "custom_ops/python_source/runtime/numbers.h"

#include <cmath>

namespace loadstone::python {
namespace {

Value TooLarge(Evaluator& evaluator) { return evaluator.Refuse("an int beyond 64 bits"); }

Value IntPower(Evaluator& evaluator, int64_t base, int64_t exponent) {
  if (exponent < 0) {
    if (base == 0) return evaluator.Raise("ZeroDivisionError", "0.0 cannot be raised to a negative power");
    return Value::Float(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
  }
  int64_t result = 1;
  while (exponent > 0) {
    if ((exponent & 1) != 0 && __builtin_mul_overflow(result, base, &result)) return TooLarge(evaluator);
    exponent >>= 1;
    if (exponent > 0 && __builtin_mul_overflow(base, base, &base)) return TooLarge(evaluator);
  }
  return Value::Int(result);
}

Value FloatPower(Evaluator& evaluator, double base, double exponent) {
  if (base == 0 && exponent < 0) {
    return evaluator.Raise("ZeroDivisionError", "0.0 cannot be raised to a negative power");
  }
  if (base < 0 && std::isfinite(base) && std::isfinite(exponent) && exponent != std::floor(exponent)) {
    return evaluator.Refuse("a complex number");
  }
  const double result = std::pow(base, exponent);
  if (std::isinf(result) && std::isfinite(base) && std::isfinite(exponent)) {
    return evaluator.Raise("OverflowError", "(34, 'Numerical result out of range')");
  }
  return Value::Float(result);
}

// float_divmod of CPython.
void FloatDivMod(double left, double right, double& quotient, double& modulo) {
  modulo = std::fmod(left, right);
  double division = (left - modulo) / right;
  if (modulo != 0) {
    if ((right < 0) != (modulo < 0)) {
      modulo += right;
      division -= 1.0;
    }
  } else {
    modulo = std::copysign(0.0, right);
  }
  if (division != 0) {
    quotient = std::floor(division);
    if (division - quotient > 0.5) quotient += 1.0;
  } else {
    quotient = std::copysign(0.0, left / right);
  }
}

Value IntBinary(Evaluator& evaluator, Operator op, int64_t a, int64_t b) {
  int64_t result = 0;
  switch (op) {
    case Operator::kAdd:
      return __builtin_add_overflow(a, b, &result) ? TooLarge(evaluator) : Value::Int(result);
    case Operator::kSubtract:
      return __builtin_sub_overflow(a, b, &result) ? TooLarge(evaluator) : Value::Int(result);
    case Operator::kMultiply:
      return __builtin_mul_overflow(a, b, &result) ? TooLarge(evaluator) : Value::Int(result);
    case Operator::kDivide:
      if (b == 0) return evaluator.Raise("ZeroDivisionError", "division by zero");
      // 113 bits hold both exactly, so that only the last step rounds.
      return Value::Float(static_cast<double>(static_cast<__float128>(a) / static_cast<__float128>(b)));
    case Operator::kFloorDivide:
    case Operator::kModulo: {
      if (b == 0) return evaluator.Raise("ZeroDivisionError", "integer division or modulo by zero");
      if (b == -1) {
        if (op == Operator::kModulo) return Value::Int(0);
        return a == INT64_MIN ? TooLarge(evaluator) : Value::Int(-a);
      }
      int64_t quotient = a / b, modulo = a % b;
      if (modulo != 0 && (modulo < 0) != (b < 0)) {
        modulo += b;
        --quotient;
      }
      return Value::Int(op == Operator::kModulo ? modulo : quotient);
    }
    case Operator::kPower:
      return IntPower(evaluator, a, b);
    case Operator::kLeftShift:
      if (b < 0) return evaluator.Raise("ValueError", "negative shift count");
      if (a == 0) return Value::Int(0);
      if (b >= 64 || __builtin_mul_overflow(a, b == 63 ? INT64_MIN : int64_t{1} << b, &result))
        return TooLarge(evaluator);
      return b == 63 ? TooLarge(evaluator) : Value::Int(result);
    case Operator::kRightShift:
      if (b < 0) return evaluator.Raise("ValueError", "negative shift count");
      return Value::Int(b >= 64 ? (a < 0 ? -1 : 0) : a >> b);
    case Operator::kBitAnd:
      return Value::Int(a & b);
    case Operator::kBitOr:
      return Value::Int(a | b);
    case Operator::kBitXor:
      return Value::Int(a ^ b);
    default:
      return Value::NotImplemented();
  }
}

}  // namespace

Value NumberBinary(Evaluator& evaluator, Operator op, const Value& left, const Value& right) {
  if (left.is_integral() && right.is_integral()) {
    if (left.is_bool() && right.is_bool() &&
        (op == Operator::kBitAnd || op == Operator::kBitOr || op == Operator::kBitXor)) {
      return Value::Bool(IntBinary(evaluator, op, left.integer(), right.integer()).integer() != 0);
    }
    return IntBinary(evaluator, op, left.integer(), right.integer());
  }
  const double a = left.as_double(), b = right.as_double();
  switch (op) {
    case Operator::kAdd:
      return Value::Float(a + b);
    case Operator::kSubtract:
      return Value::Float(a - b);
    case Operator::kMultiply:
      return Value::Float(a * b);
    case Operator::kDivide:
      if (b == 0) return evaluator.Raise("ZeroDivisionError", "float division by zero");
      return Value::Float(a / b);
    case Operator::kFloorDivide:
    case Operator::kModulo: {
      if (b == 0) return evaluator.Raise("ZeroDivisionError", "float floor division or modulo by zero");
      double quotient = 0, modulo = 0;
      FloatDivMod(a, b, quotient, modulo);
      return Value::Float(op == Operator::kModulo ? modulo : quotient);
    }
    case Operator::kPower:
      return FloatPower(evaluator, a, b);
    default:
      return Value::NotImplemented();
  }
}

int CompareNumbers(const Value& left, const Value& right) {
  if (left.is_integral() && right.is_integral()) {
    return left.integer() < right.integer() ? -1 : left.integer() > right.integer() ? 1 : 0;
  }
  if (left.is_float() && right.is_float()) {
    if (std::isnan(left.real()) || std::isnan(right.real())) return kUnordered;
    return left.real() < right.real() ? -1 : left.real() > right.real() ? 1 : 0;
  }
  if (left.is_float()) {
    const int reversed = CompareNumbers(right, left);
    return reversed == kUnordered ? kUnordered : -reversed;
  }
  // An int and a float, exactly: a double past 63 bits is past every int.
  const double b = right.real();
  if (std::isnan(b)) return kUnordered;
  if (b >= 9223372036854775808.0) return -1;
  if (b < -9223372036854775808.0) return 1;
  const double whole = std::floor(b);
  const auto integer = static_cast<int64_t>(whole);
  if (left.integer() != integer) return left.integer() < integer ? -1 : 1;
  return b > whole ? -1 : 0;
}

// _Py_HashDouble and the hash of int: numbers that are equal have the same.
uint64_t HashNumber(const Value& value) {
  constexpr int kBits = 61;
  constexpr uint64_t kModulus = (uint64_t{1} << kBits) - 1;
  int64_t result = 0;
  if (value.is_integral()) {
    const int64_t integer = value.integer();
    const uint64_t magnitude = integer < 0 ? 0 - static_cast<uint64_t>(integer) : static_cast<uint64_t>(integer);
    result = static_cast<int64_t>(magnitude % kModulus);
    if (integer < 0) result = -result;
  } else {
    const double real = value.real();
    if (std::isinf(real)) return static_cast<uint64_t>(real > 0 ? 314159 : -314159);
    if (std::isnan(real)) return 0;  // CPython takes the object's address
    int exponent = 0;
    double mantissa = std::frexp(std::fabs(real), &exponent);
    uint64_t x = 0;
    while (mantissa != 0) {
      x = ((x << 28) & kModulus) | x >> (kBits - 28);
      mantissa *= 268435456.0;
      exponent -= 28;
      const auto digit = static_cast<uint64_t>(mantissa);
      mantissa -= static_cast<double>(digit);
      x += digit;
      if (x >= kModulus) x -= kModulus;
    }
    exponent = exponent >= 0 ? exponent % kBits : kBits - 1 - ((-1 - exponent) % kBits);
    x = ((x << exponent) & kModulus) | x >> (kBits - exponent);
    result = real < 0 ? -static_cast<int64_t>(x) : static_cast<int64_t>(x);
  }
  return static_cast<uint64_t>(result == -1 ? -2 : result);
}

}  // namespace loadstone::python
