// The module contextlib.

#include <utility>

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/builtins/tables.h"
#include "custom_ops/python_source/runtime/generator.h"

namespace loadstone::python {
namespace {

using Args = absl::Span<const Value>;

// What a context manager keeps: a generator, a result to enter, or classes to suppress.
struct ContextObject : InstanceObject {
  static constexpr NativeType kType = {};
  ContextObject(ClassObject* cls, Value of) : InstanceObject(cls, &kType), kept(std::move(of)) {}
  void Clear() override {
    InstanceObject::Clear();
    kept = Value();
  }
  Value kept;
};

const Value& Kept(const Value& context) { return AsNative<ContextObject>(context)->kept; }

Value EnterGenerator(Evaluator& evaluator, Args args) {
  Value item = evaluator.Next(Kept(args[0]));
  return item || evaluator.failed() ? item : evaluator.Raise("RuntimeError", "generator didn't yield");
}

Value ExitGenerator(Evaluator& evaluator, Args args) {
  const Value held = Kept(args[0]);
  auto* generator = dynamic_cast<GeneratorObject*>(held.object());
  if (args[2].is_none()) {
    if (evaluator.Next(held)) return evaluator.Raise("RuntimeError", "generator didn't stop");
    return evaluator.failed() ? Value() : Value::Bool(false);
  }
  const Value raised = args[2];
  if (generator == nullptr) return evaluator.Refuse("a context manager of what is no generator");
  if (generator->Throw(evaluator, raised))
    return evaluator.Raise("RuntimeError", "generator didn't stop after throw()");
  if (!evaluator.failed()) return Value::Bool(true);
  if (!evaluator.Raised("BaseException")) return Value();
  const Value now = evaluator.TakeException();
  // The same one: it goes on by itself.
  return now.Is(raised) ? Value::Bool(false) : evaluator.RaiseObject(now);
}

constexpr NativeEntry kGeneratorMethods[] = {
    {"__enter__", "self, /", EnterGenerator},
    {"__exit__", "self, cls, error, traceback, /", ExitGenerator},
};

ClassObject* Hidden(Evaluator& evaluator, const char* name) {
  return evaluator.world().FindModule("contextlib")->names.FindName(evaluator.Intern(name))->As<ClassObject>();
}

// What a function decorated by contextmanager does when it is called.
class ContextFunction : public BuiltinObject {
 public:
  ContextFunction(std::string name, Value function)
      : BuiltinObject(std::move(name), Binds::kYes), function_(std::move(function)) {}
  Value Call(Evaluator& evaluator, Args args, absl::Span<StrObject* const> keywords) override {
    const Value generator = evaluator.Call(function_, args, keywords);
    if (!generator) return Value();
    if (!generator.is(Kind::kIterator)) return evaluator.Refuse("contextmanager of what is no generator function");
    return Value(evaluator.heap().New<ContextObject>(Hidden(evaluator, " generator"), generator));
  }

 protected:
  void Clear() override { function_ = Value(); }

 private:
  Value function_;
};

Value MakeNull(Evaluator& evaluator, ClassObject* cls, Args args, absl::Span<StrObject* const> keywords) {
  if (args.size() > 1) return evaluator.Raise("TypeError", "nullcontext() takes at most 1 argument");
  return Value(evaluator.heap().New<ContextObject>(cls, args.empty() ? Value::None() : args[0]));
}

Value MakeSuppress(Evaluator& evaluator, ClassObject* cls, Args args, absl::Span<StrObject* const> keywords) {
  return Value(evaluator.heap().New<ContextObject>(
      cls, Value(evaluator.heap().New<TupleObject>(std::vector<Value>(args.begin(), args.end())))));
}

constexpr NativeEntry kNullMethods[] = {
    {"__enter__", "self, /", [](Evaluator& e, Args args) { return Kept(args[0]); }},
    {"__exit__", "self, cls, error, traceback, /", [](Evaluator& e, Args args) { return Value::None(); }},
};
constexpr NativeEntry kSuppressMethods[] = {
    {"__enter__", "self, /", [](Evaluator& e, Args args) { return Value::None(); }},
    {"__exit__", "self, cls, error, traceback, /",
     [](Evaluator& e, Args args) {
       if (args[1].is_none()) return Value::Bool(false);
       const int caught = e.IsSubclass(args[1], Kept(args[0]));
       return caught < 0 ? Value() : Value::Bool(caught == 1);
     }},
};

constexpr NativeEntry kFunctions[] = {
    {"contextmanager", "func",
     [](Evaluator& e, Args args) {
       const auto* function = args[0].As<FunctionObject>();
       if (function == nullptr) return e.Refuse("contextmanager of what is no function of the source");
       return Value(e.heap().New<ContextFunction>(function->code->name, args[0]));
     }},
};

}  // namespace

void InstallContextlib(World& world) {
  ModuleObject* module = NewModule(world, "contextlib");
  AddFunctions(world, module, kFunctions);
  const auto define = [&](const char* name, const char* bound, ClassObject::Make make,
                          absl::Span<const NativeEntry> methods) {
    ClassObject* cls = world.NewClass("contextlib", name);
    cls->derivable = false;
    cls->make = make;
    AddMethods(world, cls, methods);
    SetName(world, module, bound, Value(cls));
  };
  define("nullcontext", "nullcontext", MakeNull, kNullMethods);
  define("suppress", "suppress", MakeSuppress, kSuppressMethods);
  define("_GeneratorContextManager", " generator", nullptr, kGeneratorMethods);
  for (const char* name : {"ExitStack", "closing", "redirect_stderr", "redirect_stdout"}) {
    SetName(world, module, name, RefusedFunction(world.heap(), absl::StrCat("contextlib.", name)));
  }
}

}  // namespace loadstone::python
