// The module dataclasses.

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/builtins/copy.h"
#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

constexpr absl::string_view kFields = "__dataclass_fields__";

struct FieldObject : InstanceObject {
  static constexpr NativeType kType = {};
  explicit FieldObject(ClassObject* cls) : InstanceObject(cls, &kType) {}
  void Clear() override {
    InstanceObject::Clear();
    fallback = factory = Value();
  }
  std::string name;
  Value fallback, factory;  // Empty: none
  bool init = true, shown = true, compared = true;
};

// The fields of a class, a tuple; null: no dataclass.
const TupleObject* FieldsOf(Evaluator& evaluator, const ClassObject* cls) {
  const Value* found = cls->Find(evaluator.Intern(kFields));
  return found == nullptr ? nullptr : found->As<TupleObject>();
}

ClassObject* Hidden(Evaluator& evaluator, const char* name) {
  return evaluator.world().FindModule("dataclasses")->names.FindName(evaluator.Intern(name))->As<ClassObject>();
}

// __init__ of one class.
class DataInit : public BuiltinObject {
 public:
  DataInit(absl::string_view signature, Value fields)
      : BuiltinObject("__init__", Binds::kYes), signature_(signature), fields_(std::move(fields)) {}

  Value Call(Evaluator& evaluator, Args args, absl::Span<StrObject* const> keywords) override {
    std::vector<Value> bound;
    if (!signature_.Bind(evaluator, "__init__", args, keywords, bound)) return Value();
    const Value self = bound[0];
    auto* instance = self.As<InstanceObject>();
    if (instance == nullptr) return evaluator.Raise("TypeError", "this __init__ is of a dataclass");
    size_t next = 1;
    for (const Value& value : fields_.As<TupleObject>()->items) {
      const auto* field = AsNative<FieldObject>(value);
      Value given = field->init ? bound[next++] : Value();
      if (!given && field->factory) given = evaluator.Call(field->factory, {});
      if (evaluator.failed()) return Value();
      if (!given) given = field->fallback;
      if (given && !evaluator.SetOwn(instance, evaluator.Intern(field->name), given)) return Value();
    }
    const Value* after = instance->cls()->Find(evaluator.Intern("__post_init__"));
    if (after != nullptr && !evaluator.Call(*after, {&self, 1})) return Value();
    return Value::None();
  }

 protected:
  void Clear() override { fields_ = Value(); }

 private:
  const Signature signature_;
  Value fields_;
};

// The values of the fields that are compared.
Value Compared(Evaluator& evaluator, const Value& object) {
  std::vector<Value> items;
  for (const Value& value : FieldsOf(evaluator, evaluator.ClassOf(object))->items) {
    const auto* field = AsNative<FieldObject>(value);
    if (!field->compared) continue;
    items.push_back(evaluator.GetAttribute(object, evaluator.Intern(field->name)));
    if (!items.back()) return Value();
  }
  return Value(evaluator.heap().New<TupleObject>(std::move(items)));
}

Value Equal(Evaluator& evaluator, Args args) {
  if (evaluator.ClassOf(args[0]) != evaluator.ClassOf(args[1])) return Value::NotImplemented();
  const Value left = Compared(evaluator, args[0]);
  const Value right = left ? Compared(evaluator, args[1]) : Value();
  const int equal = right ? evaluator.Equal(left, right) : -1;
  return equal < 0 ? Value() : Value::Bool(equal == 1);
}

Value Hash(Evaluator& evaluator, Args args) {
  const Value fields = Compared(evaluator, args[0]);
  uint64_t hash = 0;
  return fields && evaluator.Hash(fields, hash) ? Value::Int(static_cast<int64_t>(hash)) : Value();
}

Value Repr(Evaluator& evaluator, Args args) {
  const ClassObject* cls = evaluator.ClassOf(args[0]);
  std::string text = absl::StrCat(cls->qualname, "(");
  const char* comma = "";
  for (const Value& value : FieldsOf(evaluator, cls)->items) {
    const auto* field = AsNative<FieldObject>(value);
    if (!field->shown) continue;
    const Value item = evaluator.GetAttribute(args[0], evaluator.Intern(field->name));
    const Value shown = item ? evaluator.Repr(item) : Value();
    if (!shown) return Value();
    absl::StrAppend(&text, std::exchange(comma, ", "), field->name, "=", shown.As<StrObject>()->text());
  }
  return evaluator.Text(text + ")");
}

