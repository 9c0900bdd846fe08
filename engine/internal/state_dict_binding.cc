#include "engine/internal/state_dict_binding.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ops/zeros.h>
#include <c10/core/TensorImpl.h>
#include <c10/util/Exception.h>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "engine/base/status_macros.h"
#include "engine/internal/state_dict_keys.h"
#include "engine/module_class.h"
#include "engine/python_format.h"
#include "engine/reparametrization.h"
#include "engine/requires_grad.h"

namespace loadstone {
namespace {

constexpr int kMaxDepth = 500;  // as module_builder.cc

std::string Shape(const at::Tensor& tensor) { return ShapeText({tensor.sizes().data(), tensor.sizes().size()}); }

bool HasKey(const ModuleDef& def, absl::string_view key) {
  if (const at::Tensor* parameter = FindNamed(def.parameters, key)) return parameter->defined();
  if (const at::Tensor* buffer = FindNamed(def.buffers, key)) return buffer->defined();
  const size_t dot = key.find('.');
  if (dot == absl::string_view::npos) return false;
  const std::shared_ptr<ModuleDef>* child = FindNamed(def.children, key.substr(0, dot));
  return child != nullptr && *child != nullptr && HasKey(**child, key.substr(dot + 1));
}

// The prefix to strip from every key, or "". The first key that the architecture knows, with or without one, tells.
std::string WrapperPrefix(const std::vector<std::string>& keys, const ModuleDef& architecture) {
  for (const std::string& key : keys) {
    if (HasKey(architecture, key)) return "";
    absl::string_view rest = key;
    while (ConsumeWrapperPrefix(rest)) {
      if (!HasKey(architecture, rest)) continue;
      const std::string found = key.substr(0, key.size() - rest.size());
      const auto has_it = [&found](const std::string& other) { return absl::StartsWith(other, found); };
      const bool everywhere = std::all_of(keys.begin(), keys.end(), has_it);
      return everywhere ? found : "";
    }
  }
  return "";
}

class Binding {
 public:
  Binding(const StateDict& weights, const ModelSpec& spec, const PluginRegistry& registry,
          const ModuleDef& architecture, LoadReport& report)
      : weights_(weights), spec_(spec), registry_(registry), report_(report) {
    for (const Named<Attribute>& entry : weights.entries) order_.push_back(RenamedKey(entry.name, spec));
    report_.stripped_prefix = WrapperPrefix(order_, architecture);
    for (std::string& key : order_) key.erase(0, report_.stripped_prefix.size());
    for (const auto& [path, version] : weights.versions) {
      const std::string prefix = path.empty() ? "" : RenamedKey(path + ".", spec);
      if (!absl::StartsWith(prefix, report_.stripped_prefix)) continue;  // a wrapper's own
      versions_[prefix.substr(report_.stripped_prefix.size())] = version;
    }
  }

  absl::Status Bind(ModuleDef& architecture) {
    RETURN_IF_ERROR(IndexKeys());
    RETURN_IF_ERROR(FindPlaces(architecture, "", 0));
    for (const Place& place : places_) RETURN_IF_ERROR(BindOne(place));
    // Only now: of the names of a shared parameter, one in the file is enough (safetensors keeps no more).
    for (const Place* place : without_data_) RETURN_IF_ERROR(NoteMissing(*place));
    for (const std::string& key : order_) {
      if (!used_.contains(key)) report_.unexpected_keys.push_back(key);
    }
    return absl::OkStatus();
  }

 private:
  // One tensor of the architecture, and where it stands: in several places if it is shared, as is a module's.
  struct Slots {
    at::Tensor laid_out;
    std::vector<at::Tensor*> all;
    bool bound = false;
  };
  struct Place {
    std::string key;
    const ModuleDef* module;
    size_t name_size;  // of the tensor's own name, at the end of key
    Slots* slots;
    bool may_be_absent;
  };

