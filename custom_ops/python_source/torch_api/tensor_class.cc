#include "custom_ops/python_source/torch_api/tensor_class.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ops/imag.h>
#include <ATen/ops/real.h>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/native.h"
#include "custom_ops/python_source/runtime/refused.h"
#include "custom_ops/python_source/torch_api/allowed_operators.h"
#include "custom_ops/python_source/torch_api/aten_call.h"
#include "custom_ops/python_source/torch_api/conversion.h"
#include "custom_ops/python_source/torch_api/fixed_tensors.h"
#include "custom_ops/python_source/torch_api/operator_function.h"
#include "custom_ops/python_source/torch_api/tensor_operators.h"
#include "custom_ops/python_source/torch_api/tensor_value.h"
#include "engine/requires_grad.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

TensorObject* Object(Args args) { return static_cast<TensorObject*>(args[0].object()); }
const at::Tensor& Self(Args args) { return Object(args)->tensor; }

Value Given(Args args, size_t at) { return at < args.size() && args[at] ? args[at] : Value::None(); }

// Attributes.

Value Shape(Evaluator& evaluator, Args args) { return MakeSize(evaluator, Self(args).sizes()); }
Value Dtype(Evaluator& evaluator, Args args) { return DtypeValue(evaluator, Self(args).scalar_type()); }
Value Device(Evaluator& evaluator, Args args) { return MakeDevice(evaluator, Self(args).device()); }
Value Layout(Evaluator& evaluator, Args args) {
  if (Self(args).layout() == c10::kStrided) return TorchWorld::Of(evaluator).strided;
  return evaluator.Refuse("a tensor that is not strided");
}
Value Dimensions(Evaluator& evaluator, Args args) { return Value::Int(Self(args).dim()); }
Value Count(Evaluator& evaluator, Args args) { return Value::Int(Self(args).numel()); }
Value ItemSize(Evaluator& evaluator, Args args) { return Value::Int(static_cast<int64_t>(Self(args).itemsize())); }
Value Bytes(Evaluator& evaluator, Args args) { return Value::Int(static_cast<int64_t>(Self(args).nbytes())); }
Value IsCuda(Evaluator& evaluator, Args args) { return Value::Bool(Self(args).is_cuda()); }
Value IsCpu(Evaluator& evaluator, Args args) { return Value::Bool(Self(args).is_cpu()); }
Value IsMeta(Evaluator& evaluator, Args args) { return Value::Bool(Self(args).is_meta()); }
Value True(Evaluator& evaluator, Args args) { return Value::Bool(true); }
Value False(Evaluator& evaluator, Args args) { return Value::Bool(false); }
Value None(Evaluator& evaluator, Args args) { return Value::None(); }

template <at::Tensor (at::Tensor::*view)() const>
Value View(Evaluator& evaluator, Args args) {
  return CatchAten(evaluator, [&] { return MakeTensor(evaluator, (Self(args).*view)()); });
}

Value Data(Evaluator& evaluator, Args args) {
  return CatchAten(evaluator, [&] { return MakeTensor(evaluator, Self(args).detach()); });
}

// tensor.data = other: the object now has the other's memory.
Value SetData(Evaluator& evaluator, Args args) {
  const at::Tensor* other = TensorOf(args[1]);
  if (other == nullptr) return evaluator.Raise("TypeError", "Variable data has to be a tensor");
  if (!CheckNotFixed(evaluator, "assignment to data", Self(args))) return Value();
  if (!evaluator.AllowChange(Object(args), "a tensor's data")) return Value();
  const at::Tensor replacement = other->detach();
  SetRequiresGrad(replacement, Self(args).requires_grad());
  Object(args)->tensor = replacement;
  return Value::None();
}

// Nothing computes gradients here, but ATen looks at who wants them (engine/requires_grad.h). That of a model that runs
// is fixed, since its tensors are shared by all calls: a forward that freezes or thaws a layer changes nothing, where in
// Python the layer's matmul may round otherwise.
Value RequiresGrad(Evaluator& evaluator, Args args) { return Value::Bool(Self(args).requires_grad()); }
Value SetRequiresGradTo(Evaluator& evaluator, Args args) {
  const int wanted = args[1] ? evaluator.Truth(args[1]) : 1;
  if (wanted < 0) return Value();
  if (!Object(args)->frozen()) SetRequiresGrad(Self(args), wanted == 1);
  return args[0];
}
Value Ignore(Evaluator& evaluator, Args args) { return Value::None(); }