Value Frozen(Evaluator& evaluator, Args args) {
  const auto* name = args[1].As<StrObject>();
  const Value cls(Hidden(evaluator, "FrozenInstanceError"));
  const Value message =
      evaluator.Text(absl::StrCat("cannot assign to field '", name == nullptr ? "" : name->text(), "'"));
  return evaluator.RaiseObject(evaluator.Call(cls, {&message, 1}));
}

constexpr NativeEntry kEqual = {"__eq__", "self, other, /", Equal};
constexpr NativeEntry kHash = {"__hash__", "self, /", Hash};
constexpr NativeEntry kRepr = {"__repr__", "self, /", Repr};
constexpr NativeEntry kFrozen = {"__setattr__", "self, name, value, /", Frozen};

struct Options {
  bool init = true, repr = true, eq = true, frozen = false;
};

void Define(Evaluator& evaluator, ClassObject* cls, const NativeEntry& entry) {
  cls->attributes.SetName(evaluator.Intern(entry.name),
                          NewFunction(evaluator.heap(), entry, BuiltinObject::Binds::kYes));
}

// The fields of the bases, then those of `cls`; the later one of a name takes the earlier one's place.
bool Collect(Evaluator& evaluator, ClassObject* cls, std::vector<Value>& fields) {
  const auto add = [&](const Value& field) {
    for (Value& old : fields) {
      if (AsNative<FieldObject>(old)->name == AsNative<FieldObject>(field)->name) {
        old = field;
        return;
      }
    }
    fields.push_back(field);
  };
  for (size_t i = cls->mro.size() - 1; i > 0; --i) {
    const Value* own = cls->mro[i]->attributes.FindName(evaluator.Intern(kFields));
    if (own == nullptr) continue;
    for (const Value& field : own->As<TupleObject>()->items) add(field);
  }
  for (const auto& [name, annotation] : cls->annotations) {
    if (absl::StrContains(annotation, "ClassVar")) continue;
    if (absl::StrContains(annotation, "InitVar") || absl::StrContains(annotation, "KW_ONLY")) {
      return static_cast<bool>(evaluator.Refuse(absl::StrCat("a dataclass with ", annotation)));
    }
    StrObject* key = evaluator.Intern(name);
    const Value* given = cls->attributes.FindName(key);
    Value made = given != nullptr && AsNative<FieldObject>(*given) != nullptr
                     ? *given
                     : Value(evaluator.heap().New<FieldObject>(Hidden(evaluator, "Field")));
    auto* field = AsNative<FieldObject>(made);
    field->name = name;
    if (given != nullptr && !given->Is(made)) {
      field->fallback = *given;
      if (given->is(Kind::kList) || given->is(Kind::kDict) ||
          (given->is(Kind::kSet) && !given->object()->own_class())) {
        evaluator.Raise("ValueError", absl::StrCat("mutable default ", "<class '", evaluator.TypeName(*given),
                                                   "'> for field ", name, " is not allowed: use default_factory"));
        return false;
      }
    }
    if (field->fallback) {
      cls->attributes.SetName(key, field->fallback);
    } else if (given != nullptr) {
      cls->attributes.RemoveName(key);
    }
    add(made);
  }
  return true;
}

Value Process(Evaluator& evaluator, const Value& decorated, Options options) {
  auto* cls = decorated.As<ClassObject>();
  if (cls == nullptr) return evaluator.Raise("TypeError", "dataclass() should be called on a class");
  if (cls->make != evaluator.world().object_class()->make)
    return evaluator.Refuse("a dataclass of this kind of object");
  std::vector<Value> fields;
  if (!Collect(evaluator, cls, fields)) return Value();
  const auto defined = [&](const char* name) { return cls->attributes.FindName(evaluator.Intern(name)) != nullptr; };
  const Value tuple(evaluator.heap().New<TupleObject>(fields));
  std::string signature = "self";
  bool optional = false;
  for (const Value& value : fields) {
    const auto* field = AsNative<FieldObject>(value);
    if (!field->init) continue;
    const bool has_default = field->fallback || field->factory;
    if (optional && !has_default) {
      return evaluator.Raise("TypeError",
                             absl::StrCat("non-default argument '", field->name, "' follows default argument"));
    }
    optional |= has_default;
    absl::StrAppend(&signature, ", ", field->name, has_default ? "=" : "");
  }
  if (options.init) {
    cls->attributes.SetName(evaluator.Intern("__init__"), Value(evaluator.heap().New<DataInit>(signature, tuple)));
  }
  cls->attributes.SetName(evaluator.Intern(kFields), tuple);
  if (options.repr && !defined("__repr__")) Define(evaluator, cls, kRepr);
  const Value* hash = cls->attributes.FindName(evaluator.Intern("__hash__"));
  const bool own_hash = hash != nullptr && !hash->is_none();
  if (options.eq && !defined("__eq__")) Define(evaluator, cls, kEqual);
  if (options.eq && !own_hash) {
    if (options.frozen) {
      Define(evaluator, cls, kHash);
    } else {
      cls->attributes.SetName(evaluator.Intern("__hash__"), Value::None());
    }
  }
  if (options.frozen) Define(evaluator, cls, kFrozen);
  return decorated;
}

