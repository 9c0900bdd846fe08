// The module functools. What only remembers results is the identity.

#include <utility>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

struct PartialObject : InstanceObject {
  static constexpr NativeType kType = {};
  PartialObject(ClassObject* cls, Value called, std::vector<Value> given, Value named)
      : InstanceObject(cls, &kType), function(std::move(called)), args(std::move(given)), keywords(std::move(named)) {}
  void Clear() override {
    InstanceObject::Clear();
    function = keywords = Value();
    args.clear();
  }
  Value function;
  std::vector<Value> args;
  Value keywords;  // a dict
};

ClassObject* PartialClass(Evaluator& evaluator) {
  return evaluator.world().FindModule("functools")->names.FindName(evaluator.Intern("partial"))->As<ClassObject>();
}

Value MakePartial(Evaluator& evaluator, ClassObject* cls, Args args, absl::Span<StrObject* const> keywords) {
  const size_t positional = args.size() - keywords.size();
  if (positional == 0) return evaluator.Raise("TypeError", "type 'partial' takes at least one argument");
  const Value named(evaluator.heap().New<DictObject>());
  Value function = args[0];
  std::vector<Value> given;
  // A partial of a partial is one partial.
  if (const auto* inner = AsNative<PartialObject>(function); inner != nullptr) {
    given = inner->args;
    if (!evaluator.DictUpdate(named, inner->keywords)) return Value();
    function = Value(inner->function);
  }
  given.insert(given.end(), args.begin() + 1, args.begin() + positional);
  for (size_t i = 0; i < keywords.size(); ++i) {
    if (!evaluator.DictSet(named.As<DictObject>(), Value(keywords[i]), args[positional + i])) return Value();
  }
  return Value(evaluator.heap().New<PartialObject>(cls, function, std::move(given), named));
}

Value CallPartial(Evaluator& evaluator, Args args) {
  const auto* partial = AsNative<PartialObject>(args[0]);
  const Value held = args[0];
  std::vector<Value> all = partial->args;
  const auto& given = args[1].As<TupleObject>()->items;
  all.insert(all.end(), given.begin(), given.end());
  const Value named(evaluator.heap().New<DictObject>());
  if (!evaluator.DictUpdate(named, partial->keywords) || !evaluator.DictUpdate(named, args[2])) return Value();
  std::vector<StrObject*> keywords;
  for (const Table::Entry& entry : named.As<DictObject>()->table.entries()) {
    keywords.push_back(evaluator.Intern(entry.key.As<StrObject>()->text()));
    all.push_back(entry.value);
  }
  return evaluator.Call(partial->function, all, keywords);
}

constexpr NativeEntry kPartialMethods[] = {{"__call__", "self, /, *args, **kwargs", CallPartial}};
constexpr NativeEntry kPartialAttributes[] = {
    {"func", "self", [](Evaluator& e, Args args) { return AsNative<PartialObject>(args[0])->function; }},
    {"args", "self",
     [](Evaluator& e, Args args) { return Value(e.heap().New<TupleObject>(AsNative<PartialObject>(args[0])->args)); }},
    {"keywords", "self", [](Evaluator& e, Args args) { return AsNative<PartialObject>(args[0])->keywords; }},
};

Value Reduce(Evaluator& evaluator, Args args) {
  const Value iterator = evaluator.Iterate(args[1]);
  if (!iterator) return Value();
  Value total = args[2] ? args[2] : evaluator.Next(iterator);
  if (evaluator.failed()) return Value();
  if (!total) return evaluator.Raise("TypeError", "reduce() of empty iterable with no initial value");
  while (const Value item = evaluator.Next(iterator)) {
    const Value pair[] = {total, item};
    total = evaluator.Call(args[0], pair);
    if (!total) return Value();
  }
  return evaluator.failed() ? Value() : total;
}

// What a decorator made by wraps(wrapped) does.
Value CopyNames(Evaluator& evaluator, Args args) {
  auto* wrapper = args[1].As<FunctionObject>();
  if (wrapper == nullptr) return evaluator.Refuse("functools.wraps on what is no function of the source");
  for (const Special name : {Special::kName, Special::kQualName, Special::kModule}) {
    StrObject* attribute = evaluator.world().name(name);
    const Value value = evaluator.FindAttribute(args[0], attribute);
    if (evaluator.failed()) return Value();
    if (value) wrapper->attributes.SetName(attribute, value);
  }
  if (const auto* wrapped = args[0].As<FunctionObject>()) {
    for (const Table::Entry& entry : wrapped->attributes.entries()) {
      if (entry.key) wrapper->attributes.SetName(evaluator.Intern(entry.key.As<StrObject>()->text()), entry.value);
    }
  }
  wrapper->attributes.SetName(evaluator.Intern("__wrapped__"), args[0]);
  return args[1];
}