// Methods.

Value Size(Evaluator& evaluator, Args args) {
  if (Given(args, 1).is_none()) return MakeSize(evaluator, Self(args).sizes());
  int64_t dim = 0;
  if (!evaluator.Index(args[1], dim)) return Value();
  return CatchAten(evaluator, [&] { return Value::Int(Self(args).size(dim)); });
}

Value Stride(Evaluator& evaluator, Args args) {
  if (!Given(args, 1).is_none()) {
    int64_t dim = 0;
    if (!evaluator.Index(args[1], dim)) return Value();
    return CatchAten(evaluator, [&] { return Value::Int(Self(args).stride(dim)); });
  }
  std::vector<Value> strides;
  for (const int64_t stride : Self(args).strides()) strides.push_back(Value::Int(stride));
  return Value(evaluator.heap().New<TupleObject>(std::move(strides)));
}

Value Item(Evaluator& evaluator, Args args) { return ReadNumber(evaluator, Self(args)); }
Value ToList(Evaluator& evaluator, Args args) { return ReadList(evaluator, Self(args)); }

Value IsContiguous(Evaluator& evaluator, Args args) {
  c10::MemoryFormat format = c10::MemoryFormat::Contiguous;
  if (const auto* given = AsNative<MemoryFormatObject>(Given(args, 1))) format = given->format;
  return Value::Bool(Self(args).is_contiguous(format));
}

template <at::Tensor (*part)(const at::Tensor&)>
Value Part(Evaluator& evaluator, Args args) {
  return CatchAten(evaluator, [&] { return MakeTensor(evaluator, part(Self(args))); });
}

template <c10::ScalarType dtype>
Value Cast(Evaluator& evaluator, Args args) {
  Conversion conversion{.dtype = dtype};
  if (const auto* format = AsNative<MemoryFormatObject>(Given(args, 1))) conversion.format = format->format;
  return ConvertTensor(evaluator, args[0], conversion);
}

Value NewTensor(Evaluator& evaluator, Args args) { return MakeTensorLike(evaluator, Self(args), args); }

constexpr NativeEntry kProperties[] = {
    {"shape", "self", Shape},
    {"dtype", "self", Dtype},
    {"device", "self", Device},
    {"layout", "self", Layout},
    {"ndim", "self", Dimensions},
    {"itemsize", "self", ItemSize},
    {"nbytes", "self", Bytes},
    {"is_cuda", "self", IsCuda},
    {"is_cpu", "self", IsCpu},
    {"is_meta", "self", IsMeta},
    {"is_sparse", "self", False},
    {"is_quantized", "self", False},
    {"is_mkldnn", "self", False},
    {"is_mps", "self", False},
    {"is_xpu", "self", False},
    {"is_nested", "self", False},
    {"is_sparse_csr", "self", False},
    {"is_xla", "self", False},
    {"is_leaf", "self", True},
    {"retains_grad", "self", False},
    {"grad", "self", None},
    {"grad_fn", "self", None},
    {"real", "self", Part<at::real>},
    {"imag", "self", Part<at::imag>},
    {"T", "self", View<&at::Tensor::numpy_T>},
    {"mT", "self", View<&at::Tensor::mT>},
    {"H", "self", View<&at::Tensor::matrix_H>},
    {"mH", "self", View<&at::Tensor::mH>},
};

