// The modules collections and collections.abc.

#include <utility>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

DictObject* Dict(const Value& value) { return value.As<DictObject>(); }

Value MakeOrderedDict(Evaluator& evaluator, ClassObject* cls, Args args, absl::Span<StrObject* const> keywords) {
  Value made = evaluator.world().ClassOf(Kind::kDict)->make(evaluator, cls, args, keywords);
  if (made) made.object()->set_class(cls);
  return made;
}

Value Pairs(Evaluator& evaluator, const Value& dict) {
  std::vector<Value> pairs;
  for (const Table::Entry& entry : Dict(dict)->table.entries()) {
    if (entry.key) {
      pairs.emplace_back(evaluator.heap().New<TupleObject>(std::vector<Value>{entry.key, entry.value}));
    }
  }
  return Value(evaluator.heap().New<ListObject>(std::move(pairs)));
}

Value OrderedRepr(Evaluator& evaluator, Args args) {
  if (Dict(args[0])->table.size() == 0) return evaluator.Text("OrderedDict()");
  const Value shown = evaluator.Repr(Pairs(evaluator, args[0]));
  return shown ? evaluator.Text(absl::StrCat("OrderedDict(", shown.As<StrObject>()->text(), ")")) : Value();
}

Value OrderedEqual(Evaluator& evaluator, Args args) {
  const Value& other = args[1];
  if (!other.is(Kind::kDict)) return Value::NotImplemented();
  // Two ordered ones compare their order as well.
  if (other.object()->own_class() == args[0].object()->own_class()) {
    const int equal = evaluator.Equal(Pairs(evaluator, args[0]), Pairs(evaluator, other));
    return equal < 0 ? Value() : Value::Bool(equal == 1);
  }
  return Value::NotImplemented();
}

Value MoveToEnd(Evaluator& evaluator, Args args) {
  const int last = args[2] ? evaluator.Truth(args[2]) : 1;
  const Value found = evaluator.DictGet(Dict(args[0]), args[1]);
  if (last < 0 || evaluator.failed()) return Value();
  if (!found) return evaluator.RaiseKey(args[1]);
  if (last == 0) return evaluator.Refuse("move_to_end(last=False)");
  if (!evaluator.DeleteItem(args[0], args[1])) return Value();
  return NoneIf(evaluator.DictSet(Dict(args[0]), args[1], found));
}

Value PopItem(Evaluator& evaluator, Args args) {
  const int last = args[1] ? evaluator.Truth(args[1]) : 1;
  if (last < 0) return Value();
  const Value pairs = Pairs(evaluator, args[0]);
  const auto& items = pairs.As<ListObject>()->items;
  if (items.empty()) return evaluator.RaiseKey(evaluator.Text("dictionary is empty"));
  Value pair = last == 1 ? items.back() : items.front();
  return evaluator.DeleteItem(args[0], pair.As<TupleObject>()->items[0]) ? pair : Value();
}

constexpr NativeEntry kOrderedMethods[] = {
    {"__repr__", "self, /", OrderedRepr},
    {"__eq__", "self, other, /", OrderedEqual},
    {"move_to_end", "self, key, last=", MoveToEnd},
    {"popitem", "self, last=", PopItem},
};

// The factory is kept under a name that no source can write, in the class's own table of the dict.
Value MakeDefaultDict(Evaluator& evaluator, ClassObject* cls, Args args, absl::Span<StrObject* const> keywords) {
  const bool given = args.size() > keywords.size();
  Value factory = given ? args[0] : Value::None();
  Value made = evaluator.world().ClassOf(Kind::kDict)->make(evaluator, cls, args.subspan(given ? 1 : 0), keywords);
  if (!made) return Value();
  made.object()->set_class(cls);
  Dict(made)->factory = std::move(factory);
  return made;
}

Value Missing(Evaluator& evaluator, Args args) {
  const Value factory = Dict(args[0])->factory;
  if (factory.is_none()) return evaluator.RaiseKey(args[1]);
  Value made = evaluator.Call(factory, {});
  return made && evaluator.DictSet(Dict(args[0]), args[1], made) ? made : Value();
}

constexpr NativeEntry kDefaultMethods[] = {
    {"__missing__", "self, key, /", Missing},
    {"__repr__", "self, /",
     [](Evaluator& evaluator, Args args) { return evaluator.Refuse("repr() of a defaultdict"); }},
    {"copy", "self, /", [](Evaluator& evaluator, Args args) { return evaluator.Refuse("copy() of a defaultdict"); }},
};
constexpr NativeEntry kDefaultAttributes[] = {
    {"default_factory", "self", [](Evaluator& evaluator, Args args) { return Dict(args[0])->factory; }},
};

