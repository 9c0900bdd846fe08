// The module inspect: signature() of functions of the source, and what a value is.

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

constexpr const char* kKindNames[] = {"POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD", "VAR_POSITIONAL", "KEYWORD_ONLY",
                                      "VAR_KEYWORD"};
enum ParameterKind { kPositionalOnly, kPositionalOrKeyword, kVarPositional, kKeywordOnly, kVarKeyword };

// Wrappers of wrappers end somewhere, or nowhere.
constexpr int kMostWrappers = 100;

ClassObject* Named(Evaluator& evaluator, absl::string_view name) {
  return evaluator.world().FindModule("inspect")->names.FindName(evaluator.Intern(name))->As<ClassObject>();
}

Value NewParameter(Evaluator& evaluator, const Value& name, ParameterKind kind, const Value& fallback) {
  ClassObject* cls = Named(evaluator, "Parameter");
  auto* parameter = evaluator.heap().New<InstanceObject>(cls);
  const Value made(parameter);
  parameter->attributes.SetName(evaluator.Intern("name"), name);
  parameter->attributes.SetName(evaluator.Intern("kind"), *cls->Find(evaluator.Intern(kKindNames[kind])));
  parameter->attributes.SetName(evaluator.Intern("default"),
                                fallback ? fallback : *cls->Find(evaluator.Intern("empty")));
  return made;
}

// Parameters by name, without the first `skipped` that are given by position.
Value ParametersOf(Evaluator& evaluator, const FunctionObject& function, int skipped) {
  const Code& code = *function.code;
  const Value result(evaluator.heap().New<DictObject>());
  const auto add = [&](int at, ParameterKind kind, const Value& fallback) {
    const Value name(code.parameters[at]);
    return evaluator.DictSet(result.As<DictObject>(), name, NewParameter(evaluator, name, kind, fallback));
  };
  const int first_default = code.positional - static_cast<int>(function.defaults.size());
  const int named = code.positional + code.keyword_only;
  for (int i = skipped; i < code.positional; ++i) {
    const Value fallback = i < first_default ? Value() : function.defaults[i - first_default];
    if (!add(i, i < code.positional_only ? kPositionalOnly : kPositionalOrKeyword, fallback)) return Value();
  }
  if (code.star && !add(named, kVarPositional, Value())) return Value();
  for (int i = code.positional; i < named; ++i) {
    if (!add(i, kKeywordOnly, function.keyword_defaults[i - code.positional])) return Value();
  }
  if (code.double_star && !add(named + (code.star ? 1 : 0), kVarKeyword, Value())) return Value();
  return result;
}

Value SignatureOf(Evaluator& evaluator, Args args) {
  if (args.size() > 1 && args[1]) return evaluator.Refuse("inspect.signature() with more arguments");
  Value callable = args[0];
  int skipped = 0;
  if (const auto* method = callable.As<BoundMethodObject>()) {
    skipped = 1;
    callable = Value(method->function);
  } else if (const auto* cls = callable.As<ClassObject>()) {
    const Value* made_by = cls->Find(evaluator.Intern("__new__"));
    const Value* init = cls->Find(evaluator.Intern("__init__"));
    if (made_by != nullptr || init == nullptr) return evaluator.Refuse("inspect.signature() of this class");
    skipped = 1;
    callable = *init;
  }
  for (int i = 0; i < kMostWrappers; ++i) {
    const auto* function = callable.As<FunctionObject>();
    // Python text of our own need not have the parameters that Python's has.
    if (function == nullptr || absl::StartsWith(function->code->file->name(), "<")) {
      return evaluator.Refuse("inspect.signature() of what is no function of the source");
    }
    if (function->attributes.FindName(evaluator.Intern("__signature__")) != nullptr) {
      return evaluator.Refuse("inspect.signature() of a function with __signature__");
    }
    if (const Value* wrapped = function->attributes.FindName(evaluator.Intern("__wrapped__"))) {
      callable = Value(*wrapped);
      continue;
    }
    if (skipped > function->code->positional) return evaluator.Refuse("inspect.signature() of a method of *args");
    const Value parameters = ParametersOf(evaluator, *function, skipped);
    if (!parameters) return Value();
    auto* signature = evaluator.heap().New<InstanceObject>(Named(evaluator, "Signature"));
    signature->attributes.SetName(evaluator.Intern("parameters"), parameters);
    return Value(signature);
  }
  return evaluator.Raise("ValueError", "wrapper loop when unwrapping");
}

bool IsPythonFunction(const Value& value) { return value.is(Kind::kFunction); }

template <bool (*is)(const Value& value)>
Value Is(Evaluator& evaluator, Args args) {
  return Value::Bool(is(args[0]));
}

constexpr NativeEntry kFunctions[] = {
    {"signature", "obj, /, **others",
     [](Evaluator& e, Args args) {
       const bool more = args[1].As<DictObject>()->table.size() > 0;
       return more ? e.Refuse("inspect.signature() with more arguments") : SignatureOf(e, args.subspan(0, 1));
     }},
    {"isfunction", "object", Is<IsPythonFunction>},
    {"isclass", "object", Is<[](const Value& value) { return value.is(Kind::kClass); }>},
    {"ismethod", "object", Is<[](const Value& value) { return value.is(Kind::kBoundMethod); }>},
    {"ismodule", "object", Is<[](const Value& value) { return value.is(Kind::kModule); }>},
};

Value Refused(Evaluator& evaluator, Args args) { return evaluator.Refuse("annotations of parameters"); }

constexpr NativeEntry kParameterAttributes[] = {{"annotation", "self", Refused}};
constexpr NativeEntry kSignatureAttributes[] = {{"return_annotation", "self", Refused}};

}  // namespace

void InstallInspect(World& world) {
  ModuleObject* module = world.FindModule("inspect");
  const auto define = [&](const char* name) {
    ClassObject* cls = world.NewClass("inspect", name);
    cls->derivable = false;
    cls->make = nullptr;
    SetName(world, module, name, Value(cls));
    return cls;
  };
  const auto set = [&](ClassObject* cls, const char* name, const Value& value) {
    cls->attributes.SetName(world.heap().Intern(name), value);
  };
  const Value empty(define("_empty"));
  ClassObject* parameter = define("Parameter");
  ClassObject* signature = define("Signature");
  set(parameter, "empty", empty);
  set(signature, "empty", empty);
  AddProperties(world, parameter, kParameterAttributes);
  AddProperties(world, signature, kSignatureAttributes);
  AddRefused(world, parameter->attributes, "Parameter", {"replace"});
  AddRefused(world, signature->attributes, "Signature", {"bind", "bind_partial", "from_callable", "replace"});
  const Value* int_enum = world.FindModule("enum")->names.FindName(world.heap().Intern("IntEnum"));
  ClassObject* kind = world.NewClass("inspect", "_ParameterKind", {int_enum->As<ClassObject>()});
  kind->derivable = false;
  kind->members = Value(world.heap().New<DictObject>());
  for (size_t i = 0; i < std::size(kKindNames); ++i) {
    auto* member = world.heap().New<InstanceObject>(kind);
    member->attributes.SetName(world.heap().Intern("_value_"), Value::Int(static_cast<int64_t>(i)));
    kind->members.As<DictObject>()->table.SetName(world.heap().Intern(kKindNames[i]), Value(member));
    set(parameter, kKindNames[i], Value(member));
  }
  AddFunctions(world, module, kFunctions);
}

}  // namespace loadstone::python
