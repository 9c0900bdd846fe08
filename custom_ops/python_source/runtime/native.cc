#include "custom_ops/python_source/runtime/native.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace loadstone::python {
namespace {

class SignatureFunction : public BuiltinObject {
 public:
  SignatureFunction(const NativeEntry& entry, Binds binds, const ClassObject* owner = nullptr)
      : BuiltinObject(entry.name, binds), signature_(entry.signature), function_(entry.function), owner_(owner) {}

  Value Call(Evaluator& evaluator, absl::Span<const Value> args, absl::Span<StrObject* const> keywords) override {
    if (keywords.empty() && signature_.Fits(args.size())) return CallOwn(evaluator, args);
    std::vector<Value> bound;
    if (!signature_.Bind(evaluator, name(), args, keywords, bound)) return Value();
    return CallOwn(evaluator, bound);
  }

 private:
  // list.append(5, 1) is an error, not a list.
  Value CallOwn(Evaluator& evaluator, absl::Span<const Value> args) const {
    if (owner_ != nullptr && !evaluator.ClassOf(args[0])->IsSubclassOf(owner_)) {
      return evaluator.Raise("TypeError", absl::StrCat("descriptor '", name(), "' requires a '", owner_->name,
                                                       "' object but received a '", evaluator.TypeName(args[0]), "'"));
    }
    return function_(evaluator, args);
  }

  const Signature signature_;
  const NativeFunction function_;
  const ClassObject* const owner_;  // null, or the class that args[0] must be of
};

}  // namespace

Signature::Signature(absl::string_view text) {
  bool named_only = false;
  for (absl::string_view part : absl::StrSplit(text, ", ", absl::SkipEmpty())) {
    if (part == "/") {
      for (Parameter& parameter : parameters_) parameter.named = false;
    } else if (part == "*") {
      named_only = true;
    } else if (absl::ConsumePrefix(&part, "**")) {
      double_star_ = true;
    } else if (absl::ConsumePrefix(&part, "*")) {
      star_ = named_only = true;
    } else {
      const bool optional = absl::ConsumeSuffix(&part, "=");
      parameters_.push_back({std::string(part), optional, !named_only, true});
    }
  }
  plain_ = !star_ && !double_star_ && !named_only;
}

bool Signature::Bind(Evaluator& evaluator, absl::string_view function, absl::Span<const Value> args,
                     absl::Span<StrObject* const> keywords, std::vector<Value>& bound) const {
  const auto fails = [&](const std::string& message) {
    evaluator.Raise("TypeError", absl::StrCat(function, "() ", message));
    return false;
  };
  bound.assign(parameters_.size(), Value());
  const size_t by_position = args.size() - keywords.size();
  size_t positional = 0;
  while (positional < parameters_.size() && parameters_[positional].positional) ++positional;
  if (by_position > positional && !star_) {
    return fails(absl::StrCat("takes at most ", positional, " positional arguments (", by_position, " given)"));
  }
  std::copy_n(args.begin(), std::min(by_position, positional), bound.begin());
  auto* others = double_star_ ? evaluator.heap().New<DictObject>() : nullptr;
  const Value others_value = double_star_ ? Value(others) : Value();
  for (size_t i = 0; i < keywords.size(); ++i) {
    const absl::string_view name = keywords[i]->text();
    const auto found = std::find_if(parameters_.begin(), parameters_.end(), [&](const Parameter& parameter) {
      return parameter.named && parameter.name == name;
    });
    if (found != parameters_.end()) {
      Value& slot = bound[found - parameters_.begin()];
      if (slot) return fails(absl::StrCat("got multiple values for argument '", name, "'"));
      slot = args[by_position + i];
    } else if (others != nullptr) {
      others->table.SetName(keywords[i], args[by_position + i]);
    } else {
      return fails(absl::StrCat("got an unexpected keyword argument '", name, "'"));
    }
  }
  for (size_t i = 0; i < parameters_.size(); ++i) {
    if (!bound[i] && !parameters_[i].optional) {
      return fails(absl::StrCat("missing a required argument: '", parameters_[i].name, "'"));
    }
  }
  if (star_) {
    std::vector<Value> rest;
    if (by_position > positional) rest.assign(args.begin() + positional, args.begin() + by_position);
    bound.emplace_back(evaluator.heap().New<TupleObject>(std::move(rest)));
  }
  if (double_star_) bound.push_back(others_value);
  return true;
}

Value NewFunction(Heap& heap, const NativeEntry& entry, BuiltinObject::Binds binds) {
  return Value(heap.New<SignatureFunction>(entry, binds));
}

void AddFunctions(World& world, ModuleObject* module, absl::Span<const NativeEntry> entries) {
  for (const NativeEntry& entry : entries) SetName(world, module, entry.name, NewFunction(world.heap(), entry));
}

void AddMethods(World& world, ClassObject* cls, absl::Span<const NativeEntry> entries) {
  for (const NativeEntry& entry : entries) {
    cls->attributes.SetName(world.heap().Intern(entry.name),
                            Value(world.heap().New<SignatureFunction>(entry, BuiltinObject::Binds::kYes, cls)));
  }
}

void AddProperties(World& world, ClassObject* cls, absl::Span<const NativeEntry> entries) {
  for (const NativeEntry& entry : entries) {
    const Value getter(world.heap().New<SignatureFunction>(entry, BuiltinObject::Binds::kNo, cls));
    cls->attributes.SetName(world.heap().Intern(entry.name),
                            Value(world.heap().New<PropertyObject>(getter, Value::None(), Value::None())));
  }
}

void AddStaticMethods(World& world, ClassObject* cls, absl::Span<const NativeEntry> entries) {
  for (const NativeEntry& entry : entries) {
    const Value function = NewFunction(world.heap(), entry);
    cls->attributes.SetName(world.heap().Intern(entry.name), Value(world.heap().New<StaticMethodObject>(function)));
  }
}

ModuleObject* NewModule(World& world, absl::string_view name) {
  auto* module = world.heap().New<ModuleObject>(std::string(name));
  world.AddModule(module);
  return module;
}

void SetName(World& world, ModuleObject* module, absl::string_view name, Value value) {
  module->names.SetName(world.heap().Intern(name), std::move(value));
}

}  // namespace loadstone::python
