// Tensors, dtypes and their kin as Python's objects.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_OBJECTS_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_OBJECTS_H_

#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>
#include <c10/core/Layout.h>
#include <c10/core/MemoryFormat.h>
#include <c10/core/Scalar.h>
#include <c10/core/ScalarType.h>

#include "absl/container/flat_hash_map.h"
#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/runtime/object.h"
#include "custom_ops/python_source/runtime/world.h"
#include "custom_ops/python_source/torch_api/overload_fit.h"

namespace loadstone::python {

struct TensorObject : InstanceObject {
  static constexpr NativeType kType{};
  TensorObject(ClassObject* cls, at::Tensor value) : InstanceObject(cls, &kType), tensor(std::move(value)) {}
  at::Tensor tensor;
};

struct DtypeObject : InstanceObject {
  static constexpr NativeType kType{};
  DtypeObject(ClassObject* cls, c10::ScalarType value) : InstanceObject(cls, &kType), dtype(value) {}
  const c10::ScalarType dtype;
};

struct DeviceObject : InstanceObject {
  static constexpr NativeType kType{};
  DeviceObject(ClassObject* cls, c10::Device value) : InstanceObject(cls, &kType), device(value) {}
  const c10::Device device;
};

struct LayoutObject : InstanceObject {
  static constexpr NativeType kType{};
  LayoutObject(ClassObject* cls, c10::Layout value) : InstanceObject(cls, &kType), layout(value) {}
  const c10::Layout layout;
};

struct MemoryFormatObject : InstanceObject {
  static constexpr NativeType kType{};
  MemoryFormatObject(ClassObject* cls, c10::MemoryFormat value) : InstanceObject(cls, &kType), format(value) {}
  const c10::MemoryFormat format;
};

// A World that has `torch`. Every evaluator that is given to this folder runs in one.
class TorchWorld : public World {
 public:
  explicit TorchWorld(ModuleFinder* finder) : World(finder) {}
  static TorchWorld& Of(Evaluator& evaluator) { return static_cast<TorchWorld&>(evaluator.world()); }

  ClassObject* tensor_class = nullptr;
  ClassObject* parameter_class = nullptr;
  ClassObject* size_class = nullptr;
  ClassObject* device_class = nullptr;
  absl::flat_hash_map<c10::ScalarType, Value> dtypes;
  Value strided;  // torch.strided
  absl::flat_hash_map<std::string, Value> result_classes;  // of what operators with named results return
};

// Null: no tensor.
const at::Tensor* TensorOf(const Value& value);
Value MakeTensor(Evaluator& evaluator, at::Tensor tensor);
Value MakeParameter(Evaluator& evaluator, at::Tensor tensor);
bool IsParameter(Evaluator& evaluator, const Value& value);
Value MakeDevice(Evaluator& evaluator, c10::Device device);
Value DtypeValue(Evaluator& evaluator, c10::ScalarType dtype);
// torch.Size.
Value MakeSize(Evaluator& evaluator, c10::IntArrayRef sizes);
// What an operator ("aten::max") with several results returns: a tuple, whose items also have names where the operator
// gives them.
Value MakeResultTuple(Evaluator& evaluator, const std::string& operator_name, std::vector<Value> items);

// REQUIRES: a number.
c10::Scalar ToScalar(const Value& number);
// A torch.dtype, or one of Python's types float, int and bool. False: none of these.
bool ToDtype(Evaluator& evaluator, const Value& value, c10::ScalarType& dtype);
// A torch.device, its text, or an int for that CUDA device. kFailed: a text that names no device.
Fit ToDevice(Evaluator& evaluator, const Value& value, c10::Device& device);
// "float32"; "" for a dtype that source cannot name.
std::string DtypeName(c10::ScalarType dtype);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_TORCH_API_OBJECTS_H_
