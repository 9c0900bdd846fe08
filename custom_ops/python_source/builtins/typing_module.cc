// The module typing: names that annotations use, never evaluated further.

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

// Optional[int], TypeVar("T"), ...: all alike.
struct FormObject : InstanceObject {
  static constexpr NativeType kType = {};
  explicit FormObject(ClassObject* cls) : InstanceObject(cls, &kType) {}
};

Value NewForm(Evaluator& evaluator) {
  auto* cls = evaluator.world().FindModule("typing")->names.FindName(evaluator.Intern(" form"))->As<ClassObject>();
  return Value(evaluator.heap().New<FormObject>(cls));
}

constexpr NativeEntry kFormMethods[] = {
    {"__getitem__", "self, index, /", [](Evaluator& e, Args args) { return NewForm(e); }},
    {"__or__", "self, other, /", [](Evaluator& e, Args args) { return NewForm(e); }},
    {"__ror__", "self, other, /", [](Evaluator& e, Args args) { return NewForm(e); }},
    {"__call__", "self, /, *args, **kwargs",
     [](Evaluator& e, Args args) { return e.Refuse("a call of a type of typing"); }},
    {"__eq__", "self, other, /", [](Evaluator& e, Args args) { return e.Refuse("comparison of types of typing"); }},
};

constexpr NativeEntry kSubscript = {"__class_getitem__", "cls, index, /",
                                    [](Evaluator& e, Args args) { return args[0]; }};
// list[int] at run time.
constexpr NativeEntry kAlias = {"__class_getitem__", "cls, index, /",
                                [](Evaluator& e, Args args) { return NewForm(e); }};

Value Identity(Evaluator& evaluator, Args args) { return args[0]; }

constexpr NativeEntry kFunctions[] = {
    {"TypeVar", "name, /, *constraints, **kwargs", [](Evaluator& e, Args args) { return NewForm(e); }},
    {"ParamSpec", "name, /, **kwargs", [](Evaluator& e, Args args) { return NewForm(e); }},
    {"cast", "typ, val", [](Evaluator& e, Args args) { return args[1]; }},
    {"overload", "func", Identity},
    {"final", "f", Identity},
    {"no_type_check", "arg", Identity},
    {"runtime_checkable", "cls", Identity},
};

constexpr const char* kForms[] = {"AbstractSet", "Annotated",      "Any",
                                  "AnyStr",      "AsyncIterator",  "Awaitable",
                                  "BinaryIO",    "ContextManager", "ItemsView",
                                  "KeysView",    "Match",          "NotRequired",
                                  "Reversible",  "SupportsAbs",    "SupportsIndex",
                                  "TextIO",      "Callable",       "ClassVar",
                                  "Collection",  "Concatenate",    "Container",
                                  "Coroutine",   "Counter",        "DefaultDict",
                                  "Deque",       "Dict",           "Final",
                                  "FrozenSet",   "Generator",      "Hashable",
                                  "IO",          "Iterable",       "Iterator",
                                  "List",        "Literal",        "LiteralString",
                                  "Mapping",     "MutableMapping", "MutableSequence",
                                  "MutableSet",  "Never",          "NoReturn",
                                  "Optional",    "OrderedDict",    "Pattern",
                                  "Required",    "Self",           "Sequence",
                                  "Set",         "Sized",          "SupportsFloat",
                                  "SupportsInt", "Text",           "Tuple",
                                  "Type",        "TypeAlias",      "TypeGuard",
                                  "Union",       "Unpack",         "ValuesView"};

}  // namespace

void InstallTyping(World& world) {
  ModuleObject* module = NewModule(world, "typing");
  ClassObject* form = world.NewClass("typing", "_Form");
  form->derivable = false;
  AddMethods(world, form, kFormMethods);
  SetName(world, module, " form", Value(form));
  for (const char* name : kForms) SetName(world, module, name, Value(world.heap().New<FormObject>(form)));
  // What isinstance() may be asked with.
  const auto stands_for = [&](const char* name, const Value& cls) {
    auto* made = module->names.FindName(world.heap().Intern(name))->As<InstanceObject>();
    made->attributes.SetName(world.heap().Intern("__origin__"), cls);
  };
  ModuleObject* abstract = world.FindModule("collections.abc");
  for (const char* name : {"Callable", "Container", "Hashable", "Iterable", "Iterator", "Mapping", "MutableMapping",
                           "MutableSequence", "Sequence", "Sized"}) {
    stands_for(name, *abstract->names.FindName(world.heap().Intern(name)));
  }
  stands_for("Dict", Value(world.ClassOf(Kind::kDict)));
  stands_for("List", Value(world.ClassOf(Kind::kList)));
  stands_for("Set", Value(world.ClassOf(Kind::kSet)));
  stands_for("Tuple", Value(world.ClassOf(Kind::kTuple)));
  stands_for("Type", Value(world.ClassOf(Kind::kClass)));
  AddFunctions(world, module, kFunctions);
  SetName(world, module, "TYPE_CHECKING", Value::Bool(false));
  const auto subscript = [&](ClassObject* cls, const NativeEntry& entry) {
    cls->attributes.SetName(world.heap().Intern(entry.name),
                            Value(world.heap().New<ClassMethodObject>(NewFunction(world.heap(), entry))));
  };
  for (const char* name : {"Generic", "Protocol"}) {
    ClassObject* cls = world.NewClass("typing", name);
    subscript(cls, kSubscript);
    SetName(world, module, name, Value(cls));
  }
  for (const Kind kind : {Kind::kList, Kind::kTuple, Kind::kDict, Kind::kSet, Kind::kClass}) {
    subscript(world.ClassOf(kind), kAlias);
  }
  subscript(world.FindBuiltinClass("frozenset"), kAlias);
  for (const char* name : {"NewType", "TypedDict", "get_args", "get_origin", "get_type_hints"}) {
    SetName(world, module, name, RefusedFunction(world.heap(), absl::StrCat("typing.", name)));
  }
  ModuleObject* extensions = NewModule(world, "typing_extensions");
  for (const Table::Entry& entry : module->names.entries()) {
    if (entry.key) extensions->names.SetName(entry.key.As<StrObject>(), entry.value);
  }
}

}  // namespace loadstone::python
