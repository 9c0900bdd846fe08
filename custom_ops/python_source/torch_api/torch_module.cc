#include "custom_ops/python_source/torch_api/torch_module.h"

#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include <ATen/Context.h>
#include <ATen/ops/empty.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "custom_ops/python_source/runtime/native.h"
#include "custom_ops/python_source/torch_api/allowed_operators.h"
#include "custom_ops/python_source/torch_api/conversion.h"
#include "custom_ops/python_source/torch_api/library.h"
#include "custom_ops/python_source/torch_api/operator_function.h"
#include "custom_ops/python_source/torch_api/tensor_class.h"
#include "custom_ops/python_source/torch_api/type_classes.h"
#include "engine/requires_grad.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

// torch itself: names that Python code defines, and modules below it, when they are first asked for.
struct TorchModule : ModuleObject {
  TorchModule() : ModuleObject("torch") {}
  Value Missing(Evaluator& evaluator, StrObject* name) override {
    if (absl::StartsWith(name->text(), "__")) return Value();
    const Value functions = evaluator.Import("torch._functions");
    const Value found = functions ? evaluator.FindAttribute(functions, name) : Value();
    if (found || evaluator.failed()) return found;
    const std::string module = absl::StrCat("torch.", name->text());
    if (TorchLibraryTexts().contains(module) || evaluator.world().FindModule(module) != nullptr) {
      return evaluator.Import(module);
    }
    return evaluator.Refuse(module);
  }
};

// Modules that programs import for training: an error only when something of one is used.
constexpr const char* kUnsupportedModules[] = {
    "ao", "ao.nn", "ao.quantization", "distributions", "export", "func", "hub", "library", "multiprocessing", "nested",
    "nn.parallel", "nn.parallel.distributed", "nn.qat", "nn.quantized", "nn.utils.parametrizations",
    "nn.utils.parametrize", "nn.utils.prune", "optim", "optim.lr_scheduler", "optim.optimizer", "profiler",
    "quantization", "random", "sparse", "testing", "utils.cpp_extension", "utils.data", "utils.data.dataloader",
    "utils.data.dataset", "utils.data.distributed", "utils.hooks", "utils.model_zoo", "utils.tensorboard",
};

struct UnsupportedModule : ModuleObject {
  explicit UnsupportedModule(std::string module_name) : ModuleObject(std::move(module_name)) {}
  Value Missing(Evaluator& evaluator, StrObject* attribute) override {
    return evaluator.Refuse(absl::StrCat(name, ".", attribute->text()));
  }
};

Value HasCuda(Evaluator& evaluator, Args args) { return Value::Bool(at::globalContext().hasCUDA()); }

Value CudaDeviceCount(Evaluator& evaluator, Args args) {
  if (!at::globalContext().hasCUDA()) return Value::Int(0);
  return Value::Int(at::detail::getCUDAHooks().deviceCount());
}

Value Refuse(Evaluator& evaluator, Args args) { return evaluator.Refuse(args[0].As<StrObject>()->text()); }

// torch.Tensor(...): sizes give memory without values; a list gives floats.
Value LegacyTensor(Evaluator& evaluator, ClassObject* cls, Args args, absl::Span<StrObject* const> keywords) {
  TorchWorld& world = TorchWorld::Of(evaluator);
  if (cls == world.parameter_class) {
    const Signature signature("data=, requires_grad=");
    std::vector<Value> bound;
    if (!signature.Bind(evaluator, "Parameter", args, keywords, bound)) return Value();
    const int requires_grad = bound[1] ? evaluator.Truth(bound[1]) : 1;
    if (requires_grad < 0) return Value();
    const at::Tensor* data = bound[0] ? TensorOf(bound[0]) : nullptr;
    if (data == nullptr && bound[0] && !bound[0].is_none()) {
      return evaluator.Raise("TypeError", "Parameter data has to be a tensor");
    }
    return CatchAten(evaluator, [&] {
      const at::Tensor parameter = data == nullptr ? at::empty({0}) : data->detach();
      SetRequiresGrad(parameter, requires_grad == 1);
      return MakeParameter(evaluator, parameter);
    });
  }
  if (!keywords.empty()) return evaluator.Refuse("torch.Tensor() with keywords");
  if (args.size() == 1 && (args[0].is(Kind::kList) || (args[0].is(Kind::kTuple) && !args[0].object()->own_class()))) {
    const Value dtype = world.dtypes[at::kFloat];
    const Value given[] = {args[0], dtype, Value(), Value()};
    return MakeTensorCall(evaluator, given);
  }
  if (args.size() == 1 && TensorOf(args[0]) != nullptr) {
    return AtenCall(evaluator, "alias", args, {}, CallForm::kFunction);
  }
  if (args.empty()) return MakeTensor(evaluator, at::empty({0}));
  return AtenCall(evaluator, "empty", args, {}, CallForm::kFunction);
}

