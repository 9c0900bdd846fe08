#include "custom_ops/python_source/torch_api/type_classes.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "custom_ops/python_source/runtime/native.h"
#include "custom_ops/python_source/torch_api/aten_call.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

template <typename T>
T* Self(Args args) {
  return static_cast<T*>(args[0].object());
}

// dtype

c10::ScalarType DtypeOf(Args args) { return Self<DtypeObject>(args)->dtype; }

constexpr NativeEntry kDtypeProperties[] = {
    {"is_floating_point", "self",
     [](Evaluator& evaluator, Args args) { return Value::Bool(c10::isFloatingType(DtypeOf(args))); }},
    {"is_complex", "self",
     [](Evaluator& evaluator, Args args) { return Value::Bool(c10::isComplexType(DtypeOf(args))); }},
    {"is_signed", "self",
     [](Evaluator& evaluator, Args args) { return Value::Bool(c10::isSignedType(DtypeOf(args))); }},
    {"itemsize", "self",
     [](Evaluator& evaluator, Args args) { return Value::Int(static_cast<int64_t>(c10::elementSize(DtypeOf(args)))); }},
};

constexpr NativeEntry kDtypeMethods[] = {
    {"__repr__", "self",
     [](Evaluator& evaluator, Args args) { return evaluator.Text(absl::StrCat("torch.", DtypeName(DtypeOf(args)))); }},
};

// device

Value MakeDeviceCall(Evaluator& evaluator, ClassObject* cls, Args args, absl::Span<StrObject* const> keywords) {
  static const auto* const kSignature = new Signature("device, index=");
  std::vector<Value> bound;
  if (!kSignature->Bind(evaluator, "device", args, keywords, bound)) return Value();
  c10::Device device(c10::kCPU);
  const Fit fit = ToDevice(evaluator, bound[0], device);
  if (fit == Fit::kNo) return evaluator.Raise("TypeError", "device() takes a text, an int or a device");
  if (fit == Fit::kFailed) return Value();
  if (bound[1] && bound[1].is_int()) {
    device = c10::Device(device.type(), static_cast<c10::DeviceIndex>(bound[1].integer()));
  }
  return MakeDevice(evaluator, device);
}

Value DeviceEquals(Evaluator& evaluator, Args args) {
  const auto* other = AsNative<DeviceObject>(args[1]);
  if (other == nullptr) return Value::NotImplemented();
  return Value::Bool(Self<DeviceObject>(args)->device == other->device);
}

constexpr NativeEntry kDeviceMethods[] = {
    {"__eq__", "self, other, /", DeviceEquals},
    {"__hash__", "self",
     [](Evaluator& evaluator, Args args) {
       const c10::Device device = Self<DeviceObject>(args)->device;
       return Value::Int(static_cast<int64_t>(device.type()) * 1024 + device.index());
     }},
    {"__str__", "self",
     [](Evaluator& evaluator, Args args) { return evaluator.Text(Self<DeviceObject>(args)->device.str()); }},
    {"__repr__", "self",
     [](Evaluator& evaluator, Args args) {
       const c10::Device device = Self<DeviceObject>(args)->device;
       const std::string type = c10::DeviceTypeName(device.type(), /*lower_case=*/true);
       const std::string index = device.has_index() ? absl::StrCat(", index=", static_cast<int>(device.index())) : "";
       return evaluator.Text(absl::StrCat("device(type='", type, "'", index, ")"));
     }},
};

constexpr NativeEntry kDeviceProperties[] = {
    {"type", "self",
     [](Evaluator& evaluator, Args args) {
       return evaluator.Text(c10::DeviceTypeName(Self<DeviceObject>(args)->device.type(), /*lower_case=*/true));
     }},
    {"index", "self",
     [](Evaluator& evaluator, Args args) {
       const c10::Device device = Self<DeviceObject>(args)->device;
       return device.has_index() ? Value::Int(device.index()) : Value::None();
     }},
};

// Size

Value SizeCount(Evaluator& evaluator, Args args) {
  Value count = Value::Int(1);
  for (const Value& size : args[0].As<TupleObject>()->items) {
    count = evaluator.Binary(Operator::kMultiply, count, size);
    if (!count) return Value();
  }
  return count;
}

