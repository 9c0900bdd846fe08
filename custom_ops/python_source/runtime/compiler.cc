#include "custom_ops/python_source/runtime/compiler.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/object.h"

namespace loadstone::python {

absl::StatusOr<std::shared_ptr<const Code>> Compile(std::shared_ptr<const SourceFile> file, const Node& statement,
                                                    Heap& heap) {
  std::string error;
  const Node* error_at = nullptr;
  const std::unique_ptr<Scope> scope = AnalyzeScopes(statement, error, error_at);
  if (!error.empty()) return absl::InvalidArgumentError(file->Describe(error_at->line, error_at->column, error));
  Compiler compiler(file, *scope, heap, nullptr, "<module>");
  std::shared_ptr<const Code> code = compiler.Module(statement);
  if (!compiler.error.empty()) return absl::InvalidArgumentError(compiler.error);
  return code;
}

Compiler::Compiler(std::shared_ptr<const SourceFile> file, const Scope& scope, Heap& heap, Compiler* outer,
                   std::string name)
    : file_(std::move(file)), scope_(scope), heap_(heap), outer_(outer), code_(std::make_shared<Code>()) {
  code_->file = file_;
  const bool inside = outer_ != nullptr && outer_->scope_.kind != Scope::Kind::kModule;
  code_->qualname = !inside ? name
                            : absl::StrCat(outer_->code_->qualname,
                                           outer_->scope_.kind == Scope::Kind::kFunction ? ".<locals>." : ".", name);
  code_->name = std::move(name);
  code_->generator = scope.generator;
  if (scope.kind == Scope::Kind::kClass) {
    class_name_ = code_->name;
  } else if (outer_ != nullptr) {
    class_name_ = outer_->class_name_;
  }
}

std::shared_ptr<const Code> Compiler::Module(const Node& statement) {
  position_ = {statement.line, statement.column};
  if (statement.kind == NodeKind::kBlock) {
    Statements(&statement);
  } else {
    Statement(&statement);
  }
  Finish();
  return code_;
}

void Compiler::Finish() {
  Emit(Step::kConstant, Constant(Value::None()), 1);
  Emit(Step::kReturn, 0, -1);
  code_->slots = static_cast<int>(code_->slot_names.size());
}

int Compiler::Emit(Step step, int a, int effect, int b) {
  code_->instructions.push_back({step, a, b});
  code_->positions.push_back(position_);
  depth_ += effect;
  code_->stack = std::max(code_->stack, depth_ + 1);
  return Here() - 1;
}

int Compiler::Constant(Value value) {
  code_->constants.push_back(std::move(value));
  return static_cast<int>(code_->constants.size()) - 1;
}

int Compiler::Text(absl::string_view text) { return Constant(Value(heap_.Intern(text))); }

std::string Compiler::Mangle(absl::string_view name) const {
  const size_t start = class_name_.find_first_not_of('_');
  const bool mangled = start != std::string::npos && absl::StartsWith(name, "__") && !absl::EndsWith(name, "__") &&
                       !absl::StrContains(name, '.');
  return mangled ? absl::StrCat("_", class_name_.substr(start), name) : std::string(name);
}

int Compiler::NameIndex(absl::string_view name) {
  StrObject* interned = heap_.Intern(Mangle(name));
  const auto [at, added] = names_.emplace(interned, static_cast<int>(code_->names.size()));
  if (added) code_->names.push_back(interned);
  return at->second;
}

int Compiler::HiddenSlot() {
  code_->slot_names.push_back("");
  return static_cast<int>(code_->slot_names.size()) - 1;
}

int Compiler::SlotOf(absl::string_view name) const { return slots_.at(name); }

void Compiler::Error(const Node* at, std::string message) {
  if (error.empty()) error = file_->Describe(at->line, at->column, message);
}

void Compiler::Slots(const Node* parameters) {
  const auto add = [&](absl::string_view name) {
    if (slots_.emplace(name, static_cast<int>(code_->slot_names.size())).second) {
      code_->slot_names.push_back(std::string(name));
    }
  };
  if (parameters != nullptr) {
    const Node *star = nullptr, *double_star = nullptr;
    for (const Node* parameter : parameters->children) {
      if (parameter->op == Operator::kStar) star = parameter;
      if (parameter->op == Operator::kDoubleStar) double_star = parameter;
      if (parameter->op == Operator::kPositionalOnly) ++code_->positional_only;
      if (parameter->op == Operator::kPositionalOnly || parameter->op == Operator::kNone) {
        ++code_->positional;
        add(parameter->text);
      }
    }
    for (const Node* parameter : parameters->children) {
      if (parameter->op != Operator::kKeywordOnly) continue;
      ++code_->keyword_only;
      add(parameter->text);
    }
    code_->star = star != nullptr;
    code_->double_star = double_star != nullptr;
    if (star != nullptr) add(star->text);
    if (double_star != nullptr) add(double_star->text);
  } else if (scope_.comprehension) {
    code_->positional = code_->positional_only = 1;
    add(".0");
  }
  for (const std::string& name : code_->slot_names) code_->parameters.push_back(heap_.Intern(name));
  if (scope_.kind == Scope::Kind::kFunction) {
    for (absl::string_view name : scope_.order) {
      if (scope_.Find(name) == Scope::Variable::kLocal || scope_.Find(name) == Scope::Variable::kCell) add(name);
    }
  }
  std::vector<absl::string_view> cells(scope_.cells.begin(), scope_.cells.end());
  std::sort(cells.begin(), cells.end());
  for (absl::string_view name : cells) {
    add(name);
    code_->cells.push_back(slots_.at(name));
    if (scope_.kind == Scope::Kind::kClass) code_->class_cell = slots_.at(name);
  }
  free_order_.assign(scope_.free.begin(), scope_.free.end());
  std::sort(free_order_.begin(), free_order_.end());
  for (absl::string_view name : free_order_) {
    // A class body may bind a name of its own beside the one it passes on.
    slots_[name] = static_cast<int>(code_->slot_names.size());
    code_->slot_names.push_back(std::string(name));
    code_->captures.push_back(slots_.at(name));
  }
}

void Compiler::Load(absl::string_view name) {
  switch (scope_.Find(name)) {
    case Scope::Variable::kLocal:
      Emit(Step::kLoadLocal, SlotOf(name), 1);
      return;
    case Scope::Variable::kCell:
    case Scope::Variable::kFree:
      if (scope_.kind == Scope::Kind::kClass && !scope_.nonlocals.contains(name)) {
        Emit(Step::kLoadClassCell, SlotOf(name), 1, NameIndex(name));
      } else {
        Emit(Step::kLoadCell, SlotOf(name), 1, scope_.Find(name) == Scope::Variable::kCell ? 1 : 0);
      }
      return;
    case Scope::Variable::kGlobal:
      Emit(Step::kLoadGlobal, NameIndex(name), 1);
      return;
    case Scope::Variable::kName:
      Emit(Step::kLoadName, NameIndex(name), 1);
  }
}

void Compiler::Store(absl::string_view name) {
  switch (scope_.Find(name)) {
    case Scope::Variable::kLocal:
      Emit(Step::kStoreLocal, SlotOf(name), -1);
      return;
    case Scope::Variable::kCell:
    case Scope::Variable::kFree:
      Emit(Step::kStoreCell, SlotOf(name), -1);
      return;
    case Scope::Variable::kGlobal:
      Emit(Step::kStoreGlobal, NameIndex(name), -1);
      return;
    case Scope::Variable::kName:
      Emit(Step::kStoreName, NameIndex(name), -1);
  }
}

void Compiler::Delete(absl::string_view name) {
  switch (scope_.Find(name)) {
    case Scope::Variable::kLocal:
      Emit(Step::kDeleteLocal, SlotOf(name), 0);
      return;
    case Scope::Variable::kCell:
    case Scope::Variable::kFree:
      Emit(Step::kDeleteCell, SlotOf(name), 0, scope_.Find(name) == Scope::Variable::kCell ? 1 : 0);
      return;
    case Scope::Variable::kGlobal:
      Emit(Step::kDeleteGlobal, NameIndex(name), 0);
      return;
    case Scope::Variable::kName:
      Emit(Step::kDeleteName, NameIndex(name), 0);
  }
}

void Compiler::FinishFunction(Compiler& inner, int flags) {
  if (error.empty()) error = inner.error;
  for (absl::string_view name : inner.free_order_) Emit(Step::kLoadCellItself, SlotOf(name), 1);
  const int count = static_cast<int>(inner.free_order_.size());
  Emit(Step::kBuildTuple, count, 1 - count);
  code_->codes.push_back(inner.code_);
  Emit(Step::kMakeFunction, static_cast<int>(code_->codes.size()) - 1, -2, flags);
}

void Compiler::Function(const Node* node, absl::string_view name, const Node* parameters) {
  int defaults = 0;
  for (const Node* parameter : parameters->children) {
    const bool positional = parameter->op == Operator::kNone || parameter->op == Operator::kPositionalOnly;
    if (!positional || parameter->children[0] == nullptr) continue;
    Expression(parameter->children[0]);
    ++defaults;
  }
  Emit(Step::kBuildTuple, defaults, 1 - defaults);
  int keyword_only = 0;
  for (const Node* parameter : parameters->children) {
    if (parameter->op != Operator::kKeywordOnly) continue;
    ++keyword_only;
    if (parameter->children[0] == nullptr) {
      Emit(Step::kConstant, Constant(Value()), 1);
    } else {
      Expression(parameter->children[0]);
    }
  }
  Emit(Step::kBuildTuple, keyword_only, 1 - keyword_only);
  Compiler inner(file_, *scope_.inner.at(node), heap_, this, std::string(name));
  inner.position_ = {node->line, node->column};
  inner.Slots(parameters);
  if (node->kind == NodeKind::kLambda) {
    inner.Expression(node->children[1]);
    inner.Emit(Step::kReturn, 0, -1);
  } else {
    inner.Statements(node->children[1]);
  }
  inner.Finish();
  FinishFunction(inner, 0);
}

void Compiler::Class(const Node* node) {
  std::vector<const Node*> bases;
  for (const Node* argument : node->children[0]->children) {
    if (argument->kind == NodeKind::kKeyword && argument->text == "metaclass") {
      Expression(argument->children[0]);
      Emit(Step::kCheckMetaclass, 0, -1);
    } else if (argument->kind == NodeKind::kKeyword || argument->kind == NodeKind::kStarred ||
               argument->kind == NodeKind::kDoubleStarred) {
      Emit(Step::kUnsupported, Text("keywords or stars in a class's bases"), 0);
    } else {
      Expression(argument);
      bases.push_back(argument);
    }
  }
  const int count = static_cast<int>(bases.size());
  Emit(Step::kBuildTuple, count, 1 - count);
  Compiler inner(file_, *scope_.inner.at(node), heap_, this, std::string(node->text));
  inner.position_ = {node->line, node->column};
  inner.code_->is_class = true;
  inner.Slots(nullptr);
  inner.Statements(node->children[1]);
  inner.Finish();
  if (error.empty()) error = inner.error;
  for (absl::string_view name : inner.free_order_) Emit(Step::kLoadCellItself, SlotOf(name), 1);
  const int cells = static_cast<int>(inner.free_order_.size());
  Emit(Step::kBuildTuple, cells, 1 - cells);
  code_->codes.push_back(inner.code_);
  Emit(Step::kMakeClass, static_cast<int>(code_->codes.size()) - 1, -1);
}

void Compiler::Comprehension(const Node* node) {
  const size_t first_clause = node->kind == NodeKind::kDictComp ? 2 : 1;
  Emit(Step::kBuildTuple, 0, 1);
  Emit(Step::kBuildTuple, 0, 1);
  const char* name = node->kind == NodeKind::kGenerator  ? "<genexpr>"
                     : node->kind == NodeKind::kListComp ? "<listcomp>"
                     : node->kind == NodeKind::kSetComp  ? "<setcomp>"
                                                         : "<dictcomp>";
  Compiler inner(file_, *scope_.inner.at(node), heap_, this, name);
  inner.position_ = {node->line, node->column};
  inner.Slots(nullptr);
  const bool generator = node->kind == NodeKind::kGenerator;
  if (!generator) {
    const Step build = node->kind == NodeKind::kListComp  ? Step::kBuildList
                       : node->kind == NodeKind::kSetComp ? Step::kBuildSet
                                                          : Step::kBuildDict;
    inner.Emit(build, 0, 1);
  }
  inner.ComprehensionClauses(node, first_clause);
  if (!generator) inner.Emit(Step::kReturn, 0, -1);
  inner.Finish();
  FinishFunction(inner, 0);
  Expression(node->children[first_clause]->children[1]);
  Emit(Step::kGetIterator, 0, 0);
  Emit(Step::kCall, 1, -1);
}

void Compiler::ComprehensionClauses(const Node* node, size_t clause) {
  const size_t first_clause = node->kind == NodeKind::kDictComp ? 2 : 1;
  if (clause == node->children.size()) {
    Expression(node->children[0]);
    switch (node->kind) {
      case NodeKind::kGenerator:
        Emit(Step::kYield, 0, 0);
        Emit(Step::kPop, 0, -1);
        break;
      case NodeKind::kListComp:
        Emit(Step::kListAppend, 0, -1);
        break;
      case NodeKind::kSetComp:
        Emit(Step::kSetAdd, 0, -1);
        break;
      default:
        Expression(node->children[1]);
        Emit(Step::kDictSet, 0, -2);
    }
    return;
  }
  const Node* part = node->children[clause];
  const int slot = HiddenSlot();
  if (clause == first_clause) {
    Emit(Step::kLoadLocal, 0, 1);
  } else {
    Expression(part->children[1]);
    Emit(Step::kGetIterator, 0, 0);
  }
  Emit(Step::kStackToSlot, slot, -1);
  const int next = Emit(Step::kForNext, 0, 1, slot);
  Assign(part->children[0]);
  std::vector<int> skips;
  for (const Node* condition : part->children.subspan(2)) Condition(condition, false, skips);
  ComprehensionClauses(node, clause + 1);
  for (int skip : skips) PatchToHere(skip);
  Emit(Step::kJumpBack, next, 0);
  PatchToHere(next);
  Emit(Step::kClearSlot, slot, 0);
}

}  // namespace loadstone::python
