#include "custom_ops/python_source/torch_api/tensor_operators.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/native.h"
#include "custom_ops/python_source/torch_api/aten_call.h"
#include "custom_ops/python_source/torch_api/indexing.h"
#include "custom_ops/python_source/torch_api/operator_function.h"
#include "custom_ops/python_source/torch_api/tensor_value.h"
#include "engine/requires_grad.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

const at::Tensor& Self(Args args) { return static_cast<TensorObject*>(args[0].object())->tensor; }

// a - b for the operator's method on b: torch.<name>(a, b), as torch/_tensor.py has it.
template <const char* name>
Value Swapped(Evaluator& evaluator, Args args) {
  const Value swapped[] = {args[1], args[0]};
  return AtenCall(evaluator, *FindAtenOperator(name), swapped, {}, CallForm::kOperator);
}
constexpr char kFloorDivide[] = "floor_divide";
constexpr char kRemainder[] = "remainder";
constexpr char kPow[] = "pow";
constexpr char kMatmul[] = "matmul";
constexpr char kLeftShift[] = "bitwise_left_shift";
constexpr char kRightShift[] = "bitwise_right_shift";

Value ReflectedDivide(Evaluator& evaluator, Args args) {
  const Value inverse = AtenCall(evaluator, "reciprocal", {args.data(), 1}, {}, CallForm::kMethod);
  if (!inverse) return Value();
  const Value factors[] = {inverse, args[1]};
  return AtenCall(evaluator, *FindAtenOperator("mul"), factors, {}, CallForm::kOperator);
}

Value GetItem(Evaluator& evaluator, Args args) { return GetTensorItem(evaluator, Self(args), args[1]); }

Value SetItem(Evaluator& evaluator, Args args) {
  return SetTensorItem(evaluator, Self(args), args[1], args[2]) ? Value::None() : Value();
}

Value Length(Evaluator& evaluator, Args args) {
  if (Self(args).dim() == 0) return evaluator.Raise("TypeError", "len() of a 0-d tensor");
  return Value::Int(Self(args).size(0));
}

Value Iterate(Evaluator& evaluator, Args args) {
  if (Self(args).dim() == 0) return evaluator.Raise("TypeError", "iteration over a 0-d tensor");
  const Value parts = AtenCall(evaluator, "unbind", args, {}, CallForm::kMethod);
  return parts ? evaluator.Iterate(parts) : Value();
}

Value Contains(Evaluator& evaluator, Args args) {
  if (!args[1].is_number() && TensorOf(args[1]) == nullptr) {
    return evaluator.Raise("RuntimeError", absl::StrCat("Tensor.__contains__ only supports Tensor or scalar, but you "
                                                        "passed in a ",
                                                        evaluator.TypeName(args[1])));
  }
  const Value equal = AtenCall(evaluator, "eq", args, {}, CallForm::kMethod);
  const Value any = equal ? AtenCall(evaluator, "any", {&equal, 1}, {}, CallForm::kMethod) : Value();
  return any ? ReadNumber(evaluator, *TensorOf(any)) : Value();
}

Value Truth(Evaluator& evaluator, Args args) {
  const int truth = ReadTruth(evaluator, Self(args));
  return truth < 0 ? Value() : Value::Bool(truth != 0);
}

Value ToInt(Evaluator& evaluator, Args args) {
  const Value number = ReadNumber(evaluator, Self(args));
  if (!number || number.is_int()) return number;
  return evaluator.Call(Value(evaluator.world().ClassOf(Value::Int(0))), {&number, 1});
}

Value ToFloat(Evaluator& evaluator, Args args) {
  const Value number = ReadNumber(evaluator, Self(args));
  return number ? Value::Float(number.as_double()) : Value();
}

Value ToIndex(Evaluator& evaluator, Args args) {
  if (Self(args).numel() != 1 || !c10::isIntegralType(Self(args).scalar_type(), /*includeBool=*/true)) {
    return evaluator.Raise("TypeError", "only integer tensors of a single element can be converted to an index");
  }
  const Value number = ReadNumber(evaluator, Self(args));
  return number ? Value::Int(number.integer()) : Value();
}

// Python hashes a tensor by its identity.
Value Hash(Evaluator& evaluator, Args args) {
  return Value::Int(static_cast<int64_t>(reinterpret_cast<uintptr_t>(Self(args).unsafeGetTensorImpl()) >> 4));
}

