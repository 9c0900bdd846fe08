#include "custom_ops/python_source/runtime/scope.h"

#include "absl/strings/str_cat.h"

namespace loadstone::python {
namespace {

constexpr absl::string_view kClassCell = "__class__";

class Analyzer {
 public:
  Analyzer(std::string& error, const Node*& error_at) : error_(error), error_at_(error_at) {}

  void Visit(Scope& scope, const Node* node);
  // After all were visited: what inner functions share.
  void Resolve(Scope& scope);

 private:
  void Error(const Node* at, std::string message) {
    if (!error_.empty()) return;
    error_ = std::move(message);
    error_at_ = at;
  }
  void Bind(Scope& scope, absl::string_view name) {
    if (scope.bound.insert(name).second) scope.order.push_back(name);
  }
  void Children(Scope& scope, const Node* node) {
    for (const Node* child : node->children) Visit(scope, child);
  }
  Scope& Open(Scope& parent, const Node* node, Scope::Kind kind) {
    auto scope = std::make_unique<Scope>();
    scope->kind = kind;
    scope->node = node;
    scope->parent = &parent;
    return *(parent.inner[node] = std::move(scope));
  }
  void Function(Scope& scope, const Node* node);
  void Comprehension(Scope& scope, const Node* node);
  void Target(Scope& scope, const Node* node);
  bool Share(Scope* scope, absl::string_view name);

