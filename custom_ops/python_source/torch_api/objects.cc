#include "custom_ops/python_source/torch_api/objects.h"

#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/torch_api/aten_call.h"

namespace loadstone::python {

const at::Tensor* TensorOf(const Value& value) {
  const auto* object = AsNative<TensorObject>(value);
  return object == nullptr ? nullptr : &object->tensor;
}

Value MakeTensor(Evaluator& evaluator, at::Tensor tensor) {
  return Value(evaluator.heap().New<TensorObject>(TorchWorld::Of(evaluator).tensor_class, std::move(tensor)));
}

Value MakeParameter(Evaluator& evaluator, at::Tensor tensor) {
  return Value(evaluator.heap().New<TensorObject>(TorchWorld::Of(evaluator).parameter_class, std::move(tensor)));
}

bool IsParameter(Evaluator& evaluator, const Value& value) {
  const auto* object = AsNative<TensorObject>(value);
  return object != nullptr && object->cls()->IsSubclassOf(TorchWorld::Of(evaluator).parameter_class);
}

Value MakeDevice(Evaluator& evaluator, c10::Device device) {
  return Value(evaluator.heap().New<DeviceObject>(TorchWorld::Of(evaluator).device_class, device));
}

Value DtypeValue(Evaluator& evaluator, c10::ScalarType dtype) {
  const auto& dtypes = TorchWorld::Of(evaluator).dtypes;
  const auto found = dtypes.find(dtype);
  return found == dtypes.end() ? evaluator.Refuse(absl::StrCat("the dtype ", c10::toString(dtype))) : found->second;
}

Value MakeSize(Evaluator& evaluator, c10::IntArrayRef sizes) {
  std::vector<Value> items;
  items.reserve(sizes.size());
  for (const int64_t size : sizes) items.push_back(Value::Int(size));
  auto* tuple = evaluator.heap().New<TupleObject>(std::move(items));
  tuple->set_class(TorchWorld::Of(evaluator).size_class);
  return Value(tuple);
}

Value MakeResultTuple(Evaluator& evaluator, const std::string& operator_name, std::vector<Value> items) {
  auto* tuple = evaluator.heap().New<TupleObject>(std::move(items));
  const Value made(tuple);
  const auto& classes = TorchWorld::Of(evaluator).result_classes;
  const auto found = classes.find(operator_name);
  if (found != classes.end()) tuple->set_class(found->second.As<ClassObject>());
  return made;
}

c10::Scalar ToScalar(const Value& number) {
  if (number.is_bool()) return c10::Scalar(number.integer() != 0);
  if (number.is_int()) return c10::Scalar(number.integer());
  return c10::Scalar(number.real());
}

bool ToDtype(Evaluator& evaluator, const Value& value, c10::ScalarType& dtype) {
  if (const auto* object = AsNative<DtypeObject>(value)) {
    dtype = object->dtype;
    return true;
  }
  const auto* cls = value.As<ClassObject>();
  if (cls == nullptr) return false;
  World& world = evaluator.world();
  if (cls == world.ClassOf(Value::Float(0))) {
    dtype = at::kDouble;
  } else if (cls == world.ClassOf(Value::Int(0))) {
    dtype = at::kLong;
  } else if (cls == world.ClassOf(Value::Bool(false))) {
    dtype = at::kBool;
  } else {
    return false;
  }
  return true;
}

Fit ToDevice(Evaluator& evaluator, const Value& value, c10::Device& device) {
  if (const auto* object = AsNative<DeviceObject>(value)) {
    device = object->device;
    return Fit::kYes;
  }
  if (value.is_int()) {
    device = c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(value.integer()));
    return Fit::kYes;
  }
  const auto* text = value.As<StrObject>();
  if (text == nullptr) return Fit::kNo;
  const Value parsed = CatchAten(evaluator, [&] {
    device = c10::Device(std::string(text->text()));
    return Value::None();
  });
  return parsed ? Fit::kYes : Fit::kFailed;
}

std::string DtypeName(c10::ScalarType dtype) {
  switch (dtype) {
    case at::kByte: return "uint8";
    case at::kChar: return "int8";
    case at::kShort: return "int16";
    case at::kInt: return "int32";
    case at::kLong: return "int64";
    case at::kHalf: return "float16";
    case at::kFloat: return "float32";
    case at::kDouble: return "float64";
    case at::kBool: return "bool";
    case at::kBFloat16: return "bfloat16";
    case at::kComplexHalf: return "complex32";
    case at::kComplexFloat: return "complex64";
    case at::kComplexDouble: return "complex128";
    default: return "";
  }
}

}  // namespace loadstone::python
