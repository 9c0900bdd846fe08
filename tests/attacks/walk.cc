#include "tests/attacks/walk.h"

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#include <cstdint>
#include <memory>

#include "absl/container/flat_hash_set.h"
#include "engine/base/status_macros.h"
#include "loaders/torch_format/interpreter.h"
#include "loaders/torch_format/torch_file.h"

namespace loadstone::testing {
namespace {

// Keeps the compiler from leaving the reads out.
void Use(uint8_t byte) { asm volatile("" : : "r"(byte)); }

// Every byte between the tensor's first and last element, once: an expanded tensor costs no more than its storage.
void TouchStrided(const at::Tensor& tensor) {
  if (tensor.numel() == 0 || tensor.device().is_meta()) return;
  int64_t last = 0;
  for (int64_t i = 0; i < tensor.dim(); ++i) last += (tensor.size(i) - 1) * tensor.stride(i);
  const auto* bytes = static_cast<const uint8_t*>(tensor.const_data_ptr());
  uint8_t sum = 0;
  const auto end = static_cast<size_t>(last + 1) * tensor.element_size();
  for (size_t at = 0; at < end; ++at) sum = static_cast<uint8_t>(sum + bytes[at]);
  Use(sum);
}

void TouchAny(const at::Tensor& tensor) {
  if (!tensor.defined()) return;
  if (tensor.layout() == c10::kStrided) return TouchStrided(tensor);
  TouchStrided(tensor.layout() == c10::kSparse ? tensor._values() : tensor.values());
  if (tensor.layout() == c10::kSparse) return TouchStrided(tensor._indices());
}

}  // namespace

absl::Status Touch(const at::Tensor& tensor) {
  try {
    TouchAny(tensor);
    return absl::OkStatus();
  } catch (const c10::Error& error) {
    return absl::InvalidArgumentError(error.what_without_backtrace());
  }
}

absl::Status TouchModule(const Module& module) {
  for (const auto& [name, tensor] : module.named_parameters()) RETURN_IF_ERROR(Touch(tensor));
  for (const auto& [name, tensor] : module.named_buffers()) RETURN_IF_ERROR(Touch(tensor));
  return absl::OkStatus();
}

namespace {

// Each once: a few modules can be shared by any number of paths.
absl::Status TouchDef(const ModuleDef& def, absl::flat_hash_set<const ModuleDef*>& done) {
  if (!done.insert(&def).second) return absl::OkStatus();
  for (const Named<at::Tensor>& parameter : def.parameters) RETURN_IF_ERROR(Touch(parameter.value));
  for (const Named<at::Tensor>& buffer : def.buffers) RETURN_IF_ERROR(Touch(buffer.value));
  for (const Named<std::shared_ptr<ModuleDef>>& child : def.children) {
    if (child.value != nullptr) RETURN_IF_ERROR(TouchDef(*child.value, done));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status InterpretAndTouch(const ByteSource& source) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const TorchFile> file, OpenTorchFile(source));
  const pickle::Value& root = file->document().root();
  Interpreter interpreter(*file);
  if (IsModule(root)) {
    ASSIGN_OR_RETURN(const std::shared_ptr<ModuleDef> def, interpreter.InterpretModule(root));
    absl::flat_hash_set<const ModuleDef*> done;
    return TouchDef(*def, done);
  }
  if (const pickle::Dict* dict = AsMapping(root)) {
    for (const pickle::Dict::Entry& entry : dict->entries) {
      ASSIGN_OR_RETURN(const Attribute value, interpreter.Interpret(entry.value));
      if (const at::Tensor* tensor = value.tensor()) RETURN_IF_ERROR(Touch(*tensor));
    }
    return absl::OkStatus();
  }
  return interpreter.Interpret(root).status();
}

}  // namespace loadstone::testing