constexpr NativeEntry kDecorator = {
    "dataclass", "options, cls, /", [](Evaluator& e, Args args) {
      const int64_t bits = args[0].integer();
      return Process(e, args[1], {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0});
    }};

Value Dataclass(Evaluator& evaluator, Args args) {
  // cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots
  int flags[10] = {0, 1, 1, 1, 0, 0, 0, 1, 0, 0};
  for (int i = 1; i < 10; ++i) {
    if (args[i]) flags[i] = evaluator.Truth(args[i]);
    if (flags[i] < 0) return Value();
  }
  if (flags[4] == 1 || flags[5] == 1 || flags[8] == 1 || flags[9] == 1) {
    return evaluator.Refuse("a dataclass with order, unsafe_hash, kw_only or slots");
  }
  if (args[0] && !args[0].is_none()) {
    return Process(evaluator, args[0], {flags[1] == 1, flags[2] == 1, flags[3] == 1, flags[6] == 1});
  }
  const int64_t bits = flags[1] | flags[2] << 1 | flags[3] << 2 | flags[6] << 3;
  return NewPartial(evaluator, NewFunction(evaluator.heap(), kDecorator), {Value::Int(bits)},
                    Value(evaluator.heap().New<DictObject>()));
}

Value MakeField(Evaluator& evaluator, Args args) {
  // default, default_factory, init, repr, hash, compare, metadata, kw_only
  auto* field = evaluator.heap().New<FieldObject>(Hidden(evaluator, "Field"));
  const Value made(field);
  const Value missing =
      Value(evaluator.world().FindModule("dataclasses")->names.FindName(evaluator.Intern("MISSING"))->object());
  if (args[0] && args[1]) return evaluator.Raise("ValueError", "cannot specify both default and default_factory");
  if (args[4] || args[7]) return evaluator.Refuse("field() with hash or kw_only");
  if (args[0] && !args[0].Is(missing)) field->fallback = args[0];
  if (args[1] && !args[1].Is(missing)) field->factory = args[1];
  bool* const flags[] = {&field->init, &field->shown, &field->compared};
  const int positions[] = {2, 3, 5};
  for (int i = 0; i < 3; ++i) {
    if (!args[positions[i]]) continue;
    const int truth = evaluator.Truth(args[positions[i]]);
    if (truth < 0) return Value();
    *flags[i] = truth == 1;
  }
  return made;
}

Value AsDict(Evaluator& evaluator, const Value& value, const Value& memo, int depth = 0) {
  if (depth > evaluator.limits().depth) return evaluator.Exceed("nesting of dataclasses.asdict()");
  if (value.is(Kind::kInstance) && FieldsOf(evaluator, evaluator.ClassOf(value)) != nullptr) {
    Value made(evaluator.heap().New<DictObject>());
    for (const Value& item : FieldsOf(evaluator, evaluator.ClassOf(value))->items) {
      StrObject* name = evaluator.Intern(AsNative<FieldObject>(item)->name);
      const Value held = evaluator.GetAttribute(value, name);
      const Value inner = held ? AsDict(evaluator, held, memo, depth + 1) : Value();
      if (!inner || !evaluator.DictSet(made.As<DictObject>(), Value(name), inner)) return Value();
    }
    return made;
  }
  const auto* list = value.As<ListObject>();
  const auto* tuple = value.As<TupleObject>();
  if ((list != nullptr || tuple != nullptr) && value.object()->own_class() == nullptr) {
    std::vector<Value> items;
    for (const Value& item : std::vector<Value>(list != nullptr ? list->items : tuple->items)) {
      items.push_back(AsDict(evaluator, item, memo, depth + 1));
      if (!items.back()) return Value();
    }
    return list != nullptr ? Value(evaluator.heap().New<ListObject>(std::move(items)))
                           : Value(evaluator.heap().New<TupleObject>(std::move(items)));
  }
  if (value.is(Kind::kDict) && value.object()->own_class() == nullptr) {
    Value made(evaluator.heap().New<DictObject>());
    for (size_t i = 0; i < value.As<DictObject>()->table.entries().size(); ++i) {
      const Table::Entry entry = value.As<DictObject>()->table.entries()[i];
      if (!entry.key) continue;
      const Value inner = AsDict(evaluator, entry.value, memo, depth + 1);
      if (!inner || !evaluator.DictSet(made.As<DictObject>(), entry.key, inner)) return Value();
    }
    return made;
  }
  return DeepCopy(evaluator, value, memo);
}

