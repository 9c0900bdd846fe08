#include "engine/testing/fingerprint.h"

#include <memory>
#include <set>
#include <sstream>
#include <string>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "engine/python_format.h"

namespace loadstone::testing {
namespace {

constexpr int kMaxDepth = 600;  // a hostile file's modules may contain themselves

std::string LayoutOf(const at::Tensor& tensor) {
  std::ostringstream text;
  text << tensor.dtype() << " " << tensor.layout() << " " << tensor.device() << " " << tensor.sizes();
  return text.str();
}

void AppendTensors(const NamedList<at::Tensor>& tensors, std::string& text) {
  for (const Named<at::Tensor>& tensor : tensors) {
    absl::StrAppend(&text, tensor.name, "=", Fingerprint(tensor.value), "\n");
  }
}

void AppendAttributes(const NamedList<Attribute>& attributes, std::string& text) {
  for (const Named<Attribute>& attribute : attributes) {
    absl::StrAppend(&text, attribute.name, "=");
    if (const at::Tensor* tensor = attribute.value.tensor()) {
      absl::StrAppend(&text, Fingerprint(*tensor), "\n");
    } else {
      absl::StrAppend(&text, PythonRepr(attribute.value), "\n");
    }
  }
}

void AppendDef(const ModuleDef& def, int depth, std::set<const ModuleDef*>& seen, std::string& text) {
  absl::StrAppend(&text, def.class_name, "{\n");
  if (depth == kMaxDepth || !seen.insert(&def).second) {
    absl::StrAppend(&text, "seen}\n");
    return;
  }
  AppendAttributes(def.attributes, text);
  AppendTensors(def.parameters, text);
  AppendTensors(def.buffers, text);
  AppendAttributes(def.hooks, text);
  for (const Named<std::shared_ptr<ModuleDef>>& child : def.children) {
    absl::StrAppend(&text, child.name, "=");
    if (child.value == nullptr) {
      absl::StrAppend(&text, "None\n");
    } else {
      AppendDef(*child.value, depth + 1, seen, text);
    }
  }
  absl::StrAppend(&text, "}\n");
}

}  // namespace

std::string Fingerprint(const at::Tensor& tensor) {
  if (!tensor.defined()) return "None";
  std::string text = LayoutOf(tensor);
  if (tensor.is_meta()) return text;
  if (tensor.is_sparse()) {
    return absl::StrCat(text, " ", Fingerprint(tensor._indices()), " ", Fingerprint(tensor._values()));
  }
  if (tensor.layout() != at::kStrided) return text;
  const at::Tensor plain = tensor.is_quantized() ? tensor.int_repr() : tensor;
  // A file's tensor may repeat its bytes endlessly (a stride of 0).
  const size_t stored = plain.storage().nbytes();
  const bool repeats = plain.numel() > 0 && static_cast<size_t>(plain.numel()) > stored;
  const at::Tensor host = repeats ? plain.as_strided({1}, {1}).cpu() : plain.cpu().contiguous();
  const absl::string_view bytes(static_cast<const char*>(host.const_data_ptr()), host.nbytes());
  return absl::StrCat(text, " ", absl::HashOf(bytes));
}

std::string Fingerprint(const c10::IValue& value) {
  if (value.isTensor()) return Fingerprint(value.toTensor());
  std::string text;
  if (value.isTuple()) {
    for (const c10::IValue& item : value.toTupleRef().elements()) absl::StrAppend(&text, Fingerprint(item), ", ");
    return absl::StrCat("(", text, ")");
  }
  if (value.isList()) {
    for (const c10::IValue& item : value.toListRef()) absl::StrAppend(&text, Fingerprint(item), ", ");
    return absl::StrCat("[", text, "]");
  }
  if (value.isGenericDict()) {
    for (const auto& entry : value.toGenericDict()) {
      absl::StrAppend(&text, Fingerprint(entry.key()), ": ", Fingerprint(entry.value()), ", ");
    }
    return absl::StrCat("{", text, "}");
  }
  std::ostringstream plain;
  plain << value;
  return plain.str();
}

std::string Fingerprint(const Module& module) {
  std::string text = module.class_name();
  for (const auto& [name, tensor] : module.named_parameters())
    absl::StrAppend(&text, "\n", name, "=", Fingerprint(tensor));
  for (const auto& [name, tensor] : module.named_buffers())
    absl::StrAppend(&text, "\n", name, "=", Fingerprint(tensor));
  return text;
}

std::string Fingerprint(const ModelContent& content) {
  if (const auto* module = std::get_if<std::shared_ptr<Module>>(&content)) return Fingerprint(**module);
  std::string text;
  if (const auto* def = std::get_if<std::shared_ptr<ModuleDef>>(&content)) {
    std::set<const ModuleDef*> seen;
    AppendDef(**def, 0, seen, text);
  } else {
    AppendAttributes(std::get<StateDict>(content).entries, text);
  }
  return text;
}

}  // namespace loadstone::testing
