#include "loaders/torch_format/interpreter.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "loaders/torch_format/storage_id.h"

namespace loadstone {
namespace {

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

}  // namespace

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
  if (TensorReader::IsTensor(value)) {  // the reader knows those that it has read
    ASSIGN_OR_RETURN(at::Tensor tensor, tensors_.Read(value));
    return Attribute(std::move(tensor));
  }
  if (const auto known = done_.find(value.identity()); known != done_.end()) return known->second;
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