  std::string& error_;
  const Node*& error_at_;
};

void Analyzer::Target(Scope& scope, const Node* node) {
  switch (node->kind) {
    case NodeKind::kName:
      return Bind(scope, node->text);
    case NodeKind::kTuple:
    case NodeKind::kList:
    case NodeKind::kStarred:
      for (const Node* child : node->children) Target(scope, child);
      return;
    default:
      return Visit(scope, node);
  }
}

void Analyzer::Function(Scope& scope, const Node* node) {
  const Node* parameters = node->children[0];
  for (const Node* parameter : parameters->children) Visit(scope, parameter->children[0]);
  Scope& inner = Open(scope, node, Scope::Kind::kFunction);
  for (const Node* parameter : parameters->children) Bind(inner, parameter->text);
  Visit(inner, node->children[1]);
}

void Analyzer::Comprehension(Scope& scope, const Node* node) {
  const size_t first_clause = node->kind == NodeKind::kDictComp ? 2 : 1;
  // Python evaluates the first iterable outside.
  Visit(scope, node->children[first_clause]->children[1]);
  Scope& inner = Open(scope, node, Scope::Kind::kFunction);
  inner.comprehension = true;
  inner.generator = node->kind == NodeKind::kGenerator;
  for (size_t i = first_clause; i < node->children.size(); ++i) {
    const Node* clause = node->children[i];
    Target(inner, clause->children[0]);
    if (i > first_clause) Visit(inner, clause->children[1]);
    for (const Node* condition : clause->children.subspan(2)) Visit(inner, condition);
  }
  for (size_t i = 0; i < first_clause; ++i) Visit(inner, node->children[i]);
}

void Analyzer::Visit(Scope& scope, const Node* node) {
  if (node == nullptr) return;
  switch (node->kind) {
    case NodeKind::kName:
      scope.used.insert(node->text);
      if (node->text == "super") scope.used.insert(kClassCell);
      return;
    case NodeKind::kFunctionDef:
      for (const Node* decorator : node->children.subspan(2)) Visit(scope, decorator);
      Bind(scope, node->text);
      return Function(scope, node);
    case NodeKind::kLambda:
      return Function(scope, node);
    case NodeKind::kClassDef: {
      for (const Node* decorator : node->children.subspan(2)) Visit(scope, decorator);
      Children(scope, node->children[0]);
      Bind(scope, node->text);
      return Visit(Open(scope, node, Scope::Kind::kClass), node->children[1]);
    }
    case NodeKind::kListComp:
    case NodeKind::kSetComp:
    case NodeKind::kDictComp:
    case NodeKind::kGenerator:
      return Comprehension(scope, node);
    case NodeKind::kAssign:
      Visit(scope, node->children[0]);
      for (const Node* target : node->children.subspan(1)) Target(scope, target);
      return;
    case NodeKind::kAugAssign:
      Visit(scope, node->children[1]);
      Visit(scope, node->children[0]);
      return Target(scope, node->children[0]);
    case NodeKind::kAnnAssign:
      Visit(scope, node->children[1]);
      return Target(scope, node->children[0]);
    case NodeKind::kFor:
      Visit(scope, node->children[1]);
      Target(scope, node->children[0]);
      Visit(scope, node->children[2]);
      return Visit(scope, node->children[3]);
    case NodeKind::kWithItem:
      Visit(scope, node->children[0]);
      if (node->children[1] != nullptr) Target(scope, node->children[1]);
      return;
    case NodeKind::kHandler:
      Visit(scope, node->children[0]);
      if (!node->text.empty()) Bind(scope, node->text);
      return Visit(scope, node->children[1]);
    case NodeKind::kDelete:
      for (const Node* target : node->children) Target(scope, target);
      return;
    case NodeKind::kImport:
    case NodeKind::kImportFrom:
      for (const Node* alias : node->children) {
        if (alias->children[0] != nullptr) {
          Bind(scope, alias->children[0]->text);
        } else if (alias->text != "*") {
          Bind(scope, alias->text.substr(0, alias->text.find('.')));
        } else if (scope.kind != Scope::Kind::kModule) {
          Error(alias, "syntax error: 'import *' is allowed only in a module");
        }
      }
      return;
    case NodeKind::kNamed: {
      Visit(scope, node->children[1]);
      Scope* owner = &scope;
      while (owner->comprehension) owner = owner->parent;
      if (owner->kind == Scope::Kind::kClass && owner != &scope) {
        return Error(node, "syntax error: ':=' in a comprehension in a class body");
      }
      const absl::string_view name = node->children[0]->text;
      Bind(*owner, name);
      if (owner != &scope) {
        if (scope.bound.contains(name)) Error(node, "syntax error: ':=' cannot rebind a comprehension's own variable");
        if (owner->kind == Scope::Kind::kModule || owner->globals.contains(name)) {
          for (Scope* inner = &scope; inner != owner; inner = inner->parent) inner->globals.insert(name);
        } else {
          for (Scope* inner = &scope; inner != owner; inner = inner->parent) inner->nonlocals.insert(name);
        }
      }
      scope.used.insert(name);
      return;
    }
    case NodeKind::kGlobal:
    case NodeKind::kNonlocal:
      for (const Node* name : node->children) {
        if (scope.bound.contains(name->text) || scope.used.contains(name->text)) {
          Error(name,
                absl::StrCat("syntax error: name '", name->text, "' is used or assigned before this declaration"));
        }
        if (node->kind == NodeKind::kGlobal) {
          scope.globals.insert(name->text);
        } else if (scope.kind == Scope::Kind::kModule) {
          Error(name, "syntax error: nonlocal declaration in a module");
        } else {
          scope.nonlocals.insert(name->text);
        }
      }
      return;
    case NodeKind::kYield:
    case NodeKind::kYieldFrom:
      if (scope.kind != Scope::Kind::kFunction || scope.comprehension) {
        Error(node, "syntax error: 'yield' outside a function");
      }
      scope.generator = true;
      return Children(scope, node);
    case NodeKind::kReturn:
      if (scope.kind != Scope::Kind::kFunction) Error(node, "syntax error: 'return' outside a function");
      return Children(scope, node);
    default:
      return Children(scope, node);
  }
}

// Finds the enclosing function that binds `name`, makes it a cell there and free on the way. False: there is none.
bool Analyzer::Share(Scope* scope, absl::string_view name) {
  std::vector<Scope*> way;
  for (; scope != nullptr && scope->kind != Scope::Kind::kModule; scope = scope->parent) {
    const bool owns =
        scope->kind == Scope::Kind::kFunction
            ? scope->bound.contains(name) && !scope->nonlocals.contains(name) && !scope->globals.contains(name)
            : name == kClassCell;
    if (owns) {
      scope->cells.insert(name);
      for (Scope* between : way) between->free.insert(name);
      return true;
    }
    if (scope->kind == Scope::Kind::kFunction && scope->globals.contains(name)) return false;
    way.push_back(scope);
  }
  return false;
}

void Analyzer::Resolve(Scope& scope) {
  if (scope.kind != Scope::Kind::kModule) {
    for (absl::string_view name : scope.nonlocals) {
      if (!Share(scope.parent, name))
        Error(scope.node, absl::StrCat("syntax error: no binding for nonlocal '", name, "' found"));
      scope.free.insert(name);
    }
    for (absl::string_view name : scope.used) {
      if (scope.globals.contains(name) || scope.free.contains(name)) continue;
      if (scope.bound.contains(name)) continue;
      if (Share(scope.parent, name)) scope.free.insert(name);
    }
  }
  for (auto& [node, inner] : scope.inner) Resolve(*inner);
}

}  // namespace

Scope::Variable Scope::Find(absl::string_view name) const {
  if (globals.contains(name)) return Variable::kGlobal;
  if (kind == Kind::kFunction) {
    if (nonlocals.contains(name) || (free.contains(name) && !bound.contains(name))) return Variable::kFree;
    if (!bound.contains(name)) return Variable::kGlobal;
    return cells.contains(name) ? Variable::kCell : Variable::kLocal;
  }
  if (kind == Kind::kClass) {
    if (nonlocals.contains(name) || (free.contains(name) && !bound.contains(name))) return Variable::kFree;
    return Variable::kName;
  }
  return Variable::kGlobal;
}

std::unique_ptr<Scope> AnalyzeScopes(const Node& statement, std::string& error, const Node*& error_at) {
  auto scope = std::make_unique<Scope>();
  scope->node = &statement;
  Analyzer analyzer(error, error_at);
  analyzer.Visit(*scope, &statement);
  analyzer.Resolve(*scope);
  return scope;
}

std::vector<std::string> BoundNames(const Node& statement) {
  if (statement.kind == NodeKind::kFunctionDef || statement.kind == NodeKind::kClassDef) {
    return {std::string(statement.text)};
  }
  std::string error;
  const Node* error_at = nullptr;
  const std::unique_ptr<Scope> scope = AnalyzeScopes(statement, error, error_at);
  return std::vector<std::string>(scope->order.begin(), scope->order.end());
}

}  // namespace loadstone::python
