#include "custom_ops/python_source/runtime/evaluator.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace loadstone::python {
namespace {

constexpr int kStackValues = 1 << 16;

// Each after its base.
constexpr const char* kExceptions[][2] = {
    {"BaseException", "object"},
    {"Exception", "BaseException"},
    {"ArithmeticError", "Exception"},
    {"OverflowError", "ArithmeticError"},
    {"ZeroDivisionError", "ArithmeticError"},
    {"AssertionError", "Exception"},
    {"AttributeError", "Exception"},
    {"ImportError", "Exception"},
    {"LookupError", "Exception"},
    {"IndexError", "LookupError"},
    {"KeyError", "LookupError"},
    {"NameError", "Exception"},
    {"UnboundLocalError", "NameError"},
    {"RuntimeError", "Exception"},
    {"NotImplementedError", "RuntimeError"},
    {"StopIteration", "Exception"},
    {"TypeError", "Exception"},
    {"ValueError", "Exception"},
};

}  // namespace

Evaluator::Evaluator(Heap& heap, Limits limits)
    : heap_(heap),
      limits_(limits),
      stack_(std::make_unique<Value[]>(kStackValues)),
      stack_free_(stack_.get()),
      stack_end_(stack_.get() + kStackValues),
      builtins_(heap.New<ModuleObject>("builtins")),
      builtins_value_(builtins_) {
  for (const char* name : {"object",
                           "int",
                           "float",
                           "bool",
                           "str",
                           "list",
                           "tuple",
                           "dict",
                           "set",
                           "slice",
                           "range",
                           "function",
                           "type",
                           "module",
                           "NoneType",
                           "ellipsis",
                           "builtin_function_or_method",
                           "method",
                           "generator",
                           "cell",
                           "NotImplementedType"}) {
    auto* cls = heap_.New<ClassObject>(name);
    cls->module_name = "builtins";
    cls->mro = {cls};
    AddBuiltin(name, Value(cls));
    if (absl::string_view(name) != "object") {
      if (absl::string_view(name) == "bool") cls->mro.push_back(FindBuiltinClass("int"));
      cls->mro.push_back(FindBuiltinClass("object"));
    }
  }
  DefineExceptions();
}

Evaluator::~Evaluator() = default;

void Evaluator::DefineExceptions() {
  for (const auto& [name, base_name] : kExceptions) {
    auto* cls = heap_.New<ClassObject>(name);
    ClassObject* base = FindBuiltinClass(base_name);
    cls->module_name = "builtins";
    cls->bases = {Value(base)};
    cls->mro = {cls};
    cls->mro.insert(cls->mro.end(), base->mro.begin(), base->mro.end());
    cls->is_exception = true;
    AddBuiltin(name, Value(cls));
  }
}

void Evaluator::AddBuiltin(absl::string_view name, Value value) {
  builtins_->names.SetName(heap_.Intern(name), std::move(value));
}

ClassObject* Evaluator::FindBuiltinClass(absl::string_view name) {
  const Value* found = builtins_->names.FindName(heap_.Intern(name));
  return found == nullptr ? nullptr : found->As<ClassObject>();
}

Value* Evaluator::TakeStack(int count) {
  if (stack_end_ - stack_free_ < count || depth_ >= limits_.depth) {
    Exceed(absl::StrCat("calls nested deeper than ", depth_));
    return nullptr;
  }
  ++depth_;
  Value* taken = stack_free_;
  stack_free_ += count;
  return taken;
}

void Evaluator::GiveBack(Value* from, int count) {
  for (int i = count - 1; i >= 0; --i) from[i] = Value();
  stack_free_ = from;
  --depth_;
}

Value Evaluator::Raise(absl::string_view exception_class, std::string message) {
  ClassObject* cls = FindBuiltinClass(exception_class);
  auto* exception = heap_.New<InstanceObject>(cls);
  exception->args = Value(heap_.New<TupleObject>(std::vector<Value>{Value(heap_.New<StrObject>(std::move(message)))}));
  return RaiseObject(Value(exception));
}

Value Evaluator::RaiseObject(Value exception) {
  exception_ = std::move(exception);
  trace_.clear();
  return Value();
}