  absl::Status IndexKeys() {
    by_key_.reserve(order_.size());
    for (size_t i = 0; i < order_.size(); ++i) {
      const Named<Attribute>& entry = weights_.entries[i];
      const auto [known, inserted] = by_key_.try_emplace(order_[i], &entry);
      if (!inserted && known->second->name != entry.name) {
        return absl::InvalidArgumentError(absl::StrCat("keys ", known->second->name, " and ", entry.name,
                                                       " of the file are both renamed to ", order_[i]));
      }
      known->second = &entry;  // the last of one name counts, as in a Python dict
    }
    return absl::OkStatus();
  }

  // One module, then its children, as load() inside load_state_dict walks: a shared one again under each name.
  absl::Status FindPlaces(ModuleDef& def, const std::string& prefix, int depth) {
    if (depth > kMaxDepth) {
      return absl::ResourceExhaustedError(absl::StrCat("modules nest deeper than ", kMaxDepth, " levels"));
    }
    for (Named<at::Tensor>& parameter : def.parameters) AddPlace(def, prefix, parameter);
    for (Named<at::Tensor>& buffer : def.buffers) {
      const auto& excluded = def.non_persistent_buffers;
      if (std::find(excluded.begin(), excluded.end(), buffer.name) == excluded.end()) AddPlace(def, prefix, buffer);
    }
    for (Named<std::shared_ptr<ModuleDef>>& child : def.children) {
      if (child.value == nullptr) continue;
      RETURN_IF_ERROR(FindPlaces(*child.value, absl::StrCat(prefix, child.name, "."), depth + 1));
    }
    return absl::OkStatus();
  }

  void AddPlace(const ModuleDef& def, const std::string& prefix, Named<at::Tensor>& slot) {
    if (!slot.value.defined()) return;  // None: a key of that name is unexpected
    std::unique_ptr<Slots>& slots = slots_[slot.value.unsafeGetTensorImpl()];
    if (slots == nullptr) slots = std::make_unique<Slots>(Slots{.laid_out = slot.value});
    slots->all.push_back(&slot.value);
    places_.push_back({prefix + slot.name, &def, slot.name.size(), slots.get(), IsTooOldFor(def, slot.name, prefix)});
  }

  // Whether the state dict is of a release that did not have this entry yet.
  bool IsTooOldFor(const ModuleDef& def, const std::string& name, const std::string& prefix) const {
    const absl::StatusOr<const ModuleClass*> module_class = registry_.FindModuleClass(def.class_name);
    const int64_t* since = module_class.ok() ? FindNamed((*module_class)->added_entries, name) : nullptr;
    if (since == nullptr) return false;
    const auto version = versions_.find(prefix);
    return version == versions_.end() || version->second < *since;
  }

  absl::Status BindOne(const Place& place) {
    const auto found = by_key_.find(place.key);
    try {
      if (found == by_key_.end()) return Annotate(BindFromParts(place), place.key);
      used_.insert(place.key);
      return Fill(place, found->second->value, place.slots->laid_out.requires_grad());
    } catch (const c10::Error& error) {
      return absl::InvalidArgumentError(absl::StrCat(place.key, ": ", error.what_without_backtrace()));
    }
  }

  // A tensor that has no key of its own.
  absl::Status BindFromParts(const Place& place) {
    for (const PluginRegistry::Entry<Reparametrization>& entry : registry_.reparametrizations()) {
      const Reparametrization& form = *entry.value;
      std::vector<std::string> keys;
      std::vector<at::Tensor> parts;
      for (const std::string& pattern : form.parts) {
        std::string key = PartKey(place, pattern);
        const auto found = by_key_.find(key);
        const at::Tensor* part = found == by_key_.end() ? nullptr : found->second->value.tensor();
        if (part == nullptr || !part->defined()) break;
        keys.push_back(std::move(key));
        parts.push_back(*part);
      }
      if (parts.size() < form.parts.size()) continue;
      ASSIGN_OR_RETURN(const at::Tensor tensor, form.compute(*place.module, parts));
      used_.insert(keys.begin(), keys.end());
      report_.reparametrized.push_back(
          absl::StrCat(place.key, " from ", absl::StrJoin(keys, " and "), ": ", form.name));
      return Fill(place, tensor, /*requires_grad=*/false);  // no Parameter in Python either
    }
    if (!place.may_be_absent) without_data_.push_back(&place);
    return absl::OkStatus();
  }

