#include "custom_ops/python_source/runtime/lazy_module.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/compiler.h"
#include "custom_ops/python_source/runtime/registrations.h"
#include "custom_ops/python_source/runtime/scope.h"

namespace loadstone::python {
namespace {

bool IsCompound(NodeKind kind) {
  return kind == NodeKind::kFor || kind == NodeKind::kWhile || kind == NodeKind::kIf || kind == NodeKind::kWith ||
         kind == NodeKind::kTry || kind == NodeKind::kBlock || kind == NodeKind::kHandler;
}

// Does a statement do more than bind names?
bool HasEffect(const Node* node) {
  if (node == nullptr) return false;
  switch (node->kind) {
    case NodeKind::kExpression:
      return node->children[0]->kind != NodeKind::kString && node->children[0]->kind != NodeKind::kEllipsis;
    case NodeKind::kAssign:
      for (const Node* target : node->children.subspan(1)) {
        if (target->kind == NodeKind::kAttribute || target->kind == NodeKind::kSubscript) return true;
      }
      return false;
    case NodeKind::kAugAssign:
    case NodeKind::kAnnAssign:
      return node->children[0]->kind != NodeKind::kName;
    case NodeKind::kDelete:
    case NodeKind::kAssert:
    case NodeKind::kUnsupported:
      return true;
    default:
      return IsCompound(node->kind) && std::any_of(node->children.begin(), node->children.end(), HasEffect);
  }
}

}  // namespace

LazyModule::LazyModule(std::string module_name, FoundSource source)
    : ModuleObject(std::move(module_name)), source_(std::move(source)) {
  partial = source_.partial;
  const Node& root = source_.file->root();
  states_.assign(root.children.size(), State::kWaiting);
  for (size_t i = 0; i < root.children.size(); ++i) {
    const Node& statement = *root.children[i];
    for (const std::string& bound : python::BoundNames(statement)) {
      std::vector<int>& binders = binders_[bound];
      binders.push_back(static_cast<int>(i));
    }
    if (statement.kind == NodeKind::kImportFrom) {
      for (const Node* alias : statement.children) {
        if (alias->text == "*") stars_.push_back(static_cast<int>(i));
      }
    }
    if (HasEffect(&statement)) effects_.push_back(static_cast<int>(i));
  }
  registrations_ = FindRegistrations(root);
}

std::string LazyModule::package() const {
  if (source_.package) return name;
  const size_t dot = name.rfind('.');
  return dot == std::string::npos ? "" : name.substr(0, dot);
}

bool LazyModule::Register(Evaluator& evaluator, const std::vector<int>& registry) {
  for (const int at : registry) {
    if (running_ >= 0 && at > running_) {
      unfinished_.push_back(at);
    } else if (!RunStatement(evaluator, at)) {
      return false;
    }
  }
  return true;
}

bool LazyModule::RunStatement(Evaluator& evaluator, int at) {
  if (states_[at] != State::kWaiting) return true;
  const Node& statement = *source_.file->root().children[at];
  auto code = Compile(source_.file, statement, evaluator.heap());
  if (!code.ok()) return static_cast<bool>(evaluator.Fail(code.status()));
  states_[at] = State::kRunning;
  const int outer = std::exchange(running_, at);
  const bool done = static_cast<bool>(evaluator.RunModule(*code, this));
  running_ = outer;
  // What failed runs again when it is asked for again, as an import does.
  states_[at] = done ? State::kDone : State::kWaiting;
  for (const auto& [name, registry] : registrations_) {
    const std::vector<int>& binders = binders_[name];
    const bool made = std::find(binders.begin(), binders.end(), at) != binders.end();
    if (done && made && !Register(evaluator, registry)) return false;
  }
  if (!done || running_ >= 0) return done;
  for (const int next : std::exchange(unfinished_, {})) {
    if (!RunStatement(evaluator, next)) return false;
  }
  return true;
}

bool LazyModule::Touch(Evaluator& evaluator) {
  if (std::exchange(touched_, true)) return true;
  for (const int at : effects_) {
    if (!RunStatement(evaluator, at)) {
      touched_ = false;
      return false;
    }
  }
  return true;
}

Value LazyModule::Missing(Evaluator& evaluator, StrObject* attribute) {
  const absl::string_view wanted = attribute->text();
  if (frozen()) {
    if (!Binds(wanted)) return Value();
    return evaluator.Refuse(absl::StrCat("module ", name, "'s name '", wanted, "', which was not evaluated in load"));
  }
  const Value self(this);
  if (running_ < 0 && !Touch(evaluator)) return Value();
  if (const Value* found = names.FindName(attribute)) return *found;
  const auto binders = binders_.find(wanted);
  if (binders != binders_.end()) {
    // A statement that runs sees what stands above it. Statements between two that bind one name see the first.
    const int first = binders->second.front(), last = binders->second.back();
    const bool above = running_ >= 0 && first < running_ && running_ <= last;
    for (int at = first; at <= last && !(above && at >= running_); ++at) {
      if (!RunStatement(evaluator, at)) return Value();
    }
    if (above) {
      for (int at = running_ + 1; at <= last; ++at) unfinished_.push_back(at);
    }
    if (const Value* found = names.FindName(attribute)) return *found;
  }
  if (wanted == "__name__") return evaluator.Text(name);
  if (wanted == "__package__") return evaluator.Text(package());
  if (wanted == "__file__") return evaluator.Text(source_.file->name());
  if (wanted == "__doc__") return Value::None();
  return FindInStars(evaluator, attribute);
}

Value LazyModule::FindInStars(Evaluator& evaluator, StrObject* attribute) {
  for (auto at = stars_.rbegin(); at != stars_.rend(); ++at) {
    if (running_ >= 0 && *at >= running_ && states_[*at] != State::kDone) continue;
    if (states_[*at] == State::kRunning) continue;
    const Node& statement = *source_.file->root().children[*at];
    states_[*at] = State::kRunning;
    Value found = evaluator.ImportStar(this, statement, attribute);
    states_[*at] = State::kWaiting;
    if (found || evaluator.failed()) return found;
  }
  return Value();
}

std::vector<std::string> LazyModule::Names() const {
  std::vector<std::string> result;
  for (const auto& [bound, binders] : binders_) result.push_back(bound);
  return result;
}

bool LazyModule::PublicNames(Evaluator& evaluator, std::vector<std::string>& result) {
  if (Binds("__all__")) {
    const Value all = evaluator.GetAttribute(Value(this), evaluator.Intern("__all__"));
    std::vector<Value> items;
    if (!all || !evaluator.ToVector(all, items)) return false;
    for (const Value& item : items) {
      if (const auto* text = item.As<StrObject>()) result.emplace_back(text->text());
    }
    return true;
  }
  for (const auto& [bound, binders] : binders_) {
    if (!absl::StartsWith(bound, "_")) result.push_back(bound);
  }
  return true;
}

}  // namespace loadstone::python