bool HasMethod(const ClassObject* cls, absl::string_view name) {
  for (const ClassObject* base : cls->mro) {
    for (const Table::Entry& entry : base->attributes.entries()) {
      if (entry.key && entry.key.As<StrObject>()->text() == name) return !entry.value.is_none();
    }
  }
  return false;
}

bool IsOneOf(const ClassObject* cls, std::initializer_list<absl::string_view> names) {
  for (const ClassObject* base : cls->mro) {
    for (absl::string_view name : names) {
      if (base->native && base->module_name == "builtins" && base->name == name) return true;
    }
  }
  return false;
}

struct Abstract {
  const char* name;
  bool (*includes)(const ClassObject* cls);
};

constexpr Abstract kAbstracts[] = {
    {"Sequence",
     [](const ClassObject* cls) {
       return IsOneOf(cls, {"list", "tuple", "str", "range", "bytes"});
     }},
    {"MutableSequence", [](const ClassObject* cls) { return IsOneOf(cls, {"list"}) || cls->name == "deque"; }},
    {"Mapping", [](const ClassObject* cls) { return IsOneOf(cls, {"dict"}); }},
    {"MutableMapping", [](const ClassObject* cls) { return IsOneOf(cls, {"dict"}); }},
    {"Set",
     [](const ClassObject* cls) {
       return IsOneOf(cls, {"set", "frozenset", "dict_keys", "dict_items"});
     }},
    {"MutableSet", [](const ClassObject* cls) { return IsOneOf(cls, {"set"}); }},
    {"Iterable",
     [](const ClassObject* cls) {
       return IsOneOf(cls, {"list", "tuple", "str", "dict", "set", "frozenset", "range", "generator"}) ||
              HasMethod(cls, "__iter__");
     }},
    {"Iterator",
     [](const ClassObject* cls) {
       return IsOneOf(cls, {"generator"}) || (HasMethod(cls, "__iter__") && HasMethod(cls, "__next__"));
     }},
    {"Sized",
     [](const ClassObject* cls) {
       return IsOneOf(cls, {"list", "tuple", "str", "dict", "set", "frozenset", "range"}) || HasMethod(cls, "__len__");
     }},
    {"Container",
     [](const ClassObject* cls) {
       return IsOneOf(cls, {"list", "tuple", "str", "dict", "set", "frozenset", "range"}) ||
              HasMethod(cls, "__contains__");
     }},
    {"Callable",
     [](const ClassObject* cls) {
       return IsOneOf(cls, {"function", "builtin_function_or_method", "method", "type"}) || HasMethod(cls, "__call__");
     }},
    {"Hashable",
     [](const ClassObject* cls) {
       if (IsOneOf(cls, {"list", "dict", "set", "slice", "bytearray"})) return false;
       for (const ClassObject* base : cls->mro) {
         for (const Table::Entry& entry : base->attributes.entries()) {
           if (entry.key && entry.key.As<StrObject>()->text() == "__hash__") return !entry.value.is_none();
         }
       }
       return true;
     }},
};

}  // namespace

void InstallCollections(World& world) {
  ModuleObject* module = NewModule(world, "collections");
  ClassObject* dict = world.ClassOf(Kind::kDict);
  ClassObject* ordered = world.NewClass("collections", "OrderedDict", {dict});
  ordered->make = MakeOrderedDict;
  ordered->derivable = false;
  AddMethods(world, ordered, kOrderedMethods);
  SetName(world, module, "OrderedDict", Value(ordered));
  ClassObject* defaults = world.NewClass("collections", "defaultdict", {dict});
  defaults->make = MakeDefaultDict;
  defaults->derivable = false;
  AddMethods(world, defaults, kDefaultMethods);
  AddProperties(world, defaults, kDefaultAttributes);
  SetName(world, module, "defaultdict", Value(defaults));
  for (const char* name : {"ChainMap", "Counter", "UserDict", "UserList", "UserString"}) {
    SetName(world, module, name, RefusedFunction(world.heap(), absl::StrCat("collections.", name)));
  }
  ModuleObject* abstract = NewModule(world, "collections.abc");
  SetName(world, module, "abc", Value(abstract));
  for (const Abstract& entry : kAbstracts) {
    ClassObject* cls = world.NewClass("collections.abc", entry.name);
    cls->includes = entry.includes;
    cls->make = nullptr;
    SetName(world, abstract, entry.name, Value(cls));
  }
  for (const char* name : {"Awaitable", "Coroutine", "AsyncIterable", "AsyncIterator", "ByteString", "Collection",
                           "Generator", "ItemsView", "KeysView", "MappingView", "Reversible", "ValuesView"}) {
    SetName(world, abstract, name, RefusedFunction(world.heap(), absl::StrCat("collections.abc.", name)));
  }
}

}  // namespace loadstone::python