Value SizeRepr(Evaluator& evaluator, Args args) {
  std::vector<std::string> texts;
  for (const Value& size : args[0].As<TupleObject>()->items) {
    const Value text = evaluator.Repr(size);
    if (!text) return Value();
    texts.emplace_back(text.As<StrObject>()->text());
  }
  return evaluator.Text(absl::StrCat("torch.Size([", absl::StrJoin(texts, ", "), "])"));
}

Value MakeSizeCall(Evaluator& evaluator, ClassObject* cls, Args args, absl::Span<StrObject* const> keywords) {
  std::vector<Value> items;
  if (args.size() != 1 || !keywords.empty() || !evaluator.ToVector(args[0], items)) {
    return evaluator.failed() ? Value() : evaluator.Raise("TypeError", "torch.Size() takes one sequence of ints");
  }
  auto* tuple = evaluator.heap().New<TupleObject>(std::move(items));
  tuple->set_class(cls);
  return Value(tuple);
}

constexpr NativeEntry kSizeMethods[] = {
    {"numel", "self", SizeCount},
    {"__repr__", "self", SizeRepr},
};

// finfo, iinfo

template <typename T>
void SetFloatInfo(Evaluator& evaluator, InstanceObject* info) {
  using Numbers = std::numeric_limits<T>;
  const auto set = [&](const char* name, double value) {
    info->attributes.SetName(evaluator.Intern(name), Value::Float(value));
  };
  set("max", static_cast<double>(Numbers::max()));
  set("min", static_cast<double>(Numbers::lowest()));
  set("eps", static_cast<double>(Numbers::epsilon()));
  set("tiny", static_cast<double>(Numbers::min()));
  set("smallest_normal", static_cast<double>(Numbers::min()));
  info->attributes.SetName(evaluator.Intern("bits"), Value::Int(sizeof(T) * 8));
}

Value MakeFloatInfo(Evaluator& evaluator, ClassObject* cls, Args args, absl::Span<StrObject* const> keywords) {
  c10::ScalarType dtype = at::kFloat;
  if (args.size() > 1 || (args.size() == 1 && !ToDtype(evaluator, args[0], dtype))) {
    return evaluator.Raise("TypeError", "finfo() takes a dtype");
  }
  auto* info = evaluator.heap().New<InstanceObject>(cls);
  const Value made(info);
  switch (dtype) {
    case at::kFloat: SetFloatInfo<float>(evaluator, info); break;
    case at::kDouble: SetFloatInfo<double>(evaluator, info); break;
    case at::kHalf: SetFloatInfo<c10::Half>(evaluator, info); break;
    case at::kBFloat16: SetFloatInfo<c10::BFloat16>(evaluator, info); break;
    default: return evaluator.Raise("TypeError", "torch.finfo() requires a floating point input type");
  }
  info->attributes.SetName(evaluator.Intern("dtype"), evaluator.Text(DtypeName(dtype)));
  return made;
}

Value MakeIntInfo(Evaluator& evaluator, ClassObject* cls, Args args, absl::Span<StrObject* const> keywords) {
  c10::ScalarType dtype = at::kLong;
  if (args.size() != 1 || !ToDtype(evaluator, args[0], dtype) || !c10::isIntegralType(dtype, /*includeBool=*/false)) {
    return evaluator.Raise("TypeError", "torch.iinfo() requires an integer input type");
  }
  const auto bits = static_cast<int64_t>(c10::elementSize(dtype)) * 8;
  const bool sign = c10::isSignedType(dtype);
  const int64_t max = sign ? static_cast<int64_t>(~uint64_t{0} >> (65 - bits)) : (int64_t{1} << bits) - 1;
  auto* info = evaluator.heap().New<InstanceObject>(cls);
  const Value made(info);
  info->attributes.SetName(evaluator.Intern("max"), Value::Int(max));
  info->attributes.SetName(evaluator.Intern("min"), Value::Int(sign ? -max - 1 : 0));
  info->attributes.SetName(evaluator.Intern("bits"), Value::Int(bits));
  info->attributes.SetName(evaluator.Intern("dtype"), evaluator.Text(DtypeName(dtype)));
  return made;
}

