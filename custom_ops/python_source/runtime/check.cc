#include "custom_ops/python_source/runtime/check.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace loadstone::python {
namespace {

// Does an `except` or `finally` stand around the step?
bool IsProtected(const Code& code, size_t at) {
  return std::any_of(code.handlers.begin(), code.handlers.end(), [&](const Code::Handler& handler) {
    return handler.begin <= static_cast<int>(at) && static_cast<int>(at) < handler.end;
  });
}

}  // namespace

void Checker::Report(const Code& code, size_t at, absl::string_view message) {
  const CodePosition position = code.positions[at];
  std::string text = code.file->Describe(position.line, position.column, message);
  if (std::find(problems_.begin(), problems_.end(), text) == problems_.end()) problems_.push_back(std::move(text));
}

void Checker::ReportError(const Code& code, size_t at) {
  const absl::Status status = evaluator_.TakeError();
  const std::vector<std::string> lines = absl::StrSplit(status.message(), absl::MaxSplits('\n', 1));
  Report(code, at, lines[0]);
}

// What an `except` may catch when the code runs is no problem.
void Checker::Forget() { const absl::Status forgotten = evaluator_.TakeError(); }

void Checker::CheckMethod(ClassObject* cls, absl::string_view name) {
  StrObject* interned = evaluator_.Intern(name);
  for (const ClassObject* base : cls->mro) {
    const Value* found = base->attributes.FindName(interned);
    if (found == nullptr) continue;
    const Value held = *found;
    if (auto* function = held.As<FunctionObject>()) CheckFunction(function, cls);
    if (const auto* method = held.As<StaticMethodObject>()) {
      if (auto* function = method->function.As<FunctionObject>()) CheckFunction(function, cls);
    }
    if (const auto* method = held.As<ClassMethodObject>()) {
      if (auto* function = method->function.As<FunctionObject>()) CheckFunction(function, cls);
    }
    if (const auto* property = held.As<PropertyObject>()) {
      if (auto* function = property->getter.As<FunctionObject>()) CheckFunction(function, cls);
    }
  }
}

void Checker::CheckFunction(FunctionObject* function, ClassObject* cls) {
  // One function may be a method of several classes.
  if (!seen_.insert({function, cls}).second) return;
  waiting_.push_back({Value(function), cls});
  if (waiting_.size() > 1) return;
  // The first one waits until all that it leads to is done, so that a long way is no deep recursion.
  for (size_t i = 0; i < waiting_.size(); ++i) {
    const Value held = waiting_[i].first;
    auto* next = held.As<FunctionObject>();
    CheckCode(*next->code, next->module(), waiting_[i].second);
    for (const Value& cell : next->closure) CheckValue(cell.As<CellObject>()->value);
  }
  waiting_.clear();
}

void Checker::CheckValue(const Value& value) {
  if (auto* function = value.As<FunctionObject>()) return CheckFunction(function);
  if (const auto* method = value.As<BoundMethodObject>()) {
    if (auto* function = method->function.As<FunctionObject>())
      CheckFunction(function, evaluator_.ClassOf(method->self));
    return;
  }
  auto* cls = value.As<ClassObject>();
  if (cls == nullptr || cls->native || !seen_.insert({cls, nullptr}).second) return;
  // What making an object of it runs.
  CheckMethod(cls, "__new__");
  CheckMethod(cls, "__init__");
}

void Checker::CheckGlobal(const Code& code, size_t at, ModuleObject* module) {
  StrObject* name = code.names[code.instructions[at].a];
  Value value = evaluator_.LoadGlobal(module, name);
  if (!value) {
    if (IsProtected(code, at)) {
      Forget();
      return;
    }
    return ReportError(code, at);
  }
  for (size_t next = at + 1; value.is(Kind::kModule) && next < code.instructions.size(); ++next) {
    const Instruction& step = code.instructions[next];
    if (step.step != Step::kLoadAttribute && step.step != Step::kLoadMethod) break;
    value = evaluator_.GetAttribute(value, code.names[step.a]);
    if (value) continue;
    if (IsProtected(code, next)) {
      Forget();
      return;
    }
    return ReportError(code, next);
  }
  CheckValue(value);
}

void Checker::CheckImport(const Code& code, size_t at, ModuleObject* module) {
  const Instruction& step = code.instructions[at];
  Value value;
  if (step.step == Step::kImport) {
    value = evaluator_.Import(code.names[step.a]->text());
  } else {
    value = evaluator_.ImportFrom(module, code.constants[step.a].As<TupleObject>()->items);
  }
  if (value) return CheckValue(value);
  if (IsProtected(code, at)) {
    Forget();
  } else {
    ReportError(code, at);
  }
}

void Checker::CheckCode(const Code& code, ModuleObject* module, ClassObject* cls) {
  for (size_t at = 0; at < code.instructions.size(); ++at) {
    const Instruction& step = code.instructions[at];
    switch (step.step) {
      case Step::kUnsupported:
        Report(code, at, absl::StrCat("unsupported: ", code.constants[step.a].As<StrObject>()->text()));
        break;
      case Step::kLoadGlobal:
        CheckGlobal(code, at, module);
        break;
      case Step::kImport:
      case Step::kImportFrom:
        CheckImport(code, at, module);
        break;
      case Step::kLoadAttribute:
      case Step::kLoadMethod:
        if (cls != nullptr) CheckMethod(cls, code.names[step.a]->text());
        break;
      default:
        break;
    }
  }
  for (const auto& inner : code.codes) CheckCode(*inner, module, cls);
}

}  // namespace loadstone::python
