// The statements of TreeReader.

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "custom_ops/python_source/syntax/tree_reader.h"

namespace loadstone::python {
namespace {

Operator AugmentedOperator(absl::string_view text) {
  static constexpr Operator kOperators[] = {
      Operator::kAdd,    Operator::kSubtract, Operator::kMultiply,   Operator::kMatMultiply, Operator::kDivide,
      Operator::kModulo, Operator::kPower,    Operator::kLeftShift,  Operator::kRightShift,  Operator::kBitOr,
      Operator::kBitXor, Operator::kBitAnd,   Operator::kFloorDivide};
  absl::ConsumeSuffix(&text, "=");
  for (Operator op : kOperators) {
    if (OperatorText(op) == text) return op;
  }
  return Operator::kNone;
}

}  // namespace

const Node* TreeReader::Block(TSNode node) {
  Nodes statements;
  if (depth_ >= kDeepest) return TooDeep(node);
  ++depth_;
  for (TSNode child : Parts(node)) Statement(child, statements);
  --depth_;
  return Make(NodeKind::kBlock, node, statements);
}

const Node* TreeReader::BlockOf(TSNode clause) {
  if (ts_node_is_null(clause)) return nullptr;
  const TSNode body = Field(clause, "body");
  if (!ts_node_is_null(body)) return Block(body);
  const std::vector<TSNode> parts = Parts(clause);  // finally has no field
  return parts.empty() ? Make(NodeKind::kBlock, clause, {}) : Block(parts.back());
}

void TreeReader::Statement(TSNode node, Nodes& statements) {
  const absl::string_view type = Type(node);
  const auto add = [&](const Node* statement) { statements.push_back(statement); };
  if (type == "expression_statement") return add(ExpressionStatement(node));
  if (type == "return_statement") {
    return add(Make(NodeKind::kReturn, node, {Parts(node).empty() ? nullptr : Expression(Parts(node)[0])}));
  }
  if (type == "if_statement") return add(If(node));
  if (type == "function_definition") return add(FunctionDef(node, {}));
  if (type == "class_definition") return add(ClassDef(node, {}));
  if (type == "decorated_definition") return add(Decorated(node));
  if (type == "for_statement" || type == "while_statement") {
    if (HasToken(node, "async")) return add(Unsupported(node, "'async for'"));
    const Node* otherwise = BlockOf(Field(node, "alternative"));
    if (type == "while_statement") {
      return add(
          Make(NodeKind::kWhile, node, {Expression(Field(node, "condition")), Block(Field(node, "body")), otherwise}));
    }
    return add(
        Make(NodeKind::kFor, node,
             {Target(Field(node, "left")), Expression(Field(node, "right")), Block(Field(node, "body")), otherwise}));
  }
  if (type == "try_statement") return add(Try(node));
  if (type == "with_statement") return add(With(node));
  if (type == "import_statement") return add(Import(node));
  if (type == "import_from_statement") return add(ImportFrom(node));
  if (type == "future_import_statement") return add(Make(NodeKind::kPass, node));
  if (type == "pass_statement") return add(Make(NodeKind::kPass, node));
  if (type == "break_statement") return add(Make(NodeKind::kBreak, node));
  if (type == "continue_statement") return add(Make(NodeKind::kContinue, node));
  if (type == "global_statement") return add(Names(NodeKind::kGlobal, node));
  if (type == "nonlocal_statement") return add(Names(NodeKind::kNonlocal, node));
  if (type == "assert_statement") {
    const Nodes parts = Expressions(node);
    if (parts.empty()) return;
    return add(Make(NodeKind::kAssert, node, {parts[0], parts.size() > 1 ? parts[1] : nullptr}));
  }
  if (type == "raise_statement") {
    const TSNode cause = Field(node, "cause");
    const std::vector<TSNode> parts = Parts(node);
    const bool bare = parts.empty();
    return add(Make(NodeKind::kRaise, node,
                    {bare ? nullptr : Expression(parts[0]), ts_node_is_null(cause) ? nullptr : Expression(cause)}));
  }
  if (type == "delete_statement") {
    Nodes targets;
    for (TSNode part : Parts(node)) {
      if (Type(part) == "expression_list") {
        for (TSNode target : Parts(part)) targets.push_back(Target(target));
      } else {
        targets.push_back(Target(part));
      }
    }
    return add(Make(NodeKind::kDelete, node, targets));
  }
  if (type == "match_statement") return add(Unsupported(node, "'match' statement"));
  if (type == "type_alias_statement") return add(Unsupported(node, "'type' statement"));
  if (type == "print_statement" || type == "exec_statement") {
    return Error(node,
                 absl::StrCat("syntax error: '", type.substr(0, type.find('_')), "' is a function since Python 3"));
  }
  add(Unsupported(node, absl::StrCat("'", absl::StrReplaceAll(type, {{"_", " "}}), "'")));
}

const Node* TreeReader::ExpressionStatement(TSNode node) {
  const std::vector<TSNode> parts = Parts(node);
  if (parts.size() == 1 && (Type(parts[0]) == "assignment" || Type(parts[0]) == "augmented_assignment")) {
    return Assignment(parts[0]);
  }
  if (parts.size() == 1 && !HasToken(node, ",")) return Make(NodeKind::kExpression, node, {Expression(parts[0])});
  return Make(NodeKind::kExpression, node, {Make(NodeKind::kTuple, node, Expressions(node))});
}

const Node* TreeReader::Assignment(TSNode node) {
  const TSNode left = Field(node, "left");
  if (Type(node) == "augmented_assignment") {
    Node* result = Make(NodeKind::kAugAssign, node);
    const Node* target = Target(left);
    if (target->kind == NodeKind::kTuple || target->kind == NodeKind::kList) {
      Error(left, "syntax error: an augmented assignment takes one name, attribute or item");
    }
    result->op = AugmentedOperator(Text(Field(node, "operator")));
    result->children = file_.KeepChildren({target, Expression(Field(node, "right"))});
    return result;
  }
  const TSNode type = Field(node, "type");
  if (!ts_node_is_null(type)) {
    const TSNode right = Field(node, "right");
    return Make(NodeKind::kAnnAssign, node, {Target(left), ts_node_is_null(right) ? nullptr : Expression(right)},
                Text(type));
  }
  Nodes children = {nullptr};
  TSNode right = node;
  while (Type(right) == "assignment") {  // a = b = c
    children.push_back(Target(Field(right, "left")));
    right = Field(right, "right");
  }
  if (Type(right) == "augmented_assignment") Error(right, "syntax error");
  children[0] = Expression(right);
  return Make(NodeKind::kAssign, node, children);
}

const Node* TreeReader::FunctionDef(TSNode node, const Nodes& decorators) {
  if (HasToken(node, "async")) return Unsupported(node, "'async def'");
  if (!ts_node_is_null(Field(node, "type_parameters"))) return Unsupported(node, "type parameters");
  Nodes children = {Parameters(Field(node, "parameters")), Block(Field(node, "body"))};
  children.insert(children.end(), decorators.begin(), decorators.end());
  return Make(NodeKind::kFunctionDef, node, children, Text(Field(node, "name")));
}

const Node* TreeReader::ClassDef(TSNode node, const Nodes& decorators) {
  if (!ts_node_is_null(Field(node, "type_parameters"))) return Unsupported(node, "type parameters");
  const TSNode bases = Field(node, "superclasses");
  const Node* arguments = Make(NodeKind::kArguments, ts_node_is_null(bases) ? node : bases,
                               ts_node_is_null(bases) ? Nodes() : Arguments(bases));
  Nodes children = {arguments, Block(Field(node, "body"))};
  children.insert(children.end(), decorators.begin(), decorators.end());
  return Make(NodeKind::kClassDef, node, children, Text(Field(node, "name")));
}

const Node* TreeReader::Decorated(TSNode node) {
  Nodes decorators;
  for (TSNode part : Parts(node)) {
    if (Type(part) == "decorator") decorators.push_back(Expression(Parts(part)[0]));
  }
  const TSNode definition = Field(node, "definition");
  return Type(definition) == "class_definition" ? ClassDef(definition, decorators)
                                                : FunctionDef(definition, decorators);
}

const Node* TreeReader::If(TSNode node) {
  std::vector<TSNode> clauses;
  for (TSNode part : Parts(node)) {
    if (Type(part) == "elif_clause" || Type(part) == "else_clause") clauses.push_back(part);
  }
  if (clauses.size() > kDeepest) return TooDeep(node);
  const Node* otherwise = nullptr;
  for (auto clause = clauses.rbegin(); clause != clauses.rend(); ++clause) {
    if (Type(*clause) == "else_clause") {
      otherwise = BlockOf(*clause);
    } else {
      const Node* nested =
          Make(NodeKind::kIf, *clause,
               {Expression(Field(*clause, "condition")), Block(Field(*clause, "consequence")), otherwise});
      otherwise = Make(NodeKind::kBlock, *clause, {nested});
    }
  }
  return Make(NodeKind::kIf, node,
              {Expression(Field(node, "condition")), Block(Field(node, "consequence")), otherwise});
}

const Node* TreeReader::Try(TSNode node) {
  Nodes children = {Block(Field(node, "body")), nullptr, nullptr};
  for (TSNode part : Parts(node)) {
    const absl::string_view type = Type(part);
    if (type == "else_clause") children[1] = BlockOf(part);
    if (type == "finally_clause") children[2] = BlockOf(part);
    if (type == "except_group_clause") return Unsupported(part, "'except*'");
    if (type != "except_clause") continue;
    const std::vector<TSNode> parts = Parts(part);
    const Node* caught = nullptr;
    absl::string_view name;
    if (parts.size() > 2) {
      Error(part, "syntax error: several exceptions to catch take brackets");
    } else if (parts.size() == 2 && Type(parts[0]) == "as_pattern") {
      caught = Expression(Parts(parts[0])[0]);
      name = Text(Field(parts[0], "alias"));
    } else if (parts.size() == 2) {
      caught = Expression(parts[0]);
    }
    children.push_back(Make(NodeKind::kHandler, part, {caught, Block(parts.back())}, name));
  }
  return Make(NodeKind::kTry, node, children);
}

const Node* TreeReader::With(TSNode node) {
  if (HasToken(node, "async")) return Unsupported(node, "'async with'");
  Nodes children = {Block(Field(node, "body"))};
  for (TSNode clause : Parts(node)) {
    if (Type(clause) != "with_clause") continue;
    for (TSNode item : Parts(clause)) WithItem(Field(item, "value"), children);
  }
  return Make(NodeKind::kWith, node, children);
}

void TreeReader::WithItem(TSNode value, Nodes& items) {
  if (Type(value) == "tuple") {  // with (a, b):
    for (TSNode part : Parts(value)) WithItem(part, items);
  } else if (Type(value) == "as_pattern") {
    const std::vector<TSNode> target = Parts(Field(value, "alias"));
    items.push_back(
        Make(NodeKind::kWithItem, value,
             {Expression(Parts(value)[0]), target.empty() ? Name(Field(value, "alias")) : Target(target[0])}));
  } else {
    items.push_back(Make(NodeKind::kWithItem, value, {Expression(value), nullptr}));
  }
}

const Node* TreeReader::Alias(TSNode node) {
  if (Type(node) == "wildcard_import") return Make(NodeKind::kAlias, node, {nullptr}, "*");
  const bool renamed = Type(node) == "aliased_import";
  const TSNode name = renamed ? Field(node, "name") : node;
  std::string dotted;
  for (TSNode part : Parts(name)) absl::StrAppend(&dotted, dotted.empty() ? "" : ".", Text(part));
  return Make(NodeKind::kAlias, node, {renamed ? Name(Field(node, "alias")) : nullptr}, file_.KeepText(dotted));
}

const Node* TreeReader::Import(TSNode node) {
  Nodes aliases;
  for (TSNode part : Parts(node)) aliases.push_back(Alias(part));
  return Make(NodeKind::kImport, node, aliases);
}

const Node* TreeReader::ImportFrom(TSNode node) {
  const std::vector<TSNode> parts = Parts(node);
  const TSNode module = Field(node, "module_name");
  Node* result = Make(NodeKind::kImportFrom, node);
  std::string dotted;
  for (char byte : Text(module)) {
    if (byte == ' ' || byte == '\\' || byte == '\n') continue;
    if (byte == '.' && dotted.empty()) {
      ++result->integer;
    } else {
      dotted += byte;
    }
  }
  result->text = file_.KeepText(dotted);
  Nodes aliases;
  for (size_t i = 1; i < parts.size(); ++i) aliases.push_back(Alias(parts[i]));
  result->children = file_.KeepChildren(aliases);
  return result;
}

const Node* TreeReader::Names(NodeKind kind, TSNode node) {
  Nodes names;
  for (TSNode part : Parts(node)) names.push_back(Name(part));
  return Make(kind, node, names);
}

}  // namespace loadstone::python