// copy.copy and copy.deepcopy of what does not change.
constexpr NativeEntry kCopies[] = {
    {"__copy__", "self", [](Evaluator& evaluator, Args args) { return args[0]; }},
    {"__deepcopy__", "self, memo", [](Evaluator& evaluator, Args args) { return args[0]; }},
};

ClassObject* NewTorchClass(TorchWorld& world, ModuleObject* torch, const char* name, ClassObject::Make make,
                           const std::vector<ClassObject*>& bases = {}) {
  ClassObject* cls = world.NewClass("torch", name, bases);
  cls->make = make;
  cls->derivable = false;
  if (bases.empty()) AddMethods(world, cls, kCopies);
  SetName(world, torch, name, Value(cls));
  return cls;
}

Value NoInstances(Evaluator& evaluator, ClassObject* cls, Args args, absl::Span<StrObject* const> keywords) {
  return evaluator.Raise("TypeError", absl::StrCat("cannot create 'torch.", cls->name, "' instances"));
}

}  // namespace

void DefineTypeClasses(TorchWorld& world, ModuleObject* torch) {
  Heap& heap = world.heap();
  ClassObject* dtype = NewTorchClass(world, torch, "dtype", NoInstances);
  AddProperties(world, dtype, kDtypeProperties);
  AddMethods(world, dtype, kDtypeMethods);
  for (const c10::ScalarType type : {at::kByte, at::kChar, at::kShort, at::kInt, at::kLong, at::kHalf, at::kFloat,
                                     at::kDouble, at::kBool, at::kBFloat16, at::kComplexHalf, at::kComplexFloat,
                                     at::kComplexDouble}) {
    const Value value(heap.New<DtypeObject>(dtype, type));
    world.dtypes[type] = value;
    SetName(world, torch, DtypeName(type), value);
  }
  constexpr std::pair<const char*, c10::ScalarType> kAliases[] = {
      {"half", at::kHalf},           {"float", at::kFloat},           {"double", at::kDouble},
      {"short", at::kShort},         {"int", at::kInt},               {"long", at::kLong},
      {"cfloat", at::kComplexFloat}, {"cdouble", at::kComplexDouble}, {"chalf", at::kComplexHalf}};
  for (const auto& [name, type] : kAliases) SetName(world, torch, name, world.dtypes[type]);

  world.device_class = NewTorchClass(world, torch, "device", MakeDeviceCall);
  AddMethods(world, world.device_class, kDeviceMethods);
  AddProperties(world, world.device_class, kDeviceProperties);

  ClassObject* layout = NewTorchClass(world, torch, "layout", NoInstances);
  world.strided = Value(heap.New<LayoutObject>(layout, c10::kStrided));
  SetName(world, torch, "strided", world.strided);

  ClassObject* format = NewTorchClass(world, torch, "memory_format", NoInstances);
  constexpr std::pair<const char*, c10::MemoryFormat> kFormats[] = {
      {"contiguous_format", c10::MemoryFormat::Contiguous},
      {"preserve_format", c10::MemoryFormat::Preserve},
      {"channels_last", c10::MemoryFormat::ChannelsLast},
      {"channels_last_3d", c10::MemoryFormat::ChannelsLast3d}};
  for (const auto& [name, value] : kFormats) {
    SetName(world, torch, name, Value(heap.New<MemoryFormatObject>(format, value)));
  }
  SetName(world, torch, "legacy_contiguous_format", *torch->names.FindName(heap.Intern("contiguous_format")));

  world.size_class = NewTorchClass(world, torch, "Size", MakeSizeCall, {world.ClassOf(Kind::kTuple)});
  world.size_class->closed = true;
  AddMethods(world, world.size_class, kSizeMethods);
  NewTorchClass(world, torch, "finfo", MakeFloatInfo);
  NewTorchClass(world, torch, "iinfo", MakeIntInfo);
}

}  // namespace loadstone::python
