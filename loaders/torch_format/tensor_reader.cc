#include "loaders/torch_format/tensor_reader.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <ATen/ops/_conj.h>
#include <ATen/ops/_empty_affine_quantized.h>
#include <ATen/ops/_empty_per_channel_affine_quantized.h>
#include <ATen/ops/_neg_view.h>
#include <ATen/ops/_validate_sparse_compressed_tensor_args.h>
#include <ATen/ops/_validate_sparse_coo_tensor_args.h>
#include <ATen/ops/empty_strided.h>
#include <ATen/ops/sparse_compressed_tensor.h>
#include <ATen/ops/sparse_coo_tensor.h>
#include <c10/util/Exception.h>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/status_macros.h"
#include "engine/requires_grad.h"
#include "loaders/torch_format/scalar_types.h"
#include "loaders/torch_format/strided_view.h"

namespace loadstone {
namespace {

constexpr int kMaxDepth = 16;  // a parameter of a subclass of a tensor, and then some

absl::StatusOr<int64_t> ReadInt(const pickle::Value& value, absl::string_view what) {
  if (value.kind() == pickle::Kind::kInt) return value.int_value();
  return absl::DataLossError(absl::StrCat(what, " is ", pickle::KindName(value.kind()), ", needs an int"));
}

// Of a tuple or list of ints, or of torch.Size of one.
absl::Status ReadInts(const pickle::Value& value, absl::string_view what, c10::DimVector& numbers) {
  if (value.kind() == pickle::Kind::kObject && value.object().callable.IsName("torch", "Size") &&
      value.object().args.items().size() == 1 && value.object().args.items()[0].kind() != pickle::Kind::kObject) {
    return ReadInts(value.object().args.items()[0], what, numbers);
  }
  if (value.kind() != pickle::Kind::kTuple && value.kind() != pickle::Kind::kList) {
    return absl::DataLossError(absl::StrCat(what, " is ", pickle::KindName(value.kind()), ", needs a tuple of ints"));
  }
  numbers.reserve(value.items().size());
  for (const pickle::Value& item : value.items()) {
    ASSIGN_OR_RETURN(const int64_t number, ReadInt(item, what));
    numbers.push_back(number);
  }
  return absl::OkStatus();
}

absl::Status ReadGeometry(const pickle::Value& offset, const pickle::Value& sizes, const pickle::Value& strides,
                          ViewGeometry& geometry) {
  ASSIGN_OR_RETURN(geometry.offset, ReadInt(offset, "a tensor's offset"));
  RETURN_IF_ERROR(ReadInts(sizes, "a tensor's size", geometry.sizes));
  return ReadInts(strides, "a tensor's stride", geometry.strides);
}

absl::StatusOr<c10::ScalarType> ReadDtype(const pickle::Value& value) {
  if (value.kind() == pickle::Kind::kName && value.name().module == "torch") {
    if (const std::optional<c10::ScalarType> type = ScalarTypeOfDtype(value.name().name)) return *type;
  }
  return absl::DataLossError("a tensor's dtype is no torch dtype");
}

// The conjugate and negative bits of _rebuild_tensor_v2's metadata: the stored bytes do not have them applied.
at::Tensor WithMetadata(at::Tensor tensor, const pickle::Value& metadata) {
  if (metadata.kind() != pickle::Kind::kDict) return tensor;
  const auto is_set = [&metadata](absl::string_view name) {
    const pickle::Value* value = metadata.dict().Find(name);
    return value != nullptr && value->kind() == pickle::Kind::kBool && value->bool_value();
  };
  if (is_set("conj")) tensor = at::_conj(tensor);
  if (is_set("neg")) tensor = at::_neg_view(tensor);
  return tensor;
}

}  // namespace

struct TensorReader::Function {
  absl::string_view module;
  absl::string_view name;
  size_t min_arguments;
  absl::StatusOr<at::Tensor> (TensorReader::*rebuild)(Arguments);
};

const TensorReader::Function* TensorReader::FindFunction(const pickle::Value& callable) {
  static constexpr Function kFunctions[] = {
      {"torch._utils", "_rebuild_tensor_v2", 6, &TensorReader::RebuildTensor},
      {"torch._utils", "_rebuild_parameter", 1, &TensorReader::RebuildParameter},
      {"torch._utils", "_rebuild_tensor", 4, &TensorReader::RebuildTensor},
      {"torch._utils", "_rebuild_tensor_v3", 7, &TensorReader::RebuildTensorV3},
      {"torch._utils", "_rebuild_parameter_with_state", 1, &TensorReader::RebuildParameter},
      {"torch._tensor", "_rebuild_from_type_v2", 3, &TensorReader::RebuildFromType},
      {"torch._tensor", "_rebuild_from_type", 3, &TensorReader::RebuildFromType},
      {"torch._utils", "_rebuild_qtensor", 5, &TensorReader::RebuildQuantized},
      {"torch._utils", "_rebuild_sparse_tensor", 2, &TensorReader::RebuildSparse},
      {"torch._utils", "_rebuild_sparse_csr_tensor", 2, &TensorReader::RebuildSparse},
      {"torch._utils", "_rebuild_meta_tensor_no_storage", 3, &TensorReader::RebuildMeta},
      {"torch.nn.parameter", "Parameter", 1, &TensorReader::RebuildParameter},
      {"torch.autograd.variable", "Variable", 1, &TensorReader::RebuildParameter},
      {"torch.nn.parameter", "UninitializedParameter", 0, &TensorReader::RebuildUninitialized},
      {"torch.nn.parameter", "UninitializedBuffer", 0, &TensorReader::RebuildUninitialized},
  };
  if (callable.kind() != pickle::Kind::kName) return nullptr;
  const pickle::Name& name = callable.name();
  for (const Function& function : kFunctions) {
    if (function.name == name.name && function.module == name.module) return &function;
  }
  return nullptr;
}

// A file of weights has as many tensors as storages.
TensorReader::TensorReader(const TorchFile& file) : file_(file), storages_(file) {
  by_object_.reserve(file.document().persistent_ids().size());
}

bool TensorReader::IsTensor(const pickle::Value& value) {
  absl::string_view key;
  if (value.kind() == pickle::Kind::kPersistentId) return value.persistent_id().id.AsText(&key);
  return value.kind() == pickle::Kind::kObject && FindFunction(value.object().callable) != nullptr;
}

absl::StatusOr<at::Tensor> TensorReader::Read(const pickle::Value& value) {
  if (const auto known = by_object_.find(value.identity()); known != by_object_.end()) return known->second;
  size_t offset;
  absl::StatusOr<at::Tensor> tensor;
  if (value.kind() == pickle::Kind::kPersistentId) {
    absl::string_view key;
    value.persistent_id().id.AsText(&key);
    offset = value.persistent_id().offset;
    tensor = ReadStored(key);
  } else {
    offset = value.object().offset;
    tensor = Call(*FindFunction(value.object().callable), value.object().args.items());
  }
  if (!tensor.ok()) return Annotate(tensor.status(), absl::StrCat("the tensor at byte ", offset, " of the pickle"));
  by_object_[value.identity()] = *tensor;
  return tensor;
}

absl::StatusOr<at::Tensor> TensorReader::Call(const Function& function, Arguments arguments) {
  if (arguments.size() < function.min_arguments) {
    return absl::DataLossError(absl::StrCat(function.name, " has ", arguments.size(), " arguments, needs ",
                                            function.min_arguments));
  }
  if (depth_ == kMaxDepth) {
    return absl::ResourceExhaustedError(absl::StrCat("tensors are made from tensors more than ", kMaxDepth, " deep"));
  }
  ++depth_;
  const auto leave = absl::MakeCleanup([this] { --depth_; });
  try {
    return (this->*function.rebuild)(arguments);
  } catch (const c10::Error& error) {
    return absl::DataLossError(absl::StrCat(function.name, ": ", error.what_without_backtrace()));
  }
}

absl::StatusOr<StorageId> TensorReader::ReadStorageId(const pickle::Value& value) {
  if (value.kind() == pickle::Kind::kPersistentId) return ParseStorageId(value.persistent_id());
  return absl::DataLossError(absl::StrCat("a tensor's storage is ", pickle::KindName(value.kind()),
                                          ", needs a persistent id"));
}

absl::StatusOr<at::Tensor> TensorReader::ReadStored(absl::string_view key) {
  ASSIGN_OR_RETURN(const StoredTensor stored, file_.FindTensor(key));
  ASSIGN_OR_RETURN(c10::Storage storage, storages_.Find(stored.storage, stored.storage.type));
  return MakeView(std::move(storage), stored.storage.type, stored.geometry);
}

absl::StatusOr<at::Tensor> TensorReader::ReadArgument(const pickle::Value& value) {
  if (IsTensor(value)) return Read(value);
  return absl::DataLossError(absl::StrCat("needs a tensor, has ", pickle::KindName(value.kind())));
}

absl::StatusOr<at::Tensor> TensorReader::RebuildTensor(Arguments arguments) {
  ASSIGN_OR_RETURN(const StorageId id, ReadStorageId(arguments[0]));
  ViewGeometry geometry;
  RETURN_IF_ERROR(ReadGeometry(arguments[1], arguments[2], arguments[3], geometry));
  ASSIGN_OR_RETURN(c10::Storage storage, storages_.Find(id, id.type));
  ASSIGN_OR_RETURN(at::Tensor tensor, MakeView(std::move(storage), id.type, geometry));
  return arguments.size() > 6 ? WithMetadata(std::move(tensor), arguments[6]) : tensor;
}

absl::StatusOr<at::Tensor> TensorReader::RebuildTensorV3(Arguments arguments) {
  ASSIGN_OR_RETURN(const StorageId id, ReadStorageId(arguments[0]));
  ViewGeometry geometry;
  RETURN_IF_ERROR(ReadGeometry(arguments[1], arguments[2], arguments[3], geometry));
  ASSIGN_OR_RETURN(const c10::ScalarType type, ReadDtype(arguments[6]));
  ASSIGN_OR_RETURN(c10::Storage storage, storages_.Find(id, type));
  ASSIGN_OR_RETURN(at::Tensor tensor, MakeView(std::move(storage), type, geometry));
  return arguments.size() > 7 ? WithMetadata(std::move(tensor), arguments[7]) : tensor;
}

absl::StatusOr<at::Tensor> TensorReader::RebuildParameter(Arguments arguments) {
  ASSIGN_OR_RETURN(const at::Tensor data, ReadArgument(arguments[0]));
  // Its own object, as in Python: two Parameters of one tensor are two parameters.
  const at::Tensor parameter = data.detach();
  SetRequiresGrad(parameter, arguments.size() < 2 || arguments[1].kind() != pickle::Kind::kBool ||
                                 arguments[1].bool_value());
  return parameter;
}

absl::StatusOr<at::Tensor> TensorReader::RebuildFromType(Arguments arguments) {
  const Function* function = FindFunction(arguments[0]);
  if (function == nullptr) return absl::UnimplementedError("a tensor subclass made by a function that is not known");
  if (arguments[2].kind() != pickle::Kind::kTuple) return absl::DataLossError("arguments of a tensor are no tuple");
  return Call(*function, arguments[2].items());
}

absl::StatusOr<at::Tensor> TensorReader::RebuildQuantized(Arguments arguments) {
  ASSIGN_OR_RETURN(const StorageId id, ReadStorageId(arguments[0]));
  ViewGeometry geometry;
  RETURN_IF_ERROR(ReadGeometry(arguments[1], arguments[2], arguments[3], geometry));
  ASSIGN_OR_RETURN(c10::Storage storage, storages_.Find(id, id.type));
  RETURN_IF_ERROR(CheckView(geometry, id.type, storage.nbytes()));
  if (!c10::isQIntType(id.type)) return absl::DataLossError("a quantized tensor of a type that is not quantized");
  if (arguments[4].kind() != pickle::Kind::kTuple || arguments[4].items().size() < 3) {
    return absl::DataLossError("a quantized tensor's parameters are no tuple of at least 3 items");
  }
  const Arguments parameters = arguments[4].items();
  at::Tensor tensor;
  if (parameters[0].IsName("torch", "per_tensor_affine")) {
    if (parameters[1].kind() != pickle::Kind::kFloat) return absl::DataLossError("a quantizer's scale is no float");
    ASSIGN_OR_RETURN(const int64_t zero_point, ReadInt(parameters[2], "a quantizer's zero point"));
    tensor = at::_empty_affine_quantized(at::IntArrayRef({0}), at::TensorOptions().dtype(id.type),
                                         parameters[1].float_value(), zero_point);
  } else if (parameters[0].IsName("torch", "per_channel_affine") && parameters.size() >= 4) {
    ASSIGN_OR_RETURN(const at::Tensor scales, ReadArgument(parameters[1]));
    ASSIGN_OR_RETURN(const at::Tensor zero_points, ReadArgument(parameters[2]));
    ASSIGN_OR_RETURN(const int64_t axis, ReadInt(parameters[3], "a quantizer's axis"));
    const auto dimensions = static_cast<int64_t>(geometry.sizes.size());
    if (axis < 0 || axis >= dimensions || scales.dim() != 1 || zero_points.dim() != 1 ||
        scales.size(0) != geometry.sizes[static_cast<size_t>(axis)] || zero_points.size(0) != scales.size(0)) {
      return absl::DataLossError(absl::StrCat("a quantizer of ", scales.numel(), " scales and ", zero_points.numel(),
                                              " zero points along axis ", axis, " does not fit its tensor"));
    }
    c10::DimVector sizes(geometry.sizes.size(), 0);
    sizes[static_cast<size_t>(axis)] = geometry.sizes[static_cast<size_t>(axis)];
    tensor = at::_empty_per_channel_affine_quantized(sizes, scales, zero_points, axis,
                                                     at::TensorOptions().dtype(id.type));
  } else {
    return absl::UnimplementedError("a quantizer other than per_tensor_affine and per_channel_affine");
  }
  tensor.unsafeGetTensorImpl()->set_storage_keep_dtype(std::move(storage));
  tensor.unsafeGetTensorImpl()->set_sizes_and_strides(geometry.sizes, geometry.strides, geometry.offset);
  return tensor;
}

absl::StatusOr<at::Tensor> TensorReader::RebuildSparse(Arguments arguments) {
  if (arguments[1].kind() != pickle::Kind::kTuple || arguments[1].items().size() < 3) {
    return absl::DataLossError("a sparse tensor's data is no tuple of at least 3 items");
  }
  // The layout: _get_layout('torch.sparse_csr'), or a name in old files.
  absl::string_view layout;
  if (arguments[0].kind() == pickle::Kind::kObject && arguments[0].object().args.items().size() == 1) {
    arguments[0].object().args.items()[0].AsText(&layout);
  } else if (arguments[0].kind() == pickle::Kind::kName) {
    layout = arguments[0].name().name;
  }
  absl::ConsumePrefix(&layout, "torch.");
  const Arguments data = arguments[1].items();
  if (layout == "sparse_coo") {
    ASSIGN_OR_RETURN(const at::Tensor indices, ReadArgument(data[0]));
    ASSIGN_OR_RETURN(const at::Tensor values, ReadArgument(data[1]));
    c10::DimVector size;
    RETURN_IF_ERROR(ReadInts(data[2], "a sparse tensor's size", size));
    std::optional<bool> coalesced;
    if (data.size() > 3 && data[3].kind() == pickle::Kind::kBool) coalesced = data[3].bool_value();
    // Python's default is not to look, and then an index past the end reads past the end.
    at::_validate_sparse_coo_tensor_args(indices, values, size, coalesced);
    return at::sparse_coo_tensor(indices, values, size, values.options().layout(at::kSparse), coalesced);
  }
  const std::optional<c10::Layout> compressed = layout == "sparse_csr"   ? std::optional(c10::kSparseCsr)
                                                : layout == "sparse_csc" ? std::optional(c10::kSparseCsc)
                                                : layout == "sparse_bsr" ? std::optional(c10::kSparseBsr)
                                                : layout == "sparse_bsc" ? std::optional(c10::kSparseBsc)
                                                                         : std::nullopt;
  if (!compressed.has_value()) return absl::UnimplementedError(absl::StrCat("a tensor of layout '", layout, "'"));
  if (data.size() < 4) return absl::DataLossError("a compressed sparse tensor's data has fewer than 4 items");
  ASSIGN_OR_RETURN(const at::Tensor compressed_indices, ReadArgument(data[0]));
  ASSIGN_OR_RETURN(const at::Tensor plain_indices, ReadArgument(data[1]));
  ASSIGN_OR_RETURN(const at::Tensor values, ReadArgument(data[2]));
  c10::DimVector size;
  RETURN_IF_ERROR(ReadInts(data[3], "a sparse tensor's size", size));
  at::_validate_sparse_compressed_tensor_args(compressed_indices, plain_indices, values, size, *compressed);
  return at::sparse_compressed_tensor(compressed_indices, plain_indices, values, size,
                                      values.options().layout(*compressed));
}

absl::StatusOr<at::Tensor> TensorReader::RebuildMeta(Arguments arguments) {
  ASSIGN_OR_RETURN(const c10::ScalarType type, ReadDtype(arguments[0]));
  c10::DimVector sizes;
  RETURN_IF_ERROR(ReadInts(arguments[1], "a tensor's size", sizes));
  c10::DimVector strides;
  RETURN_IF_ERROR(ReadInts(arguments[2], "a tensor's stride", strides));
  return at::empty_strided(sizes, strides, at::TensorOptions().dtype(type).device(at::kMeta));
}

absl::StatusOr<at::Tensor> TensorReader::RebuildUninitialized(Arguments) {
  return absl::InvalidArgumentError(
      "a lazy module's parameter that was never initialised: run the model once in Python before saving it");
}

}  // namespace loadstone
