#include "custom_ops/python_source/runtime/evaluator.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"

namespace loadstone::python {
namespace {

constexpr int kStackValues = 1 << 14;

}  // namespace

Evaluator::Evaluator(World& world, Heap& heap, Limits limits)
    : world_(world),
      heap_(heap),
      limits_(limits),
      stack_(new std::byte[kStackValues * sizeof(Value)]),
      stack_free_(reinterpret_cast<Value*>(stack_.get())),
      stack_end_(stack_free_ + kStackValues) {}

Evaluator::~Evaluator() = default;

StrObject* Evaluator::Intern(absl::string_view text) {
  if (&heap_ == &world_.heap()) return heap_.Intern(text);
  StrObject* found = world_.heap().FindInterned(text);
  return found != nullptr ? found : heap_.Intern(text);
}

Value* Evaluator::TakeStack(int count) {
  if (stack_end_ - stack_free_ < count || depth_ >= limits_.depth) {
    Exceed(absl::StrCat("calls nested deeper than ", depth_));
    return nullptr;
  }
  ++depth_;
  Value* taken = stack_free_;
  stack_free_ += count;
  std::uninitialized_default_construct(taken, stack_free_);
  return taken;
}

void Evaluator::GiveBack(Value* from, int count) {
  for (int i = count - 1; i >= 0; --i) std::destroy_at(from + i);
  stack_free_ = from;
  --depth_;
}

Value Evaluator::Raise(absl::string_view exception_class, std::string message) {
  ClassObject* cls = world_.FindBuiltinClass(exception_class);
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
  return Fail(absl::UnimplementedError(absl::StrCat("unsupported: ", what)));
}

Value Evaluator::Fail(absl::Status status) {
  exception_ = Value();
  trace_.clear();
  fatal_ = std::move(status);
  return Value();
}

Value Evaluator::Exceed(absl::string_view what) {
  return Fail(absl::ResourceExhaustedError(absl::StrCat(what, ": past this program's limit")));
}

bool Evaluator::Allow(int64_t items) {
  if (items <= limits_.items && heap_.bytes() <= limits_.bytes - items) return true;
  Exceed(absl::StrCat(items, " items"));
  return false;
}

bool Evaluator::ExceedBytes() {
  Exceed(absl::StrCat(heap_.bytes(), " bytes of objects"));
  return false;
}

bool Evaluator::CountStep() {
  if (++steps_ <= limits_.steps && heap_.bytes() <= limits_.bytes) return true;
  if (heap_.bytes() > limits_.bytes) return ExceedBytes();
  Exceed(absl::StrCat(steps_, " calls and turns of loops"));
  return false;
}

std::string Evaluator::ExceptionClass() const { return exception_ ? TypeName(exception_) : ""; }

bool Evaluator::Raised(absl::string_view name) {
  return exception_ && ClassOf(exception_)->IsSubclassOf(world_.FindBuiltinClass(name));
}

Value Evaluator::TakeException() {
  trace_.clear();
  return std::exchange(exception_, Value());
}

absl::Status Evaluator::TakeError() {
  absl::Status status = std::exchange(fatal_, absl::OkStatus());
  const Value exception = std::exchange(exception_, Value());
  std::string trace = std::exchange(trace_, "");
  std::string message(status.message());
  if (exception) {
    message = TypeName(exception);
    const Value text = Str(exception);
    if (text && !text.As<StrObject>()->text().empty()) {
      absl::StrAppend(&message, ": ", text.As<StrObject>()->text());
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
  if (Value made = module->Missing(*this, name); made || failed()) return made;
  if (const Value* found = world_.builtins().FindName(name)) return *found;
  return Raise("NameError", absl::StrCat("name '", name->text(), "' is not defined"));
}

Value Evaluator::Text(std::string text) {
  if (!Allow(static_cast<int64_t>(text.size()))) return Value();
  return Value(heap_.New<StrObject>(std::move(text)));
}

}  // namespace loadstone::python
