#include "custom_ops/python_source/torch_api/conversion.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/torch_api/aten_call.h"
#include "custom_ops/python_source/torch_api/tensor_data.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

bool WrongArgument(Evaluator& evaluator, const Value& value) {
  evaluator.Raise("TypeError", absl::StrCat("to() got a ", evaluator.TypeName(value),
                                            ", but takes a dtype, a device, or a tensor"));
  return false;
}

bool ReadOne(Evaluator& evaluator, const Value& value, Conversion& conversion) {
  if (value.is_none()) return true;
  if (const at::Tensor* other = TensorOf(value)) {
    conversion.dtype = other->scalar_type();
    conversion.device = other->device();
    return true;
  }
  c10::ScalarType dtype = at::kFloat;
  if (ToDtype(evaluator, value, dtype)) {
    conversion.dtype = dtype;
    return true;
  }
  if (const auto* format = AsNative<MemoryFormatObject>(value)) {
    conversion.format = format->format;
    return true;
  }
  c10::Device device(c10::kCPU);
  const Fit fit = ToDevice(evaluator, value, device);
  if (fit == Fit::kNo) return WrongArgument(evaluator, value);
  conversion.device = device;
  return fit == Fit::kYes;
}

// Nothing: failed.
std::optional<Conversion> DtypeAndDevice(Evaluator& evaluator, const Value& dtype, const Value& device) {
  Conversion conversion;
  for (const Value* value : {&dtype, &device}) {
    if (*value && !ReadOne(evaluator, *value, conversion)) return std::nullopt;
  }
  return conversion;
}

Value FromData(Evaluator& evaluator, const Value& data, const Conversion& conversion) {
  const bool infer = !conversion.dtype.has_value();
  std::optional<at::Tensor> made = TensorFromData(evaluator, data, conversion.dtype.value_or(at::kFloat),
                                                  infer ? InferDtype::kAlways : InferDtype::kNo);
  if (!made.has_value()) return Value();
  return CatchAten(evaluator, [&] {
    return MakeTensor(evaluator, conversion.device.has_value() ? made->to(*conversion.device) : *made);
  });
}

}  // namespace

Value ConvertTensor(Evaluator& evaluator, const Value& tensor, const Conversion& conversion) {
  const at::Tensor& from = *TensorOf(tensor);
  return CatchAten(evaluator, [&] {
    at::TensorOptions options;
    if (conversion.dtype.has_value()) options = options.dtype(*conversion.dtype);
    if (conversion.device.has_value()) options = options.device(*conversion.device);
    const at::Tensor to = from.to(options, /*non_blocking=*/false, conversion.copy, conversion.format);
    return to.is_same(from) ? tensor : MakeTensor(evaluator, to);
  });
}

bool ReadConversion(Evaluator& evaluator, Args positional, const DictObject* keywords, Conversion& conversion) {
  // After the first (and a dtype after a device) come non_blocking and copy.
  int flags = 0;
  for (size_t i = 0; i < positional.size(); ++i) {
    if (i > 0 && positional[i].is_bool()) {
      if (++flags == 2) conversion.copy = positional[i].integer() != 0;
    } else if (!ReadOne(evaluator, positional[i], conversion)) {
      return false;
    }
  }
  if (keywords == nullptr) return true;
  for (const Table::Entry& entry : keywords->table.entries()) {
    if (!entry.key) continue;
    const absl::string_view name = entry.key.As<StrObject>()->text();
    if (name == "copy") {
      conversion.copy = entry.value.is_bool() && entry.value.integer() != 0;
    } else if (name == "dtype" || name == "device" || name == "other" || name == "memory_format") {
      if (!ReadOne(evaluator, entry.value, conversion)) return false;
    } else if (name != "non_blocking") {
      evaluator.Raise("TypeError", absl::StrCat("to() got an unexpected keyword argument '", name, "'"));
      return false;
    }
  }
  return true;
}

Value ConvertCall(Evaluator& evaluator, Args args) {
  Conversion conversion;
  const auto* positional = args[1].As<TupleObject>();
  if (!ReadConversion(evaluator, positional->items, args[2].As<DictObject>(), conversion)) return Value();
  return ConvertTensor(evaluator, args[0], conversion);
}

Value ConvertType(Evaluator& evaluator, Args args) {
  if (!args[1] || args[1].is_none()) {
    const at::Tensor& tensor = *TensorOf(args[0]);
    if (!tensor.is_cpu()) return evaluator.Refuse("Tensor.type() of a tensor that is not on the CPU");
    return evaluator.Text(absl::StrCat("torch.", c10::toString(tensor.scalar_type()), "Tensor"));
  }
  if (args[1].is(Kind::kStr)) return evaluator.Refuse("Tensor.type() with a text");
  c10::ScalarType dtype = at::kFloat;
  if (!ToDtype(evaluator, args[1], dtype)) {
    return evaluator.Raise("RuntimeError", "dtype must be a type, str, or dtype object");
  }
  return ConvertTensor(evaluator, args[0], {.dtype = dtype});
}

Value ConvertCuda(Evaluator& evaluator, Args args) {
  Conversion conversion{.device = c10::Device(c10::kCUDA)};
  if (args[1] && !ReadOne(evaluator, args[1], conversion)) return Value();
  return ConvertTensor(evaluator, args[0], conversion);
}

Value MakeTensorCall(Evaluator& evaluator, Args args) {
  const std::optional<Conversion> conversion = DtypeAndDevice(evaluator, args[1], args[2]);
  return conversion.has_value() ? FromData(evaluator, args[0], *conversion) : Value();
}

Value AsTensorCall(Evaluator& evaluator, Args args) {
  const std::optional<Conversion> conversion = DtypeAndDevice(evaluator, args[1], args[2]);
  if (!conversion.has_value()) return Value();
  if (TensorOf(args[0]) != nullptr) return ConvertTensor(evaluator, args[0], *conversion);
  return FromData(evaluator, args[0], *conversion);
}

Value MakeTensorLike(Evaluator& evaluator, const at::Tensor& like, Args args) {
  std::optional<Conversion> conversion = DtypeAndDevice(evaluator, args[2], args[3]);
  if (!conversion.has_value()) return Value();
  if (!conversion->dtype.has_value()) conversion->dtype = like.scalar_type();
  if (!conversion->device.has_value()) conversion->device = like.device();
  return FromData(evaluator, args[1], *conversion);
}

}  // namespace loadstone::python
