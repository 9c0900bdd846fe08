// Tuples whose items have names: collections.namedtuple and typing.NamedTuple.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

// The names, a tuple of texts.
const std::vector<Value>& Fields(Evaluator& evaluator, const ClassObject* cls) {
  return cls->Find(evaluator.Intern("_fields"))->As<TupleObject>()->items;
}

Value MakeTuple(Evaluator& evaluator, ClassObject* cls, Args args, absl::Span<StrObject* const> keywords) {
  const std::vector<Value>& fields = Fields(evaluator, cls);
  const auto* defaults = cls->Find(evaluator.Intern("_field_defaults"))->As<DictObject>();
  std::vector<Value> items(fields.size());
  const size_t positional = args.size() - keywords.size();
  if (positional > fields.size()) {
    return evaluator.Raise("TypeError", absl::StrCat(cls->name, ".__new__() takes ", fields.size() + 1,
                                                     " positional arguments but ", positional + 1, " were given"));
  }
  std::copy_n(args.begin(), positional, items.begin());
  for (size_t i = 0; i < keywords.size(); ++i) {
    size_t at = 0;
    while (at < fields.size() && fields[at].As<StrObject>()->text() != keywords[i]->text()) ++at;
    if (at == fields.size() || items[at]) {
      return evaluator.Raise("TypeError", absl::StrCat(cls->name, ".__new__() got an unexpected keyword argument '",
                                                       keywords[i]->text(), "'"));
    }
    items[at] = args[positional + i];
  }
  for (size_t i = 0; i < items.size(); ++i) {
    if (!items[i]) items[i] = evaluator.DictGet(defaults, fields[i]);
    if (!items[i]) {
      return evaluator.Raise("TypeError", absl::StrCat(cls->name, ".__new__() missing a required argument: '",
                                                       fields[i].As<StrObject>()->text(), "'"));
    }
  }
  Value made(evaluator.heap().New<TupleObject>(std::move(items)));
  made.object()->set_class(cls);
  return made;
}

Value Repr(Evaluator& evaluator, Args args) {
  const ClassObject* cls = evaluator.ClassOf(args[0]);
  std::string text = absl::StrCat(cls->name, "(");
  const std::vector<Value> fields = Fields(evaluator, cls);
  for (size_t i = 0; i < fields.size(); ++i) {
    const Value shown = evaluator.Repr(args[0].As<TupleObject>()->items[i]);
    if (!shown) return Value();
    absl::StrAppend(&text, i == 0 ? "" : ", ", fields[i].As<StrObject>()->text(), "=", shown.As<StrObject>()->text());
  }
  return evaluator.Text(text + ")");
}

Value AsDict(Evaluator& evaluator, Args args) {
  const std::vector<Value>& fields = Fields(evaluator, evaluator.ClassOf(args[0]));
  Value made(evaluator.heap().New<DictObject>());
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!evaluator.DictSet(made.As<DictObject>(), fields[i], args[0].As<TupleObject>()->items[i])) return Value();
  }
  return made;
}

Value Replace(Evaluator& evaluator, Args args) {
  ClassObject* cls = evaluator.ClassOf(args[0]);
  const std::vector<Value>& fields = Fields(evaluator, cls);
  std::vector<Value> items = args[0].As<TupleObject>()->items;
  for (const Table::Entry& entry : args[1].As<DictObject>()->table.entries()) {
    size_t at = 0;
    while (at < fields.size() && fields[at].As<StrObject>()->text() != entry.key.As<StrObject>()->text()) ++at;
    if (at == fields.size()) return evaluator.Raise("ValueError", "Got unexpected field names");
    items[at] = entry.value;
  }
  Value made(evaluator.heap().New<TupleObject>(std::move(items)));
  made.object()->set_class(cls);
  return made;
}

constexpr NativeEntry kMethods[] = {
    {"__repr__", "self, /", Repr},
    {"_asdict", "self, /", AsDict},
    {"_replace", "self, /, **changes", Replace},
};

constexpr NativeEntry kItem = {
    "item", "at, self", [](Evaluator& evaluator, Args args) {
      const auto* tuple = args[1].As<TupleObject>();
      if (tuple == nullptr || args[0].integer() >= static_cast<int64_t>(tuple->items.size())) {
        return evaluator.Raise("TypeError", "this attribute is of a named tuple");
      }
      return tuple->items[args[0].integer()];
    }};

