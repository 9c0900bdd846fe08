// The module enum: Enum, alone or with str, and IntEnum (int_enum.cc).

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

struct AutoObject : InstanceObject {
  static constexpr NativeType kType = {};
  explicit AutoObject(ClassObject* cls) : InstanceObject(cls, &kType) {}
};

Value NameOf(Evaluator& evaluator, Args args) {
  for (const Table::Entry& entry : evaluator.ClassOf(args[0])->members.As<DictObject>()->table.entries()) {
    if (entry.key && entry.value.Is(args[0])) return entry.key;
  }
  return evaluator.Raise("AttributeError", "no member of this enum");
}

Value ValueOf(Evaluator& evaluator, Args args) {
  if (const auto* text = args[0].As<StrObject>()) return evaluator.Text(std::string(text->text()));
  Value value = evaluator.GetOwn(args[0].As<InstanceObject>(), evaluator.Intern("_value_"));
  return value ? value : evaluator.Raise("AttributeError", "no member of this enum");
}

Value Str(Evaluator& evaluator, Args args) {
  const Value name = NameOf(evaluator, args);
  if (!name) return Value();
  return evaluator.Text(absl::StrCat(evaluator.TypeName(args[0]), ".", name.As<StrObject>()->text()));
}

Value Repr(Evaluator& evaluator, Args args) {
  const Value text = Str(evaluator, args);
  const Value value = text ? ValueOf(evaluator, args) : Value();
  const Value shown = value ? evaluator.Repr(value) : Value();
  if (!shown) return Value();
  return evaluator.Text(absl::StrCat("<", text.As<StrObject>()->text(), ": ", shown.As<StrObject>()->text(), ">"));
}

Value Format(Evaluator& evaluator, Args args) {
  const Value text = Str(evaluator, args);
  return text ? evaluator.Format(text, args[1].As<StrObject>()->text()) : Value();
}

// Empty and !failed(): the enum has no member of that value.
Value FindMember(Evaluator& evaluator, ClassObject* cls, const Value& wanted) {
  const Value held = cls->members;
  for (size_t i = 0; i < held.As<DictObject>()->table.entries().size(); ++i) {
    const Table::Entry entry = held.As<DictObject>()->table.entries()[i];
    if (!entry.key) continue;
    const Value value = ValueOf(evaluator, {&entry.value, 1});
    const int equal = value ? evaluator.Equal(value, wanted) : -1;
    if (equal < 0) return Value();
    if (equal == 1) return entry.value;
  }
  return Value();
}

// Color(1): the member of that value.
Value Find(Evaluator& evaluator, ClassObject* cls, Args args, absl::Span<StrObject* const> keywords) {
  if (args.size() != 1 || !keywords.empty()) return evaluator.Refuse("an enum made by a call");
  if (!cls->members) return evaluator.Raise("TypeError", absl::StrCat(cls->name, " has no members"));
  if (evaluator.ClassOf(args[0]) == cls) return args[0];
  const Value found = FindMember(evaluator, cls, args[0]);
  if (found || evaluator.failed()) return found;
  const Value shown = evaluator.Repr(args[0]);
  if (!shown) return Value();
  return evaluator.Raise("ValueError", absl::StrCat(shown.As<StrObject>()->text(), " is not a valid ", cls->qualname));
}

bool IsMember(absl::string_view name, const Value& value) {
  if (absl::StartsWith(name, "__") && absl::EndsWith(name, "__")) return false;
  if (!value.is_object()) return true;
  const Kind kind = value.object()->kind();
  return kind != Kind::kFunction && kind != Kind::kProperty && kind != Kind::kStaticMethod &&
         kind != Kind::kClassMethod && kind != Kind::kBuiltin;
}