Value DeepCopy(Evaluator& evaluator, Args args) {
  return CatchAten(evaluator, [&] {
    at::Tensor copy = Self(args).detach().clone();
    SetRequiresGrad(copy, Self(args).requires_grad());
    return IsParameter(evaluator, args[0]) ? MakeParameter(evaluator, copy) : MakeTensor(evaluator, copy);
  });
}

Value Repr(Evaluator& evaluator, Args args) { return evaluator.Refuse("the text of a tensor"); }

Value Format(Evaluator& evaluator, Args args) {
  if (Self(args).dim() != 0) return evaluator.Refuse("the text of a tensor");
  const Value number = ReadNumber(evaluator, Self(args));
  if (!number) return Value();
  return evaluator.Format(number, args[1].As<StrObject>()->text());
}

constexpr NativeEntry kMethods[] = {
    {"__rtruediv__", "self, other, /", ReflectedDivide},
    {"__floordiv__", "self, other, /",
     [](Evaluator& evaluator, Args args) {
       return AtenCall(evaluator, *FindAtenOperator(kFloorDivide), args, {}, CallForm::kOperator);
     }},
    {"__rfloordiv__", "self, other, /", Swapped<kFloorDivide>},
    {"__rmod__", "self, other, /", Swapped<kRemainder>},
    {"__rpow__", "self, other, /", Swapped<kPow>},
    {"__rmatmul__", "self, other, /", Swapped<kMatmul>},
    {"__rlshift__", "self, other, /", Swapped<kLeftShift>},
    {"__rrshift__", "self, other, /", Swapped<kRightShift>},
    {"__getitem__", "self, index, /", GetItem},
    {"__setitem__", "self, index, value, /", SetItem},
    {"__len__", "self", Length},
    {"__iter__", "self", Iterate},
    {"__contains__", "self, element, /", Contains},
    {"__bool__", "self", Truth},
    {"__int__", "self", ToInt},
    {"__float__", "self", ToFloat},
    {"__index__", "self", ToIndex},
    {"__hash__", "self", Hash},
    {"__repr__", "self", Repr},
    {"__deepcopy__", "self, memo", DeepCopy},
    {"__format__", "self, spec, /", Format},
};

// Each with the operator of ATen that computes it.
constexpr const char* kOperators[][2] = {
    {"__add__", "add"},           {"__radd__", "add"},           {"__iadd__", "add_"},
    {"__sub__", "sub"},           {"__rsub__", "rsub"},          {"__isub__", "sub_"},
    {"__mul__", "mul"},           {"__rmul__", "mul"},           {"__imul__", "mul_"},
    {"__truediv__", "div"},       {"__itruediv__", "div_"},      {"__ifloordiv__", "floor_divide_"},
    {"__mod__", "remainder"},     {"__imod__", "remainder_"},    {"__pow__", "pow"},
    {"__ipow__", "pow_"},         {"__matmul__", "matmul"},      {"__and__", "__and__"},
    {"__rand__", "__and__"},      {"__iand__", "__iand__"},      {"__or__", "__or__"},
    {"__ror__", "__or__"},        {"__ior__", "__ior__"},        {"__xor__", "__xor__"},
    {"__rxor__", "__xor__"},      {"__ixor__", "__ixor__"},      {"__lshift__", "__lshift__"},
    {"__ilshift__", "__ilshift__"}, {"__rshift__", "__rshift__"}, {"__irshift__", "__irshift__"},
    {"__eq__", "eq"},             {"__ne__", "ne"},              {"__lt__", "lt"},
    {"__le__", "le"},             {"__gt__", "gt"},              {"__ge__", "ge"},
    {"__neg__", "neg"},           {"__pos__", "positive"},       {"__invert__", "bitwise_not"},
    {"__abs__", "abs"},
};

}  // namespace

void DefineTensorOperators(TorchWorld& world) {
  AddMethods(world, world.tensor_class, kMethods);
  for (const auto& [name, aten] : kOperators) {
    const AtenOperator* found = FindAtenOperator(aten);
    if (found == nullptr) continue;
    auto* function = world.heap().New<OperatorFunction>(name, *found, CallForm::kOperator);
    world.tensor_class->attributes.SetName(world.heap().Intern(name), Value(function));
  }
}

}  // namespace loadstone::python