Value Replace(Evaluator& evaluator, Args args) {
  ClassObject* cls = evaluator.ClassOf(args[0]);
  const TupleObject* fields = FieldsOf(evaluator, cls);
  if (fields == nullptr) return evaluator.Raise("TypeError", "replace() should be called on dataclass instances");
  const auto* changes = args[1].As<DictObject>();
  std::vector<Value> values;
  std::vector<StrObject*> names;
  for (const Value& value : fields->items) {
    const auto* field = AsNative<FieldObject>(value);
    StrObject* name = evaluator.Intern(field->name);
    const Value* change = changes->table.FindName(name);
    if (!field->init) {
      if (change != nullptr) return evaluator.Raise("ValueError", "a field with init=False cannot be replaced");
      continue;
    }
    if (change == nullptr) {
      values.push_back(evaluator.GetAttribute(args[0], name));
      if (!values.back()) return Value();
      names.push_back(name);
    }
  }
  for (const Table::Entry& entry : changes->table.entries()) {
    values.push_back(entry.value);
    names.push_back(evaluator.Intern(entry.key.As<StrObject>()->text()));
  }
  return evaluator.Call(Value(cls), values, names);
}

const TupleObject* FieldsOfAny(Evaluator& evaluator, const Value& value) {
  const auto* cls = value.As<ClassObject>();
  return FieldsOf(evaluator, cls != nullptr ? cls : evaluator.ClassOf(value));
}

constexpr NativeEntry kFunctions[] = {
    {"dataclass",
     "cls=, /, *, init=, repr=, eq=, order=, unsafe_hash=, frozen=, match_args=, kw_only=, slots=", Dataclass},
    {"field", "*, default=, default_factory=, init=, repr=, hash=, compare=, metadata=, kw_only=", MakeField},
    {"is_dataclass", "obj", [](Evaluator& e, Args args) { return Value::Bool(FieldsOfAny(e, args[0]) != nullptr); }},
    {"fields", "class_or_instance",
     [](Evaluator& e, Args args) {
       const TupleObject* fields = FieldsOfAny(e, args[0]);
       if (fields == nullptr) return e.Raise("TypeError", "must be called with a dataclass type or instance");
       return Value(e.heap().New<TupleObject>(fields->items));
     }},
    {"asdict", "obj",
     [](Evaluator& e, Args args) {
       if (args[0].is(Kind::kClass) || FieldsOfAny(e, args[0]) == nullptr) {
         return e.Raise("TypeError", "asdict() should be called on dataclass instances");
       }
       return AsDict(e, args[0], NewMemo(e));
     }},
    {"astuple", "obj", [](Evaluator& e, Args args) { return e.Refuse("dataclasses.astuple()"); }},
    {"replace", "obj, /, **changes", Replace},
};

constexpr NativeEntry kFieldAttributes[] = {
    {"name", "self", [](Evaluator& e, Args args) { return e.Text(AsNative<FieldObject>(args[0])->name); }},
    {"init", "self", [](Evaluator& e, Args args) { return Value::Bool(AsNative<FieldObject>(args[0])->init); }},
};

}  // namespace

void InstallDataclasses(World& world) {
  ModuleObject* module = NewModule(world, "dataclasses");
  AddFunctions(world, module, kFunctions);
  ClassObject* field = world.NewClass("dataclasses", "Field");
  field->derivable = false;
  AddProperties(world, field, kFieldAttributes);
  AddRefused(world, field->attributes, "dataclasses.Field", {"type", "default", "default_factory", "metadata"});
  SetName(world, module, "Field", Value(field));
  ClassObject* frozen =
      world.NewClass("dataclasses", "FrozenInstanceError", {world.FindBuiltinClass("AttributeError")});
  SetName(world, module, "FrozenInstanceError", Value(frozen));
  ClassObject* missing = world.NewClass("dataclasses", "_MISSING_TYPE");
  SetName(world, module, "MISSING", Value(world.heap().New<InstanceObject>(missing)));
  for (const char* name : {"InitVar", "KW_ONLY", "make_dataclass"}) {
    SetName(world, module, name, RefusedFunction(world.heap(), absl::StrCat("dataclasses.", name)));
  }
}

}  // namespace loadstone::python