// `cls` has its methods; it becomes a class of tuples with these fields.
Value Complete(Evaluator& evaluator, ClassObject* cls, std::vector<Value> fields, const Value& defaults) {
  const Value named(evaluator.heap().New<DictObject>());
  const Value item = NewFunction(evaluator.heap(), kItem);
  for (size_t i = 0; i < fields.size(); ++i) {
    const Value getter = NewPartial(evaluator, item, {Value::Int(static_cast<int64_t>(i))}, named);
    cls->attributes.SetName(evaluator.Intern(fields[i].As<StrObject>()->text()),
                            Value(evaluator.heap().New<PropertyObject>(getter, Value::None(), Value::None())));
  }
  cls->attributes.SetName(evaluator.Intern("_fields"), Value(evaluator.heap().New<TupleObject>(std::move(fields))));
  cls->attributes.SetName(evaluator.Intern("_field_defaults"), defaults);
  cls->make = MakeTuple;
  return Value(cls);
}

ClassObject* TupleBase(Evaluator& evaluator) {
  return evaluator.world().FindModule(" named tuples")->names.FindName(evaluator.Intern("base"))->As<ClassObject>();
}

Value NamedTuple(Evaluator& evaluator, Args args) {
  // typename, field_names, rename, defaults, module
  const auto* name = TakeText(evaluator, args[0], "namedtuple");
  if (name == nullptr) return Value();
  if (args[2]) return evaluator.Refuse("namedtuple() with rename");
  std::vector<Value> fields;
  if (const auto* text = args[1].As<StrObject>()) {
    for (absl::string_view field :
         absl::StrSplit(absl::StrReplaceAll(text->text(), {{",", " "}}), ' ', absl::SkipEmpty())) {
      fields.emplace_back(evaluator.Intern(field));
    }
  } else if (!evaluator.ToVector(args[1], fields)) {
    return Value();
  }
  for (const Value& field : fields) {
    if (TakeText(evaluator, field, "namedtuple") == nullptr) return Value();
  }
  const Value defaults(evaluator.heap().New<DictObject>());
  if (args[3] && !args[3].is_none()) {
    std::vector<Value> given;
    if (!evaluator.ToVector(args[3], given)) return Value();
    if (given.size() > fields.size()) return evaluator.Raise("TypeError", "Got more default values than field names");
    for (size_t i = 0; i < given.size(); ++i) {
      const Value& field = fields[fields.size() - given.size() + i];
      if (!evaluator.DictSet(defaults.As<DictObject>(), field, given[i])) return Value();
    }
  }
  auto* cls = evaluator.heap().New<ClassObject>(std::string(name->text()));
  const Value made(cls);
  cls->bases.emplace_back(TupleBase(evaluator));
  Linearize(*cls);
  return Complete(evaluator, cls, std::move(fields), defaults);
}

// class Point(NamedTuple): its annotations are the fields.
Value Finish(Evaluator& evaluator, ClassObject* cls) {
  if (cls->Find(evaluator.Intern("_fields")) != nullptr) return Value(cls);  // derived from a finished one
  if (cls->bases.size() > 1) return evaluator.Refuse("NamedTuple beside other bases");
  const Value defaults(evaluator.heap().New<DictObject>());
  std::vector<Value> fields;
  for (const auto& [name, annotation] : cls->annotations) {
    StrObject* field = evaluator.Intern(name);
    fields.emplace_back(field);
    if (const Value* value = cls->attributes.FindName(field)) {
      if (!evaluator.DictSet(defaults.As<DictObject>(), Value(field), *value)) return Value();
    } else if (defaults.As<DictObject>()->table.size() > 0) {
      return evaluator.Raise("TypeError", "non-default namedtuple field cannot follow default field");
    }
  }
  return Complete(evaluator, cls, std::move(fields), defaults);
}

constexpr NativeEntry kFunction = {"namedtuple", "typename, field_names, *, rename=, defaults=, module=", NamedTuple};

}  // namespace

void InstallNamedTuple(World& world) {
  ModuleObject* hidden = NewModule(world, " named tuples");
  ClassObject* base = world.NewClass("typing", "NamedTuple", {world.ClassOf(Kind::kTuple)});
  base->finish = Finish;
  base->make = nullptr;
  AddMethods(world, base, kMethods);
  SetName(world, hidden, "base", Value(base));
  SetName(world, world.FindModule("typing"), "NamedTuple", Value(base));
  SetName(world, world.FindModule("collections"), "namedtuple", NewFunction(world.heap(), kFunction));
}

}  // namespace loadstone::python
