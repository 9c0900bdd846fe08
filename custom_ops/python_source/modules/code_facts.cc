#include "custom_ops/python_source/modules/code_facts.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "custom_ops/python_source/runtime/object.h"

namespace loadstone::python {
namespace {

bool IsCondition(Step step) {
  return step == Step::kPopJumpIfFalse || step == Step::kPopJumpIfTrue || step == Step::kJumpIfFalseOrPop ||
         step == Step::kJumpIfTrueOrPop;
}

bool IsJump(Step step) {
  return IsCondition(step) || step == Step::kJump || step == Step::kJumpBack || step == Step::kForNext ||
         step == Step::kYieldFromNext;
}

bool GoesOn(Step step) {
  return step != Step::kJump && step != Step::kJumpBack && step != Step::kReturn && step != Step::kRaise &&
         step != Step::kReraise;
}

bool IsAttribute(Step step) { return step == Step::kLoadAttribute || step == Step::kLoadMethod; }

}  // namespace

CodeReader::CodeReader(Evaluator& evaluator, const Code& code, ModuleObject* module)
    : evaluator_(evaluator),
      code_(code),
      module_(module),
      live_(code.instructions.size()),
      targets_(code.instructions.size() + 1) {}

CodeFacts CodeReader::Read() {
  FindLiveSteps();
  for (size_t at = 0; at < code_.instructions.size(); ++at) {
    const Instruction& step = code_.instructions[at];
    switch (step.step) {
      case Step::kUnsupported:
        facts_.refused |= live_[at];
        Report(at, absl::StrCat("unsupported: ", code_.constants[step.a].As<StrObject>()->text()));
        break;
      case Step::kLoadGlobal:
        ReadGlobal(at);
        break;
      case Step::kLoadName:
        facts_.mentioned.push_back(Look(Value(module_), code_.names[step.a]));
        break;
      case Step::kImport:
      case Step::kImportFrom:
        ReadImport(at);
        break;
      case Step::kLoadAttribute:
      case Step::kLoadMethod:
        if (live_[at]) facts_.names.push_back(code_.names[step.a]);
        break;
      default:
        break;
    }
  }
  ReadAttributes();
  return std::move(facts_);
}

bool CodeReader::IsProtected(size_t at) const {
  return std::any_of(code_.handlers.begin(), code_.handlers.end(), [&](const Code::Handler& handler) {
    return handler.begin <= static_cast<int>(at) && static_cast<int>(at) < handler.end;
  });
}

void CodeReader::Report(size_t at, std::string message) {
  if (!live_[at]) return;
  const CodePosition position = code_.positions[at];
  facts_.problems.push_back(code_.file->Describe(position.line, position.column, message));
}

void CodeReader::ReportError(size_t at) {
  const absl::Status status = evaluator_.TakeError();
  // Files name much of torch in branches that never run here: nn.parallel.data_parallel.
  if (IsProtected(at) || absl::IsUnimplemented(status)) return;
  const std::vector<std::string> lines = absl::StrSplit(status.message(), absl::MaxSplits('\n', 1));
  Report(at, lines[0]);
}

void CodeReader::Use(size_t at, const Value& value) {
  facts_.mentioned.push_back(value);
  if (live_[at]) facts_.used.push_back(value);
}

void CodeReader::ReadGlobal(size_t at) {
  Value value = evaluator_.LoadGlobal(module_, code_.names[code_.instructions[at].a]);
  if (!value) return ReportError(at);
  Use(at, value);
  for (size_t next = at + 1; value.is(Kind::kModule) && IsAttribute(code_.instructions[next].step); ++next) {
    value = evaluator_.GetAttribute(value, code_.names[code_.instructions[next].a]);
    if (!value) return ReportError(next);
    Use(next, value);
  }
}

void CodeReader::ReadImport(size_t at) {
  const Instruction& step = code_.instructions[at];
  const Value value = step.step == Step::kImport
                          ? evaluator_.Import(code_.names[step.a]->text())
                          : evaluator_.ImportFrom(module_, code_.constants[step.a].As<TupleObject>()->items);
  if (!value) return ReportError(at);
  Use(at, value);
}

Value CodeReader::Look(const Value& object, StrObject* name) {
  Value found = evaluator_.FindAttribute(object, name);
  if (evaluator_.failed()) evaluator_.TakeError().IgnoreError();
  return found;
}

void CodeReader::ReadAttributes() {
  constexpr size_t kMostModules = 64;
  std::vector<Value> modules;
  const auto add = [&](const Value& value) {
    if (value.is(Kind::kModule) && modules.size() < kMostModules) modules.push_back(value);
  };
  for (const Value& value : facts_.mentioned) add(value);
  for (size_t i = 0; i < modules.size(); ++i) {
    for (const Instruction& step : code_.instructions) {
      if (!IsAttribute(step.step)) continue;
      const Value outer = modules[i];
      Value inner = Look(outer, code_.names[step.a]);
      add(inner);
      facts_.mentioned.push_back(std::move(inner));
    }
  }
}

void CodeReader::FindLiveSteps() {
  const std::vector<Instruction>& steps = code_.instructions;
  for (const Instruction& step : steps) {
    if (IsJump(step.step)) targets_[step.a] = true;
  }
  for (const Code::Handler& handler : code_.handlers) targets_[handler.target] = true;
  std::vector<size_t> waiting = {0};
  while (!waiting.empty()) {
    const size_t at = waiting.back();
    waiting.pop_back();
    if (at >= steps.size() || live_[at]) continue;
    live_[at] = true;
    for (const Code::Handler& handler : code_.handlers) {
      if (handler.begin <= static_cast<int>(at) && static_cast<int>(at) < handler.end) {
        waiting.push_back(static_cast<size_t>(handler.target));
      }
    }
    const Step step = steps[at].step;
    const std::optional<bool> condition = IsCondition(step) ? Condition(at) : std::nullopt;
    const bool jumps_if = step == Step::kPopJumpIfTrue || step == Step::kJumpIfTrueOrPop;
    if (IsJump(step) && condition.value_or(jumps_if) == jumps_if) waiting.push_back(static_cast<size_t>(steps[at].a));
    if (GoesOn(step) && condition.value_or(!jumps_if) != jumps_if) waiting.push_back(at + 1);
  }
}

std::optional<bool> CodeReader::Condition(size_t jump) {
  const std::vector<Instruction>& steps = code_.instructions;
  size_t end = jump;
  bool negated = false;
  while (end > 0 && steps[end - 1].step == Step::kUnary && static_cast<Operator>(steps[end - 1].b) == Operator::kNot) {
    negated = !negated;
    --end;
  }
  const bool called = end > 0 && steps[end - 1].a == 0 &&
                      (steps[end - 1].step == Step::kCall || steps[end - 1].step == Step::kCallMethod);
  if (called) --end;
  size_t first = end;
  while (first > 0 && IsAttribute(steps[first - 1].step)) --first;
  if (first == 0) return std::nullopt;
  --first;
  // Another way to the jump brings another value.
  for (size_t at = first + 1; at <= jump; ++at) {
    if (targets_[at]) return std::nullopt;
  }
  const std::optional<bool> constant = Constant(first, end, called);
  return constant.has_value() ? std::optional<bool>(*constant != negated) : std::nullopt;
}

std::optional<bool> CodeReader::Constant(size_t first, size_t last, bool called) {
  const std::vector<Instruction>& steps = code_.instructions;
  if (steps[first].step == Step::kLoadLocal) {
    const bool training =
        !called && last == first + 2 && steps[first].a == 0 && code_.names[steps[first + 1].a]->text() == "training";
    return training ? std::optional<bool>(false) : std::nullopt;
  }
  if (steps[first].step != Step::kLoadGlobal) return std::nullopt;
  Value value = Look(Value(module_), code_.names[steps[first].a]);
  for (size_t at = first + 1; at < last && value.is(Kind::kModule); ++at) value = Look(value, code_.names[steps[at].a]);
  if (called) {
    // Functions of torch without arguments say in what mode Python is, and which devices there are.
    const auto* function = value.As<FunctionObject>();
    if (function == nullptr || !absl::StartsWith(function->module()->name, "torch.")) return std::nullopt;
    value = evaluator_.Call(value, {});
    if (!value) evaluator_.TakeError().IgnoreError();
  }
  if (value.is_bool()) return value.integer() != 0;
  return value.is_none() ? std::optional<bool>(false) : std::nullopt;
}

}  // namespace loadstone::python
