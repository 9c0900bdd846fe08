#include "custom_ops/python_source/torch_api/parameter.h"

#include <type_traits>
#include <utility>
#include <vector>

#include <ATen/core/jit_type.h>
#include <ATen/ops/scalar_tensor.h>

#include "custom_ops/python_source/torch_api/objects.h"
#include "custom_ops/python_source/torch_api/tensor_value.h"

namespace loadstone::python {
namespace {

using Type = Parameter::Type;

Type TypeOf(const c10::Type& type) {
  switch (type.kind()) {
    case c10::TypeKind::TensorType: return Type::kTensor;
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType: return Type::kInt;
    case c10::TypeKind::FloatType: return Type::kFloat;
    case c10::TypeKind::NumberType: return Type::kScalar;
    case c10::TypeKind::BoolType: return Type::kBool;
    case c10::TypeKind::StringType: return Type::kText;
    case c10::TypeKind::DeviceObjType: return Type::kDevice;
    case c10::TypeKind::ScalarTypeType: return Type::kDtype;
    case c10::TypeKind::LayoutType: return Type::kLayout;
    case c10::TypeKind::MemoryFormatType: return Type::kMemoryFormat;
    case c10::TypeKind::GeneratorType: return Type::kGenerator;
    default: return Type::kOther;
  }
}

Fit Failed(bool fine) { return fine ? Fit::kYes : Fit::kFailed; }

// Is it a member of an IntEnum, whose class is an int's too?
bool IsIntEnum(Evaluator& evaluator, const Value& value) {
  return value.is(Kind::kInstance) && evaluator.IsInstance(value, Value(evaluator.ClassOf(Value::Int(0)))) == 1;
}

// An int, or a tensor that holds one: where Python would call __index__.
Fit ToInt(Evaluator& evaluator, const Value& value, int64_t& result) {
  if (value.is_int()) {
    result = value.integer();
    return Fit::kYes;
  }
  const at::Tensor* tensor = TensorOf(value);
  if (tensor == nullptr && IsIntEnum(evaluator, value)) return Failed(evaluator.Index(value, result));
  if (tensor == nullptr || tensor->dim() != 0 || !c10::isIntegralType(tensor->scalar_type(), /*includeBool=*/false)) {
    return Fit::kNo;
  }
  const Value number = ReadNumber(evaluator, *tensor);
  if (number) result = number.integer();
  return Failed(static_cast<bool>(number));
}

// A number, or a tensor that holds one.
Fit ToNumber(Evaluator& evaluator, const Value& value, Value& result) {
  if (value.is_number()) {
    result = value;
    return Fit::kYes;
  }
  const at::Tensor* tensor = TensorOf(value);
  if (tensor == nullptr && IsIntEnum(evaluator, value)) {
    int64_t number = 0;
    if (!evaluator.Index(value, number)) return Fit::kFailed;
    result = Value::Int(number);
    return Fit::kYes;
  }
  if (tensor == nullptr || tensor->dim() != 0) return Fit::kNo;
  result = ReadNumber(evaluator, *tensor);
  return Failed(static_cast<bool>(result));
}

// As Python's parser does for some operators (should_allow_numbers_as_tensors): a number that takes part in the choice
// of the result's dtype as a number, not as a tensor.
at::Tensor NumberAsTensor(const Value& number) {
  at::Tensor tensor = at::scalar_tensor(ToScalar(number), number.is_float()  ? at::kDouble
                                                          : number.is_bool() ? at::kBool
                                                                             : at::kLong);
  tensor.unsafeGetTensorImpl()->set_wrapped_number(true);
  return tensor;
}

Fit ConvertOne(Evaluator& evaluator, const Parameter& parameter, const Value& value, c10::IValue& result) {
  switch (parameter.type) {
    case Type::kTensor: {
      const at::Tensor* tensor = TensorOf(value);
      if (tensor != nullptr) {
        result = *tensor;
      } else if (parameter.takes_numbers && value.is_number()) {
        result = NumberAsTensor(value);
      } else {
        return Fit::kNo;
      }
      return Fit::kYes;
    }
    case Type::kInt: {
      int64_t number = 0;
      const Fit fit = ToInt(evaluator, value, number);
      result = number;
      return fit;
    }
    case Type::kFloat: {
      Value number;
      const Fit fit = ToNumber(evaluator, value, number);
      if (fit == Fit::kYes) result = number.as_double();
      return fit;
    }
    case Type::kScalar: {
      Value number;
      const Fit fit = ToNumber(evaluator, value, number);
      if (fit == Fit::kYes) result = ToScalar(number);
      return fit;
    }
    case Type::kBool:
      if (!value.is_bool()) return Fit::kNo;
      result = value.integer() != 0;
      return Fit::kYes;
    case Type::kText: {
      const auto* text = value.As<StrObject>();
      if (text == nullptr) return Fit::kNo;
      result = std::string(text->text());
      return Fit::kYes;
    }
    case Type::kDevice: {
      c10::Device device(c10::kCPU);
      const Fit fit = ToDevice(evaluator, value, device);
      result = device;
      return fit;
    }
    case Type::kDtype: {
      c10::ScalarType dtype = c10::ScalarType::Undefined;
      if (!ToDtype(evaluator, value, dtype)) return Fit::kNo;
      result = static_cast<int64_t>(dtype);
      return Fit::kYes;
    }
    case Type::kLayout:
      if (const auto* layout = AsNative<LayoutObject>(value)) {
        result = static_cast<int64_t>(layout->layout);
        return Fit::kYes;
      }
      return Fit::kNo;
    case Type::kMemoryFormat:
      if (const auto* format = AsNative<MemoryFormatObject>(value)) {
        result = static_cast<int64_t>(format->format);
        return Fit::kYes;
      }
      return Fit::kNo;
    case Type::kGenerator:
    case Type::kOther:
      return Fit::kNo;
  }
  return Fit::kNo;
}

template <typename T>
Fit ConvertItems(Evaluator& evaluator, const Parameter& parameter, absl::Span<const Value> items, c10::List<T> list,
                 c10::IValue& result) {
  list.reserve(items.size());
  for (const Value& item : items) {
    if constexpr (std::is_same_v<T, int64_t>) {  // sizes: nearly every list
      if (item.is_int()) {
        list.push_back(item.integer());
        continue;
      }
    }
    c10::IValue one;
    if (!(parameter.optional_items && item.is_none())) {
      const Fit fit = ConvertOne(evaluator, parameter, item, one);
      if (fit != Fit::kYes) return fit;
    }
    if constexpr (std::is_same_v<T, std::optional<at::Tensor>>) {
      list.push_back(one.isNone() ? std::optional<at::Tensor>() : std::optional<at::Tensor>(one.toTensor()));
    } else if constexpr (std::is_same_v<T, c10::Scalar>) {
      list.push_back(one.toScalar());
    } else {
      list.push_back(one.to<T>());
    }
  }
  result = std::move(list);
  return Fit::kYes;
}

}  // namespace

Parameter DescribeArgument(const c10::Argument& argument) {
  Parameter parameter;
  parameter.name = argument.name();
  parameter.keyword_only = argument.kwarg_only();
  if (argument.default_value().has_value()) parameter.fallback = *argument.default_value();
  c10::TypePtr type = argument.real_type();  // type() has a dtype as int
  if (const auto optional = type->cast<c10::OptionalType>()) {
    parameter.optional = true;
    type = optional->getElementType();
  }
  if (const auto list = type->cast<c10::ListType>()) {
    parameter.list = true;
    parameter.fixed = argument.N().value_or(0);
    type = list->getElementType();
    if (const auto optional = type->cast<c10::OptionalType>()) {
      parameter.optional_items = true;
      type = optional->getElementType();
    }
  }
  parameter.type = TypeOf(*type);
  return parameter;
}

Fit ConvertList(Evaluator& evaluator, const Parameter& parameter, absl::Span<const Value> items, c10::IValue& result) {
  switch (parameter.type) {
    case Type::kInt: return ConvertItems(evaluator, parameter, items, c10::List<int64_t>(), result);
    case Type::kFloat: return ConvertItems(evaluator, parameter, items, c10::List<double>(), result);
    case Type::kBool: return ConvertItems(evaluator, parameter, items, c10::List<bool>(), result);
    case Type::kTensor:
      if (parameter.optional_items) {
        return ConvertItems(evaluator, parameter, items, c10::List<std::optional<at::Tensor>>(), result);
      }
      return ConvertItems(evaluator, parameter, items, c10::List<at::Tensor>(), result);
    default: return Fit::kNo;
  }
}

Fit ConvertArgument(Evaluator& evaluator, const Parameter& parameter, const Value& value, c10::IValue& result) {
  if (value.is_none()) {
    if (parameter.optional || parameter.type == Type::kGenerator) return Fit::kYes;
    // Python's binding takes None where the schema has a default of its own type only for optional ones.
    return Fit::kNo;
  }
  if (!parameter.list) return ConvertOne(evaluator, parameter, value, result);
  if (const auto* list = value.As<ListObject>()) return ConvertList(evaluator, parameter, list->items, result);
  if (const auto* tuple = value.As<TupleObject>()) return ConvertList(evaluator, parameter, tuple->items, result);
  if (parameter.fixed == 0) return Fit::kNo;
  const std::vector<Value> repeated(parameter.fixed, value);
  return ConvertList(evaluator, parameter, repeated, result);
}

}  // namespace loadstone::python
