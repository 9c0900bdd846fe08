// enum.IntEnum: members that are ints. Each operator is that of the int which the member holds, with a plain result.

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

bool IsIntEnum(const ClassObject* cls) {
  for (const ClassObject* base : cls->mro) {
    if (base->native && base->name == "IntEnum" && base->module_name == "enum") return true;
  }
  return false;
}

// The number, also of a number; others stay what they are.
Value Plain(Evaluator& evaluator, const Value& value) {
  const auto* instance = value.As<InstanceObject>();
  if (instance == nullptr || !IsIntEnum(instance->cls())) return value;
  return evaluator.GetOwn(instance, evaluator.Intern("_value_"));
}

template <Operator op>
Value Forward(Evaluator& evaluator, Args args) {
  const Value right = Plain(evaluator, args[1]);
  return right.is_number() ? evaluator.Binary(op, Plain(evaluator, args[0]), right) : Value::NotImplemented();
}

template <Operator op>
Value Reflected(Evaluator& evaluator, Args args) {
  return args[1].is_number() ? evaluator.Binary(op, args[1], Plain(evaluator, args[0])) : Value::NotImplemented();
}

template <Operator op>
Value Compared(Evaluator& evaluator, Args args) {
  const Value right = Plain(evaluator, args[1]);
  return right.is_number() ? evaluator.Compare(op, Plain(evaluator, args[0]), right) : Value::NotImplemented();
}

template <Operator op>
Value Unary(Evaluator& evaluator, Args args) {
  return evaluator.Unary(op, Plain(evaluator, args[0]));
}

// A function of Python's own, of the number.
template <const char* name>
Value Own(Evaluator& evaluator, Args args) {
  const Value* function = evaluator.world().builtins().FindName(evaluator.Intern(name));
  std::vector<Value> plain;
  for (const Value& arg : args) {
    if (arg) plain.push_back(Plain(evaluator, arg));
  }
  return evaluator.Call(*function, plain);
}

constexpr char kAbs[] = "abs", kBool[] = "bool", kDivMod[] = "divmod", kFloat[] = "float", kFormat[] = "format",
               kHash[] = "hash", kInt[] = "int", kRound[] = "round", kStr[] = "str";

constexpr NativeEntry kMethods[] = {
    {"__add__", "self, other, /", Forward<Operator::kAdd>},
    {"__sub__", "self, other, /", Forward<Operator::kSubtract>},
    {"__mul__", "self, other, /", Forward<Operator::kMultiply>},
    {"__truediv__", "self, other, /", Forward<Operator::kDivide>},
    {"__mod__", "self, other, /", Forward<Operator::kModulo>},
    {"__pow__", "self, other, /", Forward<Operator::kPower>},
    {"__lshift__", "self, other, /", Forward<Operator::kLeftShift>},
    {"__rshift__", "self, other, /", Forward<Operator::kRightShift>},
    {"__or__", "self, other, /", Forward<Operator::kBitOr>},
    {"__xor__", "self, other, /", Forward<Operator::kBitXor>},
    {"__and__", "self, other, /", Forward<Operator::kBitAnd>},
    {"__floordiv__", "self, other, /", Forward<Operator::kFloorDivide>},
    {"__radd__", "self, other, /", Reflected<Operator::kAdd>},
    {"__rsub__", "self, other, /", Reflected<Operator::kSubtract>},
    {"__rmul__", "self, other, /", Reflected<Operator::kMultiply>},
    {"__rtruediv__", "self, other, /", Reflected<Operator::kDivide>},
    {"__rmod__", "self, other, /", Reflected<Operator::kModulo>},
    {"__rpow__", "self, other, /", Reflected<Operator::kPower>},
    {"__rlshift__", "self, other, /", Reflected<Operator::kLeftShift>},
    {"__rrshift__", "self, other, /", Reflected<Operator::kRightShift>},
    {"__ror__", "self, other, /", Reflected<Operator::kBitOr>},
    {"__rxor__", "self, other, /", Reflected<Operator::kBitXor>},
    {"__rand__", "self, other, /", Reflected<Operator::kBitAnd>},
    {"__rfloordiv__", "self, other, /", Reflected<Operator::kFloorDivide>},
    {"__eq__", "self, other, /", Compared<Operator::kEqual>},
    {"__ne__", "self, other, /", Compared<Operator::kNotEqual>},
    {"__lt__", "self, other, /", Compared<Operator::kLess>},
    {"__le__", "self, other, /", Compared<Operator::kLessEqual>},
    {"__gt__", "self, other, /", Compared<Operator::kGreater>},
    {"__ge__", "self, other, /", Compared<Operator::kGreaterEqual>},
    {"__neg__", "self, /", Unary<Operator::kNegative>},
    {"__pos__", "self, /", Unary<Operator::kPositive>},
    {"__invert__", "self, /", Unary<Operator::kInvert>},
    {"__abs__", "self, /", Own<kAbs>},
    {"__bool__", "self, /", Own<kBool>},
    {"__divmod__", "self, other, /", Own<kDivMod>},
    {"__float__", "self, /", Own<kFloat>},
    {"__hash__", "self, /", Own<kHash>},
    {"__int__", "self, /", Own<kInt>},
    {"__index__", "self, /", Own<kInt>},
    {"__round__", "self, ndigits=, /", Own<kRound>},
    // Since 3.11 an IntEnum shows itself as the number, but in repr().
    {"__str__", "self, /", Own<kStr>},
    {"__format__", "self, specification, /", Own<kFormat>},
};

}  // namespace

ClassObject* NewIntEnum(World& world, ClassObject* enum_class) {
  ClassObject* cls = world.NewClass("enum", "IntEnum", {enum_class});
  AddMethods(world, cls, kMethods);
  // Methods of C++ that int has expect a number, so it is no base; isinstance() must not tell.
  world.FindBuiltinClass("int")->includes = IsIntEnum;
  AddRefused(world, cls->attributes, "IntEnum",
             {"__ceil__", "__floor__", "__trunc__", "as_integer_ratio", "bit_count", "bit_length", "conjugate",
              "denominator", "imag", "numerator", "real", "to_bytes"});
  return cls;
}

}  // namespace loadstone::python
