#include "tools/tensor_io/named_tensors.h"

#include <string>

#include <ATen/ops/scalar_tensor.h>
#include <ATen/core/Dict.h>
#include <ATen/core/List.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/python_format.h"

namespace loadstone {
namespace {

constexpr int kMaxDepth = 100;

at::Tensor Scalar(const at::Scalar& number) {
  return at::scalar_tensor(number, at::TensorOptions().dtype(number.type()));
}

absl::Status Collect(const std::string& name, const c10::IValue& value, int depth, NamedList<at::Tensor>& tensors) {
  if (depth == kMaxDepth) {
    return absl::UnimplementedError(absl::StrCat("values nest deeper than ", kMaxDepth, " levels"));
  }
  if (value.isNone()) return absl::OkStatus();
  if (value.isTensor()) {
    if (value.toTensor().defined()) tensors.push_back({name, value.toTensor()});
  } else if (value.isScalar()) {
    tensors.push_back({name, Scalar(value.toScalar())});
  } else if (value.isTuple() || value.isList()) {
    size_t index = 0;
    const auto collect = [&](const c10::IValue& item) {
      return Collect(absl::StrCat(name, "[", index++, "]"), item, depth + 1, tensors);
    };
    if (value.isTuple()) {
      for (const c10::IValue& item : value.toTupleRef().elements()) RETURN_IF_ERROR(collect(item));
    } else {
      for (const c10::IValue& item : value.toListRef()) RETURN_IF_ERROR(collect(item));
    }
  } else if (value.isGenericDict()) {
    for (const auto& entry : value.toGenericDict()) {
      const std::string key = entry.key().isString() ? PythonQuote(entry.key().toStringRef())
                              : entry.key().isInt()  ? absl::StrCat(entry.key().toInt())
                                                     : entry.key().tagKind();
      RETURN_IF_ERROR(Collect(absl::StrCat(name, "[", key, "]"), entry.value(), depth + 1, tensors));
    }
  } else {
    return absl::UnimplementedError(absl::StrCat(name, " is a ", value.tagKind(), ", needs tensors and numbers"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<NamedList<at::Tensor>> NamedTensors(absl::string_view root, const c10::IValue& value) {
  NamedList<at::Tensor> tensors;
  RETURN_IF_ERROR(Collect(std::string(root), value, 0, tensors));
  return tensors;
}

}  // namespace loadstone