constexpr NativeEntry kMethods[] = {
    {"size", "self, dim=", Size},
    {"stride", "self, dim=", Stride},
    {"dim", "self", Dimensions},
    {"ndimension", "self", Dimensions},
    {"numel", "self", Count},
    {"nelement", "self", Count},
    {"element_size", "self", ItemSize},
    {"item", "self", Item},
    {"tolist", "self", ToList},
    {"is_contiguous", "self, memory_format=", IsContiguous},
    {"to", "self, *args, **kwargs", ConvertCall},
    {"type", "self, dtype=, non_blocking=", ConvertType},
    {"float", "self, memory_format=", Cast<at::kFloat>},
    {"double", "self, memory_format=", Cast<at::kDouble>},
    {"half", "self, memory_format=", Cast<at::kHalf>},
    {"bfloat16", "self, memory_format=", Cast<at::kBFloat16>},
    {"long", "self, memory_format=", Cast<at::kLong>},
    {"int", "self, memory_format=", Cast<at::kInt>},
    {"short", "self, memory_format=", Cast<at::kShort>},
    {"char", "self, memory_format=", Cast<at::kChar>},
    {"byte", "self, memory_format=", Cast<at::kByte>},
    {"bool", "self, memory_format=", Cast<at::kBool>},
    {"cfloat", "self, memory_format=", Cast<at::kComplexFloat>},
    {"cdouble", "self, memory_format=", Cast<at::kComplexDouble>},
    {"cpu", "self, memory_format=",
     [](Evaluator& evaluator, Args args) { return ConvertTensor(evaluator, args[0], {.device = c10::kCPU}); }},
    {"cuda", "self, device=, non_blocking=, memory_format=", ConvertCuda},
    {"new_tensor", "self, data, *, dtype=, device=, requires_grad=", NewTensor},
    {"requires_grad_", "self, requires_grad=", SetRequiresGradTo},
    {"storage_offset", "self", [](Evaluator& evaluator, Args args) { return Value::Int(Self(args).storage_offset()); }},
    {"retain_grad", "self", Ignore},
    {"get_device", "self", [](Evaluator& evaluator, Args args) { return Value::Int(Self(args).get_device()); }},
};

// What torch.Tensor of the pinned release has besides: 'print(*(n for n in dir(torch.Tensor) if n[0] != "_"))'.
constexpr char kRefused[] =
    "apply_ as_subclass backward cauchy_ ccol_indices chalf cholesky cholesky_inverse cholesky_solve coalesce "
    "col_indices const_data_ptr crow_indices data_ptr dense_dim dequantize dim_order eig geometric_ geqrf "
    "hash_tensor histogram index indices int_repr ipu is_coalesced is_conj is_distributed is_inference is_neg "
    "is_pinned is_set_to is_shared log_normal_ lstsq lu lu_solve map2_ map_ matrix_exp module_load mtia mvlgamma "
    "mvlgamma_ narrow_copy new new_empty_strided nonzero_static numpy orgqr ormqr pin_memory pinverse "
    "q_per_channel_axis q_per_channel_scales q_per_channel_zero_points q_scale q_zero_point qr qscheme "
    "record_stream register_hook register_post_accumulate_grad_hook reinforce resize resize_ resize_as resize_as_ "
    "resize_as_sparse_ row_indices set_ share_memory_ slice_inverse smm solve sparse_dim sparse_mask "
    "sparse_resize_ sparse_resize_and_clear_ sspaddmm storage storage_offset storage_type sum_to_size svd symeig "
    "to_dense to_mkldnn to_padded_tensor to_sparse to_sparse_bsc to_sparse_bsr to_sparse_coo to_sparse_csc "
    "to_sparse_csr triangular_solve unsafe_chunk unsafe_split unsafe_split_with_sizes untyped_storage values xpu ";

void AddSettable(TorchWorld& world, const char* name, NativeFunction get, NativeFunction set) {
  Heap& heap = world.heap();
  const Value getter = NewFunction(heap, {name, "self", get});
  const Value setter = NewFunction(heap, {name, "self, value", set});
  world.tensor_class->attributes.SetName(heap.Intern(name),
                                         Value(heap.New<PropertyObject>(getter, setter, Value::None())));
}

}  // namespace

void DefineTensorClass(TorchWorld& world) {
  world.tensor_class = world.NewClass("torch", "Tensor");
  world.tensor_class->derivable = false;
  for (const auto& [name, place] : AllowedOperators()) {
    const AtenOperator* aten = place.method ? FindAtenOperator(name) : nullptr;
    if (aten == nullptr) continue;
    auto* function = world.heap().New<OperatorFunction>(name, *aten, CallForm::kMethod);
    world.tensor_class->attributes.SetName(world.heap().Intern(name), Value(function));
  }
  DefineTensorOperators(world);
  AddMethods(world, world.tensor_class, kMethods);
  AddProperties(world, world.tensor_class, kProperties);
  AddSettable(world, "data", Data, SetData);
  AddSettable(world, "requires_grad", RequiresGrad, SetRequiresGradTo);
  AddRefusedMethods(world, world.tensor_class, kRefused);
  world.parameter_class = world.NewClass("torch.nn.parameter", "Parameter", {world.tensor_class});
  world.parameter_class->derivable = false;
}

}  // namespace loadstone::python
