#include "engine/internal/state_dict_binding.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"
#include "engine/python_format.h"

namespace loadstone {
namespace {

std::string Renamed(const std::string& key, const ModelSpec& spec) {
  std::string renamed = key;
  for (const auto& [prefix, replacement] : spec.key_renames) {
    if (absl::StartsWith(renamed, prefix)) renamed = absl::StrCat(replacement, renamed.substr(prefix.size()));
  }
  return renamed;
}

std::string Shape(const at::Tensor& tensor) { return ShapeText({tensor.sizes().data(), tensor.sizes().size()}); }

class Binding {
 public:
  Binding(const StateDict& weights, const ModelSpec& spec, LoadReport& report) : report_(report) {
    by_key_.reserve(weights.entries.size());
    for (const Named<Attribute>& entry : weights.entries) {
      std::string key = Renamed(entry.name, spec);
      order_.push_back(key);
      by_key_[std::move(key)] = &entry.value;
    }
  }

  // One module, then its children, as load() inside load_state_dict walks.
  absl::Status Bind(ModuleDef& def, const std::string& prefix) {
    if (!seen_.insert(&def).second && !prefix.empty()) return MarkShared(def, prefix);
    for (Named<at::Tensor>& parameter : def.parameters) RETURN_IF_ERROR(BindOne(prefix + parameter.name, parameter.value));
    for (Named<at::Tensor>& buffer : def.buffers) {
      const auto& excluded = def.non_persistent_buffers;
      if (std::find(excluded.begin(), excluded.end(), buffer.name) != excluded.end()) continue;
      RETURN_IF_ERROR(BindOne(prefix + buffer.name, buffer.value));
    }
    for (Named<std::shared_ptr<ModuleDef>>& child : def.children) {
      if (child.value != nullptr) RETURN_IF_ERROR(Bind(*child.value, absl::StrCat(prefix, child.name, ".")));
    }
    return absl::OkStatus();
  }

  void CollectUnexpected() {
    for (const std::string& key : order_) {
      if (!used_.contains(key)) report_.unexpected_keys.push_back(key);
    }
  }

 private:
  absl::Status BindOne(const std::string& key, at::Tensor& slot) {
    if (!slot.defined()) return absl::OkStatus();  // None: a key of that name is unexpected
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) {
      report_.missing_keys.push_back(key);
      return FillMissing(slot);
    }
    used_.insert(key);
    const at::Tensor* tensor = found->second->tensor();
    if (tensor == nullptr) {
      report_.mismatched_keys.push_back(absl::StrCat(key, ": ", found->second->TypeName(), " in the file, a tensor of shape ",
                                                     Shape(slot), " in the model"));
      return FillMissing(slot);
    }
    // A 0.3 parameter of shape [1] became 0-dimensional in 0.4 (Module._load_from_state_dict).
    const bool old_scalar = slot.dim() == 0 && tensor->dim() == 1 && tensor->numel() == 1;
    if (!old_scalar && tensor->sizes() != slot.sizes()) {
      report_.mismatched_keys.push_back(
          absl::StrCat(key, ": ", Shape(*tensor), " in the file, ", Shape(slot), " in the model"));
      return FillMissing(slot);
    }
    const at::Tensor shaped = old_scalar ? tensor->select(0, 0) : *tensor;
    slot = shaped.scalar_type() == slot.scalar_type() ? shaped : shaped.to(slot.scalar_type());
    return absl::OkStatus();
  }

  // A module that stands in two places has its keys twice in the file; the first are bound already.
  absl::Status MarkShared(const ModuleDef& def, const std::string& prefix) {
    for (const Named<at::Tensor>& parameter : def.parameters) used_.insert(prefix + parameter.name);
    for (const Named<at::Tensor>& buffer : def.buffers) used_.insert(prefix + buffer.name);
    for (const Named<std::shared_ptr<ModuleDef>>& child : def.children) {
      if (child.value != nullptr) RETURN_IF_ERROR(MarkShared(*child.value, absl::StrCat(prefix, child.name, ".")));
    }
    return absl::OkStatus();
  }

  static absl::Status FillMissing(at::Tensor& slot) {
    if (slot.is_meta()) slot = at::zeros(slot.sizes(), slot.scalar_type());
    return absl::OkStatus();
  }

  LoadReport& report_;
  absl::flat_hash_map<std::string, const Attribute*> by_key_;
  std::vector<std::string> order_;  // of the file's keys
  absl::flat_hash_set<std::string> used_;
  absl::flat_hash_set<const ModuleDef*> seen_;
};

void AppendList(std::string& text, absl::string_view title, const std::vector<std::string>& keys) {
  if (keys.empty()) return;
  absl::StrAppend(&text, "\n  ", keys.size(), " ", title, ":\n    ", absl::StrJoin(keys, "\n    "));
}

}  // namespace

absl::Status BindStateDict(const StateDict& weights, const ModelSpec& spec, ModuleDef& architecture,
                           LoadReport& report) {
  try {
    Binding binding(weights, spec, report);
    RETURN_IF_ERROR(binding.Bind(architecture, ""));
    binding.CollectUnexpected();
  } catch (const c10::Error& error) {
    return absl::InvalidArgumentError(error.what_without_backtrace());
  }
  if (spec.strictness == Strictness::kLenient) return absl::OkStatus();
  std::string text;
  AppendList(text, "missing from the file", report.missing_keys);
  AppendList(text, "in the file but not in the model", report.unexpected_keys);
  AppendList(text, "of another shape", report.mismatched_keys);
  if (text.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("the weights do not fit ", architecture.class_name, ":", text,
                                                 "\nload what fits with strict: false, or name the architecture and "
                                                 "arguments it was saved with"));
}

}  // namespace loadstone