// The class statement's members turn from values into objects of the class.
Value Finish(Evaluator& evaluator, ClassObject* cls) {
  const bool text = cls->IsSubclassOf(evaluator.world().ClassOf(Kind::kStr));
  const bool number = evaluator.IsSubclass(Value(cls), Value(evaluator.ClassOf(Value::Int(0)))) == 1;
  for (const Value& base : cls->bases) {
    const auto* parent = base.As<ClassObject>();
    if (parent->members && parent->members.As<DictObject>()->table.size() > 0) {
      return evaluator.Raise("TypeError", absl::StrCat("<enum '", cls->name, "'> cannot extend an enum with members"));
    }
    const bool plain = !parent->native || parent->make == Find || parent == evaluator.world().ClassOf(Kind::kStr);
    if (!plain) return evaluator.Refuse(absl::StrCat("an enum of ", parent->name));
  }
  for (const char* name : {"__init__", "__new__", "_missing_", "_generate_next_value_", "_ignore_", "_order_"}) {
    if (cls->Find(evaluator.Intern(name)) != nullptr) return evaluator.Refuse(absl::StrCat("an enum with ", name));
  }
  cls->make = Find;
  cls->members = Value(evaluator.heap().New<DictObject>());
  int64_t next = 1;
  const std::vector<Table::Entry> entries = cls->attributes.entries();
  for (const Table::Entry& entry : entries) {
    if (!entry.key || !IsMember(entry.key.As<StrObject>()->text(), entry.value)) continue;
    StrObject* name = evaluator.Intern(entry.key.As<StrObject>()->text());
    if (absl::StartsWith(name->text(), "_")) return evaluator.Refuse("an enum's member with a leading '_'");
    Value value = entry.value;
    if (AsNative<AutoObject>(value) != nullptr) {
      if (text) return evaluator.Refuse("enum.auto() of text");
      value = Value::Int(next);
    }
    if (number && !value.is_int()) return evaluator.Refuse("an IntEnum with other values than ints");
    if (value.is_int()) next = value.integer() + 1;
    Value member = FindMember(evaluator, cls, value);
    if (evaluator.failed()) return Value();
    if (!member && text) {
      if (!value.is(Kind::kStr)) return evaluator.Refuse("an enum of text with other values");
      member = Value(evaluator.heap().New<StrObject>(std::string(value.As<StrObject>()->text())));
      member.object()->set_class(cls);
    } else if (!member) {
      auto* made = evaluator.heap().New<InstanceObject>(cls);
      member = Value(made);
      made->attributes.SetName(evaluator.Intern("_value_"), value);
    }
    cls->attributes.SetName(name, member);
    cls->members.As<DictObject>()->table.SetName(name, member);
  }
  return Value(cls);
}

constexpr NativeEntry kMethods[] = {
    {"__str__", "self, /", Str},
    {"__repr__", "self, /", Repr},
    {"__format__", "self, specification, /", Format},
    {"__setattr__", "self, name, value, /",
     [](Evaluator& evaluator, Args args) { return evaluator.Refuse("a change of an enum's member"); }},
};
constexpr NativeEntry kAttributes[] = {{"name", "self", NameOf}, {"value", "self", ValueOf}};

Value MakeAuto(Evaluator& evaluator, ClassObject* cls, Args args, absl::Span<StrObject* const> keywords) {
  return Value(evaluator.heap().New<AutoObject>(cls));
}

}  // namespace

void InstallEnum(World& world) {
  ModuleObject* module = NewModule(world, "enum");
  ClassObject* base = world.NewClass("enum", "Enum");
  base->make = Find;
  base->finish = Finish;
  AddMethods(world, base, kMethods);
  AddProperties(world, base, kAttributes);
  SetName(world, module, "Enum", Value(base));
  SetName(world, module, "IntEnum", Value(NewIntEnum(world, base)));
  ClassObject* automatic = world.NewClass("enum", "auto");
  automatic->make = MakeAuto;
  SetName(world, module, "auto", Value(automatic));
  const NativeEntry unique = {"unique", "cls, /", [](Evaluator& evaluator, Args args) { return args[0]; }};
  AddFunctions(world, module, {&unique, 1});
  for (const char* name : {"EnumMeta", "EnumType", "Flag", "IntFlag", "ReprEnum", "StrEnum"}) {
    SetName(world, module, name, RefusedFunction(world.heap(), absl::StrCat("enum.", name)));
  }
}

}  // namespace loadstone::python
