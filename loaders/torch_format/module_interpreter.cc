// Modules: the state that nn.Module pickles.
#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "loaders/torch_format/interpreter.h"

namespace loadstone {
namespace {

// Bookkeeping of nn.Module that has no bearing on inference.
constexpr absl::string_view kIgnored[] = {
    "_backward_hooks",
    "_backward_pre_hooks",
    "_is_full_backward_hook",
    "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called",
    "_forward_pre_hooks_with_kwargs",
    "_state_dict_hooks",
    "_state_dict_pre_hooks",
    "_load_state_dict_pre_hooks",
    "_load_state_dict_post_hooks",
    "_backend",
};

}  // namespace

absl::StatusOr<std::shared_ptr<ModuleDef>> Interpreter::InterpretModule(const pickle::Value& value) {
  if (const auto known = done_.find(value.identity()); known != done_.end()) return known->second.module();
  const bool outermost = in_progress_.insert(value.identity()).second;
  if (depth_ == kMaxDepth) {
    return absl::ResourceExhaustedError(absl::StrCat("modules nest deeper than ", kMaxDepth, " levels"));
  }
  ++depth_;
  const auto leave = absl::MakeCleanup([&] {
    --depth_;
    if (outermost) in_progress_.erase(value.identity());
  });
  auto def = std::make_shared<ModuleDef>();
  def->class_name = ClassName(value.object());
  const pickle::Value* compiled = CompiledModule(value);
  if (compiled != nullptr) {
    RETURN_IF_ERROR(AddChild("_orig_mod", *compiled, *def));
    done_[value.identity()] = Attribute(def);
    return def;
  }
  for (const pickle::Dict::Entry& entry : ModuleStateOf(value)->entries) {
    absl::string_view key;
    if (!entry.key.AsText(&key)) {
      return absl::DataLossError(absl::StrCat(def->class_name, " has an attribute whose name is no text"));
    }
    RETURN_IF_ERROR(Annotate(SetState(key, entry.value, *def), absl::StrCat(def->class_name, ".", key)));
  }
  done_[value.identity()] = Attribute(def);
  return def;
}

absl::Status Interpreter::SetState(absl::string_view key, const pickle::Value& value, ModuleDef& def) {
  if (key == "_parameters") return AddTensors(key, value, def.parameters);
  if (key == "_buffers") return AddTensors(key, value, def.buffers);
  if (key == "_modules") return AddChildren(value, def);
  if (key == "_forward_hooks" || key == "_forward_pre_hooks") return AddHooks(key, value, def);
  if (std::find(std::begin(kIgnored), std::end(kIgnored), key) != std::end(kIgnored)) return absl::OkStatus();
  if (key == "_non_persistent_buffers_set") {
    if (value.kind() != pickle::Kind::kSet) return absl::DataLossError("is no set");
    for (const pickle::Value& item : value.items()) {
      absl::string_view name;
      if (item.AsText(&name)) def.non_persistent_buffers.emplace_back(name);
    }
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(Attribute attribute, Interpret(value));
  def.attributes.push_back({std::string(key), std::move(attribute)});
  return absl::OkStatus();
}

absl::Status Interpreter::AddTensors(absl::string_view key, const pickle::Value& value,
                                     NamedList<at::Tensor>& tensors) {
  const pickle::Dict* dict = AsMapping(value);
  if (dict == nullptr)
    return absl::DataLossError(absl::StrCat("is ", pickle::KindName(value.kind()), ", needs a dict"));
  for (const pickle::Dict::Entry& entry : dict->entries) {
    absl::string_view name;
    if (!entry.key.AsText(&name)) return absl::DataLossError("has a key that is no text");
    at::Tensor tensor;  // stays undefined for None
    if (!entry.value.is_none()) {
      if (!TensorReader::IsTensor(entry.value)) {
        return absl::DataLossError(
            absl::StrCat("'", name, "' is ", pickle::KindName(entry.value.kind()), ", needs a tensor or None"));
      }
      absl::StatusOr<at::Tensor> read = tensors_.Read(entry.value);
      if (!read.ok()) return Annotate(read.status(), name);
      tensor = *std::move(read);
    }
    tensors.push_back({std::string(name), std::move(tensor)});
  }
  return absl::OkStatus();
}

absl::Status Interpreter::AddChildren(const pickle::Value& value, ModuleDef& def) {
  const pickle::Dict* dict = AsMapping(value);
  if (dict == nullptr)
    return absl::DataLossError(absl::StrCat("is ", pickle::KindName(value.kind()), ", needs a dict"));
  for (const pickle::Dict::Entry& entry : dict->entries) {
    absl::string_view name;
    if (!entry.key.AsText(&name)) return absl::DataLossError("has a key that is no text");
    RETURN_IF_ERROR(AddChild(name, entry.value, def));
  }
  return absl::OkStatus();
}

absl::Status Interpreter::AddChild(absl::string_view name, const pickle::Value& value, ModuleDef& def) {
  std::shared_ptr<ModuleDef> child;  // stays null for None
  if (!value.is_none()) {
    if (!IsModule(value)) {
      return absl::DataLossError(absl::StrCat("'", name, "' is ", pickle::KindName(value.kind()), " and no module"));
    }
    if (in_progress_.contains(value.identity())) {
      return absl::DataLossError(absl::StrCat("'", name, "' is a module that contains itself"));
    }
    ASSIGN_OR_RETURN(child, InterpretModule(value));
  }
  def.children.push_back({std::string(name), std::move(child)});
  return absl::OkStatus();
}

absl::Status Interpreter::AddHooks(absl::string_view key, const pickle::Value& value, ModuleDef& def) {
  const pickle::Dict* dict = AsMapping(value);
  if (dict == nullptr) return absl::OkStatus();  // None in some old files
  for (const pickle::Dict::Entry& entry : dict->entries) {
    ASSIGN_OR_RETURN(Attribute hook, Interpret(entry.value));
    def.hooks.push_back({std::string(key), std::move(hook)});
  }
  return absl::OkStatus();
}

}  // namespace loadstone