  static std::string PartKey(const Place& place, absl::string_view pattern) {
    const absl::string_view key = place.key;
    const size_t prefix_size = key.size() - place.name_size;
    return absl::StrCat(key.substr(0, prefix_size), absl::StrReplaceAll(pattern, {{"*", key.substr(prefix_size)}}));
  }

  absl::Status Fill(const Place& place, const Attribute& value, bool requires_grad) {
    const at::Tensor& wanted = place.slots->laid_out;
    const at::Tensor* tensor = value.tensor();
    if (tensor == nullptr || !tensor->defined()) {
      return NoteMismatch(place, absl::StrCat(value.TypeName(), " in the file, a tensor of shape ", Shape(wanted)));
    }
    // A 0.3 parameter of shape [1] became 0-dimensional in 0.4 (Module._load_from_state_dict).
    const bool old_scalar = wanted.dim() == 0 && tensor->dim() == 1 && tensor->numel() == 1;
    if (!old_scalar && tensor->sizes() != wanted.sizes()) {
      return NoteMismatch(place, absl::StrCat(Shape(*tensor), " in the file, ", Shape(wanted)));
    }
    const at::Tensor shaped = old_scalar ? tensor->select(0, 0) : *tensor;
    const at::Tensor typed = shaped.scalar_type() == wanted.scalar_type() ? shaped : shaped.to(wanted.scalar_type());
    SetRequiresGrad(typed, requires_grad);
    for (at::Tensor* slot : place.slots->all) *slot = typed;
    place.slots->bound = true;
    return absl::OkStatus();
  }

  absl::Status NoteMismatch(const Place& place, absl::string_view what) {
    report_.mismatched_keys.push_back(absl::StrCat(place.key, ": ", what, " in the model"));
    return FillWithZeros(*place.slots);
  }

  absl::Status NoteMissing(const Place& place) {
    if (place.slots->bound) return absl::OkStatus();
    report_.missing_keys.push_back(place.key);
    return FillWithZeros(*place.slots);
  }

  // What a strict load is about to refuse needs no memory.
  absl::Status FillWithZeros(const Slots& slots) const {
    if (spec_.strictness == Strictness::kStrict || !slots.all.front()->is_meta()) return absl::OkStatus();
    const at::Tensor zeros = at::zeros(slots.laid_out.sizes(), slots.laid_out.scalar_type());
    SetRequiresGrad(zeros, slots.laid_out.requires_grad());
    for (at::Tensor* slot : slots.all) *slot = zeros;
    return absl::OkStatus();
  }

  const StateDict& weights_;
  const ModelSpec& spec_;
  const PluginRegistry& registry_;
  LoadReport& report_;
  std::vector<std::string> order_;  // the file's keys, renamed and stripped
  absl::flat_hash_map<std::string, int64_t> versions_;  // by module path and a dot, renamed and stripped
  absl::flat_hash_map<absl::string_view, const Named<Attribute>*> by_key_;  // views of order_
  absl::flat_hash_map<const c10::TensorImpl*, std::unique_ptr<Slots>> slots_;
  std::vector<Place> places_;
  std::vector<const Place*> without_data_;  // of places_
  absl::flat_hash_set<std::string> used_;
};

void AppendList(std::string& text, absl::string_view title, const std::vector<std::string>& keys) {
  if (keys.empty()) return;
  absl::StrAppend(&text, "\n  ", keys.size(), " ", title, ":\n    ", absl::StrJoin(keys, "\n    "));
}

}  // namespace

absl::Status BindStateDict(const StateDict& weights, const ModelSpec& spec, const PluginRegistry& registry,
                           ModuleDef& architecture, LoadReport& report) {
  try {
    RETURN_IF_ERROR(Binding(weights, spec, registry, architecture, report).Bind(architecture));
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
