#include "tools/tensor_io/torch_save.h"

#include <c10/util/Exception.h>
#include <torch/csrc/jit/serialization/pickle.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace loadstone {
namespace {

constexpr int kMaxDepth = 100;

// LibTorch would write more kinds of values, but lists and dicts with type tags (torch.jit._pickle.restore_type_tag)
// that torch.load(weights_only=True) refuses.
absl::Status CheckValue(const c10::IValue& value, int depth) {
  if (depth == kMaxDepth) {
    return absl::UnimplementedError(absl::StrCat("values nest deeper than ", kMaxDepth, " levels"));
  }
  if (value.isTuple()) {
    for (const c10::IValue& item : value.toTupleRef().elements()) RETURN_IF_ERROR(CheckValue(item, depth + 1));
    return absl::OkStatus();
  }
  if (value.isList() || value.isGenericDict()) {
    return absl::UnimplementedError(absl::StrCat(
        "a ", value.tagKind(), " is not written to a torch.save file yet; a .safetensors file holds its tensors"));
  }
  const bool plain = value.isNone() || value.isBool() || value.isInt() || value.isDouble() || value.isString();
  if (plain || (value.isTensor() && value.toTensor().defined())) return absl::OkStatus();
  return absl::UnimplementedError(absl::StrCat("a ", value.tagKind(), " in it is no tensor, number, text or None"));
}

}  // namespace

absl::StatusOr<std::string> TorchSaveBytes(const c10::IValue& value) {
  RETURN_IF_ERROR(CheckValue(value, 0));
  try {
    const std::vector<char> bytes = torch::jit::pickle_save(value);
    return std::string(bytes.begin(), bytes.end());
  } catch (const c10::Error& error) {
    return absl::UnimplementedError(error.what_without_backtrace());
  }
}

}  // namespace loadstone