// torch.autograd.Variable, of which Python has had no objects since 0.4: it gives tensors, which are instances of it.
Value MakeVariable(Evaluator& evaluator, ClassObject* cls, Args args, absl::Span<StrObject* const> keywords) {
  const Signature signature("data, requires_grad=, volatile=");
  std::vector<Value> bound;
  if (!signature.Bind(evaluator, "Variable", args, keywords, bound)) return Value();
  const at::Tensor* data = TensorOf(bound[0]);
  if (data == nullptr) return evaluator.Raise("TypeError", "Variable data has to be a tensor");
  return CatchAten(evaluator, [&] { return MakeTensor(evaluator, data->detach()); });
}

template <c10::ScalarType dtype>
Value TypedTensor(Evaluator& evaluator, Args args) {
  const auto* given = args[0].As<TupleObject>();
  if (given->items.size() == 1 && (given->items[0].is(Kind::kList) || given->items[0].is(Kind::kTuple))) {
    const Value data[] = {given->items[0], TorchWorld::Of(evaluator).dtypes[dtype], Value(), Value()};
    return MakeTensorCall(evaluator, data);
  }
  for (const Value& size : given->items) {
    if (!size.is_int()) return evaluator.Refuse("a typed tensor of anything but a list or sizes");
  }
  StrObject* const name = evaluator.Intern("dtype");
  std::vector<Value> args_and_dtype = given->items;
  if (args_and_dtype.empty()) args_and_dtype.push_back(Value::Int(0));
  args_and_dtype.push_back(TorchWorld::Of(evaluator).dtypes[dtype]);
  return AtenCall(evaluator, "empty", args_and_dtype, {&name, 1});
}

constexpr NativeEntry kFunctions[] = {
    {"tensor", "data, *, dtype=, device=, requires_grad=, pin_memory=", MakeTensorCall},
    {"as_tensor", "data, dtype=, device=", AsTensorCall},
    {"asarray", "obj, dtype=, device=", AsTensorCall},
    {"FloatTensor", "*args", TypedTensor<at::kFloat>},
    {"DoubleTensor", "*args", TypedTensor<at::kDouble>},
    {"LongTensor", "*args", TypedTensor<at::kLong>},
    {"IntTensor", "*args", TypedTensor<at::kInt>},
    {"BoolTensor", "*args", TypedTensor<at::kBool>},
    {"ByteTensor", "*args", TypedTensor<at::kByte>},
};

constexpr NativeEntry kHelpers[] = {
    {"refuse", "what", Refuse},
    {"has_cuda", "", HasCuda},
    {"cuda_device_count", "", CudaDeviceCount},
};

void AddOperators(TorchWorld& world, ModuleObject* torch, ModuleObject* aten) {
  ModuleObject* const families[] = {NewModule(world, "torch.fft"), NewModule(world, "torch.linalg"),
                                    NewModule(world, "torch.special")};
  for (const auto& [name, place] : AllowedOperators()) {
    const AtenOperator* found = FindAtenOperator(name);
    if (found == nullptr) continue;
    const Value function(world.heap().New<OperatorFunction>(name, *found, CallForm::kFunction));
    SetName(world, aten, name, function);
    if (place.function) SetName(world, torch, name, function);
    for (ModuleObject* family : families) {
      absl::string_view plain = name;
      const absl::string_view prefix = absl::StripPrefix(family->name, "torch.");
      if (absl::ConsumePrefix(&plain, prefix) && absl::ConsumePrefix(&plain, "_")) {
        SetName(world, family, plain, function);
      }
    }
  }
  for (ModuleObject* family : families) {
    SetName(world, torch, absl::StripPrefix(family->name, "torch."), Value(family));
  }
}

