#include "loaders/torch_format/interpreter.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "loaders/torch_format/storage_id.h"

namespace loadstone {
namespace {

constexpr int kMaxDepth = 500;  // of values in values; a module takes one level

// The __dict__ that BUILD gave an object; of a pair (dict, slots) the first.
const pickle::Dict* StateOf(const pickle::Object& object) {
  pickle::Value state = object.state();
  if (state.kind() == pickle::Kind::kTuple && state.items().size() == 2) state = state.items()[0];
  return state.kind() == pickle::Kind::kDict ? &state.dict() : nullptr;
}

bool IsOneOf(absl::string_view key, absl::Span<const absl::string_view> keys) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

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

// getattr(object, name) as pickles write functions that live in a class: torch.relu is
// getattr(torch._C._VariableFunctionsClass, 'relu').
Attribute FunctionOf(const pickle::Object& call) {
  const absl::Span<const pickle::Value> args = call.args.items();
  absl::string_view name;
  if (args.size() != 2 || args[0].kind() != pickle::Kind::kName || !args[1].AsText(&name)) return Attribute();
  if (args[0].IsName("torch._C", "_VariableFunctionsClass")) {
    return Attribute(Attribute::Symbol{absl::StrCat("torch.", name)});
  }
  return Attribute(Attribute::Symbol{absl::StrCat(QualifiedName(args[0].name()), ".", name)});
}

// The state that nn.Module writes, or null.
const pickle::Dict* ModuleStateOf(const pickle::Value& value) {
  if (value.kind() != pickle::Kind::kObject || NameOf(value.object().callable) == nullptr) return nullptr;
  const pickle::Dict* state = StateOf(value.object());
  const bool is_module =
      state != nullptr && state->Find("_modules") != nullptr && state->Find("_parameters") != nullptr;
  return is_module ? state : nullptr;
}

// The module inside what torch.compile pickles, or null: OptimizedModule.__reduce__ gives its class, (module, context)
// and no state of its own. A compiled module is not compiled again.
const pickle::Value* CompiledModule(const pickle::Value& value) {
  if (value.kind() != pickle::Kind::kObject) return nullptr;
  const pickle::Object& object = value.object();
  if (!object.callable.IsName("torch._dynamo.eval_frame", "OptimizedModule")) return nullptr;
  const absl::Span<const pickle::Value> args = object.args.items();
  return args.empty() || ModuleStateOf(args[0]) == nullptr ? nullptr : &args[0];
}

}  // namespace

std::string QualifiedName(const pickle::Name& name) { return absl::StrCat(name.module, ".", name.name); }

std::string ClassName(const pickle::Object& object) {
  if (const pickle::Name* name = NameOf(object.callable)) return QualifiedName(*name);
  return "an object of no named class";
}

const pickle::Dict* AsMapping(const pickle::Value& value) {
  if (value.kind() == pickle::Kind::kDict) return &value.dict();
  if (value.kind() != pickle::Kind::kObject) return nullptr;
  const pickle::Object& object = value.object();
  const bool known = object.callable.IsName("collections", "OrderedDict") ||
                     object.callable.IsName("collections", "defaultdict") ||
                     object.callable.IsName("collections", "Counter");
  // Counter and Python 2's OrderedDict bring their entries as the call's argument.
  const absl::Span<const pickle::Value> args = object.args.items();
  if (known && object.entries.entries.empty() && args.size() == 1 && args[0].kind() == pickle::Kind::kDict) {
    return &args[0].dict();
  }
  return known || !object.entries.entries.empty() ? &object.entries : nullptr;
}

bool IsModule(const pickle::Value& value) {
  return ModuleStateOf(value) != nullptr || CompiledModule(value) != nullptr;
}

absl::StatusOr<Attribute> Interpreter::Interpret(const pickle::Value& value) {
  switch (value.kind()) {
    case pickle::Kind::kNone:
      return Attribute();
    case pickle::Kind::kBool:
      return Attribute(value.bool_value());
    case pickle::Kind::kInt:
      return Attribute(value.int_value());
    case pickle::Kind::kFloat:
      return Attribute(value.float_value());
    case pickle::Kind::kText:
      return Attribute(std::string(value.bytes()));
    case pickle::Kind::kBytes: {
      absl::string_view text;
      if (value.AsText(&text)) return Attribute(std::string(text));
      return Attribute(Attribute::Bytes{std::string(value.bytes())});
    }
    case pickle::Kind::kBigInt:
      return Attribute(Attribute::Bytes{std::string(value.bytes())});
    case pickle::Kind::kName:
      return Attribute(Attribute::Symbol{QualifiedName(value.name())});
    case pickle::Kind::kPersistentId:
      if (TensorReader::IsTensor(value)) return InterpretContainer(value);
      if (const pickle::Name* name = NameOf(value)) return Attribute(Attribute::Symbol{QualifiedName(*name)});
      return Attribute(Attribute::Object{.class_name = "a bare storage"});
    default:
      return InterpretContainer(value);
  }
}

absl::StatusOr<Attribute> Interpreter::InterpretContainer(const pickle::Value& value) {
  if (const auto known = done_.find(value.identity()); known != done_.end()) return known->second;
  if (TensorReader::IsTensor(value)) {
    ASSIGN_OR_RETURN(at::Tensor tensor, tensors_.Read(value));
    return Attribute(std::move(tensor));
  }
  if (!in_progress_.insert(value.identity()).second) {
    // It holds itself (a child that knows its parent): the inner mention stays a name.
    return Attribute(Attribute::Object{.class_name = "a reference to an enclosing object"});
  }
  if (depth_ == kMaxDepth) {
    return absl::ResourceExhaustedError(absl::StrCat("values nest deeper than ", kMaxDepth, " levels"));
  }
  ++depth_;
  absl::StatusOr<Attribute> result;
  if (value.kind() == pickle::Kind::kObject) {
    result = InterpretObject(value);
  } else if (value.kind() == pickle::Kind::kDict) {
    absl::StatusOr<Attribute::Dict> dict = InterpretEntries(value.dict());
    result = dict.ok() ? absl::StatusOr<Attribute>(Attribute(*std::move(dict))) : dict.status();
  } else {
    absl::StatusOr<std::vector<Attribute>> items = InterpretAll(value.items());
    const Attribute::SequenceKind kind = value.kind() == pickle::Kind::kTuple  ? Attribute::SequenceKind::kTuple
                                         : value.kind() == pickle::Kind::kList ? Attribute::SequenceKind::kList
                                                                               : Attribute::SequenceKind::kSet;
    result = items.ok() ? absl::StatusOr<Attribute>(Attribute(Attribute::Sequence{kind, *std::move(items)}))
                        : items.status();
  }
  --depth_;
  in_progress_.erase(value.identity());
  if (result.ok()) done_[value.identity()] = *result;
  return result;
}

absl::StatusOr<Attribute> Interpreter::InterpretObject(const pickle::Value& value) {
  if (IsModule(value)) {
    ASSIGN_OR_RETURN(std::shared_ptr<ModuleDef> def, InterpretModule(value));
    return Attribute(std::move(def));
  }
  const pickle::Object& object = value.object();
  if (object.callable.IsName("torch", "Size") && object.args.items().size() == 1) {
    return Interpret(object.args.items()[0]);
  }
  if (object.callable.IsName("builtins", "getattr")) return FunctionOf(object);
  const bool plain = object.states.empty() || object.callable.IsName("collections", "OrderedDict");
  if (const pickle::Dict* mapping = AsMapping(value); mapping != nullptr && plain) {
    ASSIGN_OR_RETURN(Attribute::Dict dict, InterpretEntries(*mapping));
    return Attribute(std::move(dict));
  }
  Attribute::Object inert;
  inert.class_name = ClassName(object);
  ASSIGN_OR_RETURN(inert.args, InterpretAll(object.args.items()));
  ASSIGN_OR_RETURN(inert.state, Interpret(object.state()));
  ASSIGN_OR_RETURN(inert.items, InterpretAll(object.items));
  ASSIGN_OR_RETURN(inert.entries, InterpretEntries(object.entries));
  return Attribute(std::move(inert));
}

absl::StatusOr<std::vector<Attribute>> Interpreter::InterpretAll(absl::Span<const pickle::Value> values) {
  std::vector<Attribute> result;
  result.reserve(values.size());
  for (const pickle::Value& value : values) {
    ASSIGN_OR_RETURN(Attribute attribute, Interpret(value));
    result.push_back(std::move(attribute));
  }
  return result;
}

absl::StatusOr<Attribute::Dict> Interpreter::InterpretEntries(const pickle::Dict& dict) {
  Attribute::Dict result;
  result.entries.reserve(dict.entries.size());
  for (const pickle::Dict::Entry& entry : dict.entries) {
    ASSIGN_OR_RETURN(Attribute key, Interpret(entry.key));
    ASSIGN_OR_RETURN(Attribute value, Interpret(entry.value));
    result.entries.emplace_back(std::move(key), std::move(value));
  }
  return result;
}

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
  if (IsOneOf(key, kIgnored)) return absl::OkStatus();
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

absl::StatusOr<StateDict> Interpreter::InterpretStateDict(const pickle::Value& value) {
  StateDict weights;
  const pickle::Dict& dict = *AsMapping(value);
  weights.entries.reserve(dict.entries.size());
  for (const pickle::Dict::Entry& entry : dict.entries) {
    absl::string_view key;
    if (!entry.key.AsText(&key)) {
      return absl::InvalidArgumentError(
          absl::StrCat("a state dict's key is ", pickle::KindName(entry.key.kind()), ", needs text"));
    }
    absl::StatusOr<Attribute> attribute = Interpret(entry.value);
    if (!attribute.ok()) return Annotate(attribute.status(), key);
    weights.entries.push_back({std::string(key), *std::move(attribute)});
  }
  if (value.kind() != pickle::Kind::kObject) return weights;
  const pickle::Dict* attributes = StateOf(value.object());
  const pickle::Value* metadata = attributes == nullptr ? nullptr : attributes->Find("_metadata");
  const pickle::Dict* versions = metadata == nullptr ? nullptr : AsMapping(*metadata);
  if (versions == nullptr) return weights;
  for (const pickle::Dict::Entry& entry : versions->entries) {
    absl::string_view prefix;
    const pickle::Value* version =
        entry.value.kind() == pickle::Kind::kDict ? entry.value.dict().Find("version") : nullptr;
    if (entry.key.AsText(&prefix) && version != nullptr && version->kind() == pickle::Kind::kInt) {
      weights.versions[std::string(prefix)] = version->int_value();
    }
  }
  return weights;
}

}  // namespace loadstone