constexpr NativeEntry kCopyNames = {"wraps", "wrapped, wrapper, /", CopyNames};
constexpr NativeEntry kIdentity = {"decorator", "function, /", [](Evaluator& e, Args args) { return args[0]; }};

Value Wraps(Evaluator& evaluator, Args args) {
  const Value named(evaluator.heap().New<DictObject>());
  return NewPartial(evaluator, NewFunction(evaluator.heap(), kCopyNames), {args[0]}, named);
}

// Functions of models depend on their arguments alone, so remembering what they gave changes nothing.
Value LruCache(Evaluator& evaluator, Args args) {
  const bool bare = args[0] && !args[0].is_none() && !args[0].is_number();
  return bare ? args[0] : NewFunction(evaluator.heap(), kIdentity);
}

// cmp_to_key(f): objects that compare by f.
struct KeyObject : InstanceObject {
  static constexpr NativeType kType = {};
  KeyObject(ClassObject* cls, Value of, Value by)
      : InstanceObject(cls, &kType), value(std::move(of)), compare(std::move(by)) {}
  void Clear() override {
    InstanceObject::Clear();
    value = compare = Value();
  }
  Value value, compare;
};

Value KeyLess(Evaluator& evaluator, Args args) {
  const auto* left = AsNative<KeyObject>(args[0]);
  const auto* right = AsNative<KeyObject>(args[1]);
  if (right == nullptr) return Value::NotImplemented();
  const Value pair[] = {left->value, right->value};
  const Value order = evaluator.Call(left->compare, pair);
  return order ? evaluator.Compare(Operator::kLess, order, Value::Int(0)) : Value();
}

constexpr NativeEntry kKeyMethods[] = {{"__lt__", "self, other, /", KeyLess}};

constexpr NativeEntry kMakeKey = {
    "key", "compare, value, /", [](Evaluator& e, Args args) {
      auto* cls = e.world().FindModule("functools")->names.FindName(e.Intern(" key"))->As<ClassObject>();
      return Value(e.heap().New<KeyObject>(cls, args[1], args[0]));
    }};

constexpr NativeEntry kFunctions[] = {
    {"reduce", "function, iterable, initial=, /", Reduce},
    {"wraps", "wrapped, assigned=, updated=",
     [](Evaluator& e, Args args) {
       return args[1] || args[2] ? e.Refuse("wraps() with lists of names") : Wraps(e, args);
     }},
    {"update_wrapper", "wrapper, wrapped, /",
     [](Evaluator& e, Args args) {
       const Value pair[] = {args[1], args[0]};
       return CopyNames(e, pair);
     }},
    {"lru_cache", "maxsize=, typed=", LruCache},
    {"cache", "function, /", [](Evaluator& e, Args args) { return args[0]; }},
    {"cmp_to_key", "mycmp",
     [](Evaluator& e, Args args) {
       return NewPartial(e, NewFunction(e.heap(), kMakeKey), {args[0]}, Value(e.heap().New<DictObject>()));
     }},
};

}  // namespace

Value NewPartial(Evaluator& evaluator, const Value& function, std::vector<Value> args, const Value& keywords) {
  return Value(evaluator.heap().New<PartialObject>(PartialClass(evaluator), function, std::move(args), keywords));
}

void InstallFunctools(World& world) {
  ModuleObject* module = NewModule(world, "functools");
  ClassObject* partial = world.NewClass("functools", "partial");
  partial->make = MakePartial;
  partial->derivable = false;
  AddMethods(world, partial, kPartialMethods);
  AddProperties(world, partial, kPartialAttributes);
  SetName(world, module, "partial", Value(partial));
  ClassObject* key = world.NewClass("functools", "KeyWrapper");
  key->derivable = false;
  AddMethods(world, key, kKeyMethods);
  SetName(world, module, " key", Value(key));
  AddFunctions(world, module, kFunctions);
  for (const char* name :
       {"cached_property", "partialmethod", "singledispatch", "singledispatchmethod", "total_ordering"}) {
    SetName(world, module, name, RefusedFunction(world.heap(), absl::StrCat("functools.", name)));
  }
}

}  // namespace loadstone::python
