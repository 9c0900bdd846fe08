#include "custom_ops/python_source/torch_api/fixed_tensors.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace loadstone::python {
namespace {

thread_local const FixedTensors* current = nullptr;

}  // namespace

FixedTensorsScope::FixedTensorsScope(const FixedTensors* fixed) : outer_(std::exchange(current, fixed)) {}
FixedTensorsScope::~FixedTensorsScope() { current = outer_; }

bool CheckNotFixed(Evaluator& evaluator, absl::string_view what, const at::Tensor& tensor) {
  if (current == nullptr || current->empty() || !tensor.defined() || !tensor.has_storage()) return true;
  if (!current->contains(tensor.storage().unsafeGetStorageImpl())) return true;
  evaluator.Refuse(absl::StrCat(what, " on a tensor of the model, which other calls read; clone() it first"));
  return false;
}

bool CheckNotFixed(Evaluator& evaluator, absl::string_view what, const c10::FunctionSchema& schema,
                   const torch::jit::Stack& arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    const c10::AliasInfo* alias = schema.arguments()[i].alias_info();
    if (alias == nullptr || !alias->isWrite() || !arguments[i].isTensor()) continue;
    if (!CheckNotFixed(evaluator, what, arguments[i].toTensor())) return false;
  }
  return true;
}

}  // namespace loadstone::python