Value Evaluator::Refuse(absl::string_view what) {
  exception_ = Value();
  trace_.clear();
  fatal_ = absl::UnimplementedError(absl::StrCat("unsupported: ", what));
  return Value();
}

Value Evaluator::Exceed(absl::string_view what) {
  exception_ = Value();
  trace_.clear();
  fatal_ = absl::ResourceExhaustedError(absl::StrCat(what, ": past this program's limit"));
  return Value();
}

bool Evaluator::Allow(int64_t items) {
  if (items <= limits_.items && heap_.bytes() <= limits_.bytes) return true;
  Exceed(absl::StrCat(items, " items"));
  return false;
}

std::string Evaluator::ExceptionClass() const {
  return exception_ ? static_cast<InstanceObject*>(exception_.object())->cls->name : "";
}

absl::Status Evaluator::TakeError() {
  absl::Status status = std::exchange(fatal_, absl::OkStatus());
  const Value exception = std::exchange(exception_, Value());
  std::string trace = std::exchange(trace_, "");
  std::string message(status.message());
  if (exception) {
    auto* instance = static_cast<InstanceObject*>(exception.object());
    message = instance->cls->name;
    const auto* args = instance->args.As<TupleObject>();
    if (args != nullptr && args->items.size() == 1) {
      const Value text = Str(args->items[0]);
      if (text) absl::StrAppend(&message, ": ", text.As<StrObject>()->text());
    }
    exception_ = Value();
    fatal_ = absl::OkStatus();
    status = absl::InvalidArgumentError("");
  }
  return absl::Status(status.code(), absl::StrCat(message, trace));
}

void Evaluator::Trace(const Running& frame) {
  // The innermost place with its line, then one line for each caller.
  if (trace_.size() > 4096) return;
  const CodePosition position = frame.code->positions[frame.at];
  if (trace_.empty()) {
    absl::StrAppend(
        &trace_, "\n",
        frame.code->file->Describe(position.line, position.column, absl::StrCat("in ", frame.code->qualname)));
  } else {
    absl::StrAppend(&trace_, "\n", frame.code->file->Place(position.line, position.column), ": called by ",
                    frame.code->qualname);
  }
}

Value Evaluator::RunModule(const std::shared_ptr<const Code>& code, ModuleObject* module) {
  const int count = code->slots + code->stack;
  Value* slots = TakeStack(count);
  if (slots == nullptr) return Value();
  Running frame{code.get(), nullptr, module, nullptr, slots, slots + code->slots};
  Value result = Run(frame);
  GiveBack(slots, count);
  return result;
}

Value Evaluator::LoadGlobal(ModuleObject* module, StrObject* name) {
  if (const Value* found = module->names.FindName(name)) return *found;
  if (const Value* found = builtins_->names.FindName(name)) return *found;
  return Raise("NameError", absl::StrCat("name '", name->text(), "' is not defined"));
}

Value Evaluator::Text(std::string text) {
  if (!Allow(static_cast<int64_t>(text.size()))) return Value();
  return Value(heap_.New<StrObject>(std::move(text)));
}

ClassObject* Evaluator::ClassOf(const Value& value) const {
  if (const auto* instance = value.As<InstanceObject>()) return instance->cls;
  const Value* found = builtins_->names.FindName(heap_.Intern(TypeName(value)));
  return found == nullptr ? nullptr : found->As<ClassObject>();
}

std::string Evaluator::TypeName(const Value& value) const {
  switch (value.tag()) {
    case Value::Tag::kEmpty:
    case Value::Tag::kNone:
      return "NoneType";
    case Value::Tag::kEllipsis:
      return "ellipsis";
    case Value::Tag::kNotImplemented:
      return "NotImplementedType";
    case Value::Tag::kBool:
      return "bool";
    case Value::Tag::kInt:
      return "int";
    case Value::Tag::kFloat:
      return "float";
    case Value::Tag::kObject:
      break;
  }
  static constexpr const char* kNames[] = {
      "str",    "tuple", "list", "dict",   "set",       "slice", "range", "function", "builtin_function_or_method",
      "method", "type",  "",     "module", "generator", "cell"};
  if (const auto* instance = value.As<InstanceObject>()) return instance->cls->name;
  return kNames[static_cast<size_t>(value.object()->kind())];
}

}  // namespace loadstone::python