// Classes of what operators with named results return.
void DefineResults(TorchWorld& world) {
  ClassObject* tuple = world.ClassOf(Kind::kTuple);
  static constexpr NativeFunction kGet[] = {
      [](Evaluator& evaluator, Args args) { return args[0].As<TupleObject>()->items[0]; },
      [](Evaluator& evaluator, Args args) { return args[0].As<TupleObject>()->items[1]; },
      [](Evaluator& evaluator, Args args) { return args[0].As<TupleObject>()->items[2]; },
      [](Evaluator& evaluator, Args args) { return args[0].As<TupleObject>()->items[3]; },
  };
  for (const auto& [name, place] : AllowedOperators()) {
    const AtenOperator* found = FindAtenOperator(name);
    if (found == nullptr) continue;
    for (const Overload& overload : found->overloads) {
      std::vector<std::string> names;
      for (const c10::Argument& result : overload.schema().returns()) names.push_back(result.name());
      if (names.size() < 2 || names.size() > std::size(kGet) || names[0].empty()) continue;
      Value& made = world.result_classes[overload.schema().name()];
      if (made) continue;
      ClassObject* cls = world.NewClass("torch.return_types", name, {tuple});
      made = Value(cls);
      for (size_t i = 0; i < names.size(); ++i) {
        const NativeEntry entry{names[i].c_str(), "self", kGet[i]};
        AddProperties(world, cls, {&entry, 1});
      }
    }
  }
}

}  // namespace

void DefineTorch(TorchWorld& world) {
  auto* torch = world.heap().New<TorchModule>();
  world.AddModule(torch);
  ModuleObject* aten = NewModule(world, "torch._aten");
  SetName(world, torch, "_aten", Value(aten));
  for (const char* name : kUnsupportedModules) {
    world.AddModule(world.heap().New<UnsupportedModule>(absl::StrCat("torch.", name)));
  }
  DefineTensorClass(world);
  world.tensor_class->make = LegacyTensor;
  ClassObject* variable = world.NewClass("torch.autograd.variable", "Variable");
  variable->make = MakeVariable;
  variable->derivable = false;
  variable->includes = [](const ClassObject* cls) {
    return cls->native && (cls->name == "Tensor" || cls->name == "Parameter");
  };
  SetName(world, aten, "Variable", Value(variable));
  DefineTypeClasses(world, torch);
  AddOperators(world, torch, aten);
  AddFunctions(world, aten, kHelpers);
  AddFunctions(world, torch, kFunctions);
  DefineResults(world);
  SetName(world, torch, "Tensor", Value(world.tensor_class));
  SetName(world, torch, "pi", Value::Float(M_PI));
  SetName(world, torch, "e", Value::Float(M_E));
  SetName(world, torch, "inf", Value::Float(std::numeric_limits<double>::infinity()));
  SetName(world, torch, "nan", Value::Float(std::numeric_limits<double>::quiet_NaN()));
  SetName(world, torch, "newaxis", Value::None());
  SetName(world, torch, "__version__", Value(world.heap().New<StrObject>("2.13.0")));
}

bool AddLibraryMethods(Evaluator& evaluator) {
  const Value functions = evaluator.Import("torch._functions");
  if (!functions) return false;
  constexpr std::pair<const char*, const char*> kMethods[] = {
      {"nonzero", "nonzero"},           {"norm", "norm"},   {"unique", "unique"},
      {"unique_consecutive", "unique_consecutive"}, {"stft", "stft"}, {"split", "_tensor_split"},
      {"where", "_tensor_where"},       {"polygamma", "_tensor_polygamma"}};
  for (const auto& [method, name] : kMethods) {
    const Value function = evaluator.GetAttribute(functions, evaluator.Intern(name));
    if (!function) return false;
    TorchWorld::Of(evaluator).tensor_class->attributes.SetName(evaluator.Intern(method), function);
  }
  return true;
}

}  // namespace loadstone::python
