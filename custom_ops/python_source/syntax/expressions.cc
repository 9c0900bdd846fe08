// The expressions of TreeReader, without calls, parameters and strings.

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "custom_ops/python_source/syntax/literals.h"
#include "custom_ops/python_source/syntax/tree_reader.h"

namespace loadstone::python {
namespace {

Operator FindOperator(absl::string_view text, Operator first, Operator last) {
  for (int i = static_cast<int>(first); i <= static_cast<int>(last); ++i) {
    if (OperatorText(static_cast<Operator>(i)) == text) return static_cast<Operator>(i);
  }
  return text == "<>" ? Operator::kNotEqual : Operator::kNone;
}

}  // namespace

const Node* TreeReader::Expression(TSNode node) {
  if (depth_ >= kDeepest) return TooDeep(node);
  ++depth_;
  const Node* result = ExpressionInside(node);
  --depth_;
  return StarOutside(node, result);
}

// In a list the grammar takes [*a.b] for [(*a).b]: the star belongs to the whole item.
const Node* TreeReader::StarOutside(TSNode node, const Node* expression) {
  switch (expression->kind) {
    case NodeKind::kAttribute:
    case NodeKind::kSubscript:
    case NodeKind::kCall:
    case NodeKind::kBinary:
    case NodeKind::kBoolean:
    case NodeKind::kCompare:
      break;
    default:
      return expression;
  }
  const Node* first = expression->children[0];
  if (first->kind != NodeKind::kStarred) return expression;
  Node* inner = Make(expression->kind, node);
  Nodes children(expression->children.begin(), expression->children.end());
  children[0] = first->children[0];
  inner->op = expression->op;
  inner->text = expression->text;
  inner->children = file_.KeepChildren(children);
  return Make(NodeKind::kStarred, node, {inner});
}

const Node* TreeReader::ExpressionInside(TSNode node) {
  const absl::string_view type = Type(node);
  if (type == "identifier") return Name(node);
  if (type == "attribute") {
    return Make(NodeKind::kAttribute, node, {Expression(Field(node, "object"))}, Text(Field(node, "attribute")));
  }
  if (type == "call") return Call(node);
  if (type == "integer" || type == "float") return Number(node);
  if (type == "string" || type == "concatenated_string") return Strings(node);
  if (type == "true") return Make(NodeKind::kTrue, node);
  if (type == "false") return Make(NodeKind::kFalse, node);
  if (type == "none") return Make(NodeKind::kNone, node);
  if (type == "ellipsis") return Make(NodeKind::kEllipsis, node);
  if (type == "parenthesized_expression") {
    const Nodes inside = Expressions(node);
    return inside.size() == 1 ? inside[0] : Unsupported(node, "these brackets");
  }
  if (type == "binary_operator") {
    Node* result = Make(NodeKind::kBinary, node);
    result->op = FindOperator(Text(Field(node, "operator")), Operator::kAdd, Operator::kFloorDivide);
    result->children = file_.KeepChildren({Expression(Field(node, "left")), Expression(Field(node, "right"))});
    return result;
  }
  if (type == "boolean_operator") {
    Node* result = Make(NodeKind::kBoolean, node);
    result->op = Text(Field(node, "operator")) == "and" ? Operator::kAnd : Operator::kOr;
    result->children = file_.KeepChildren({Expression(Field(node, "left")), Expression(Field(node, "right"))});
    return result;
  }
  if (type == "not_operator" || type == "unary_operator") {
    Node* result = Make(NodeKind::kUnary, node);
    const absl::string_view op = type == "not_operator" ? "not" : Text(Field(node, "operator"));
    result->op = FindOperator(op, Operator::kNot, Operator::kPositive);
    result->children = file_.KeepChildren({Expression(Field(node, "argument"))});
    return result;
  }
  if (type == "comparison_operator") return Comparison(node);
  if (type == "conditional_expression") {
    const Nodes parts = Expressions(node);
    return Make(NodeKind::kConditional, node, {parts.at(1), parts.at(0), parts.at(2)});
  }
  if (type == "named_expression") {
    return Make(NodeKind::kNamed, node, {Name(Field(node, "name")), Expression(Field(node, "value"))});
  }
  if (type == "subscript") return Subscript(node);
  if (type == "slice") return Slice(node);
  if (type == "tuple" || type == "expression_list") return Make(NodeKind::kTuple, node, Expressions(node));
  if (type == "list") return Make(NodeKind::kList, node, Expressions(node));
  if (type == "set") return Make(NodeKind::kSet, node, Expressions(node));
  if (type == "dictionary") return Dict(node);
  if (type == "list_comprehension") return Comprehension(node, NodeKind::kListComp);
  if (type == "set_comprehension") return Comprehension(node, NodeKind::kSetComp);
  if (type == "dictionary_comprehension") return Comprehension(node, NodeKind::kDictComp);
  if (type == "generator_expression") return Comprehension(node, NodeKind::kGenerator);
  if (type == "lambda") return Lambda(node);
  if (type == "list_splat") return Make(NodeKind::kStarred, node, Expressions(node));
  if (type == "yield") return Yield(node);
  if (type == "await") return Unsupported(node, "'await'");
  return Unsupported(node, absl::StrCat("'", absl::StrReplaceAll(type, {{"_", " "}}), "'"));
}

TreeReader::Nodes TreeReader::Expressions(TSNode node) {
  Nodes result;
  for (TSNode part : Parts(node)) result.push_back(Expression(part));
  return result;
}

const Node* TreeReader::Name(TSNode node) { return Make(NodeKind::kName, node, {}, Text(node)); }

const Node* TreeReader::Target(TSNode node) {
  const absl::string_view type = Type(node);
  if (type == "identifier") return Name(node);
  if (type == "attribute" || type == "subscript") return Expression(node);
  if (type == "parenthesized_expression" && Parts(node).size() == 1) return Target(Parts(node)[0]);
  if (type == "list_splat_pattern" || type == "list_splat") {
    return Make(NodeKind::kStarred, node, {Target(Parts(node)[0])});
  }
  const bool list = type == "list_pattern" || type == "list";
  if (!list && type != "pattern_list" && type != "tuple_pattern" && type != "tuple" && type != "expression_list") {
    Error(node, "syntax error: cannot assign to this");
    return Make(NodeKind::kNone, node);
  }
  if (depth_ >= kDeepest) return TooDeep(node);
  ++depth_;
  Nodes targets;
  int stars = 0;
  for (TSNode part : Parts(node)) {
    targets.push_back(Target(part));
    if (targets.back()->kind == NodeKind::kStarred && ++stars == 2) Error(part, "syntax error: two starred targets");
  }
  --depth_;
  return Make(list ? NodeKind::kList : NodeKind::kTuple, node, targets);
}

const Node* TreeReader::Comparison(TSNode node) {
  // The operators are tokens between the operands; `not in` and `is not` are one token each or two.
  Nodes children;
  std::string op;
  TSNode at = node;
  for (uint32_t i = 0, count = ts_node_child_count(node); i < count; ++i) {
    const TSNode child = ts_node_child(node, i);
    if (ts_node_is_extra(child)) continue;
    if (!ts_node_is_named(child)) {
      if (op.empty()) at = child;
      absl::StrAppend(&op, op.empty() ? "" : " ", Type(child));
      continue;
    }
    if (children.empty()) {
      children.push_back(Expression(child));
      continue;
    }
    Node* step = Make(NodeKind::kCompareStep, at);
    step->op = FindOperator(op, Operator::kEqual, Operator::kNotIn);
    step->children = file_.KeepChildren({Expression(child)});
    children.push_back(step);
    op.clear();
  }
  return Make(NodeKind::kCompare, node, children);
}

const Node* TreeReader::Comprehension(TSNode node, NodeKind kind) {
  Nodes children;
  const TSNode body = Field(node, "body");
  if (kind == NodeKind::kDictComp) {
    if (Type(body) != "pair") return Unsupported(body, "'**' in a comprehension");
    children = {Expression(Field(body, "key")), Expression(Field(body, "value"))};
  } else {
    children = {Expression(body)};
  }
  Nodes clause;
  TSNode clause_at = node;
  const auto finish = [&] {
    if (!clause.empty()) children.push_back(Make(NodeKind::kClause, clause_at, clause));
    clause.clear();
  };
  for (TSNode part : Parts(node)) {
    if (Type(part) == "for_in_clause") {
      finish();
      if (HasToken(part, "async")) return Unsupported(part, "'async for'");
      clause_at = part;
      // `for x in a, b` is an error in a comprehension of Python 3.
      clause = {Target(Field(part, "left")), Expression(Field(part, "right"))};
    } else if (Type(part) == "if_clause") {
      clause.push_back(Expression(Parts(part)[0]));
    }
  }
  finish();
  return Make(kind, node, children);
}

const Node* TreeReader::Dict(TSNode node) {
  Nodes children;
  for (TSNode part : Parts(node)) {
    if (Type(part) == "pair") {
      children.push_back(Expression(Field(part, "key")));
      children.push_back(Expression(Field(part, "value")));
    } else {
      children.push_back(nullptr);
      children.push_back(Expression(Parts(part)[0]));
    }
  }
  return Make(NodeKind::kDict, node, children);
}

const Node* TreeReader::Subscript(TSNode node) {
  std::vector<TSNode> parts = Parts(node);
  const Node* value = Expression(parts[0]);
  if (parts.size() == 2 && !HasToken(node, ",")) {
    const Node* index = Expression(parts[1]);
    if (index->kind == NodeKind::kStarred) index = Make(NodeKind::kTuple, parts[1], {index});
    return Make(NodeKind::kSubscript, node, {value, index});
  }
  Nodes items;
  for (size_t i = 1; i < parts.size(); ++i) items.push_back(Expression(parts[i]));
  return Make(NodeKind::kSubscript, node, {value, Make(NodeKind::kTuple, parts.size() > 1 ? parts[1] : node, items)});
}

const Node* TreeReader::Slice(TSNode node) {
  Nodes parts = {nullptr, nullptr, nullptr};
  size_t at = 0;
  for (uint32_t i = 0, count = ts_node_child_count(node); i < count; ++i) {
    const TSNode child = ts_node_child(node, i);
    if (ts_node_is_extra(child)) continue;
    if (!ts_node_is_named(child)) {
      ++at;
    } else if (at < parts.size()) {
      parts[at] = Expression(child);
    }
  }
  return Make(NodeKind::kSlice, node, parts);
}

const Node* TreeReader::Yield(TSNode node) {
  const std::vector<TSNode> parts = Parts(node);
  if (HasToken(node, "from")) return Make(NodeKind::kYieldFrom, node, {Expression(parts.at(0))});
  return Make(NodeKind::kYield, node, {parts.empty() ? nullptr : Expression(parts[0])});
}

const Node* TreeReader::Number(TSNode node) {
  const absl::string_view text = Text(node);
  if (absl::EndsWith(text, "j") || absl::EndsWith(text, "J")) return Unsupported(node, "complex numbers");
  if (Type(node) == "float") {
    const absl::optional<double> value = ParseFloatLiteral(text);
    Node* result = Make(NodeKind::kFloat, node);
    if (value) {
      result->real = *value;
    } else {
      Error(node, "syntax error: malformed number");
    }
    return result;
  }
  const absl::optional<int64_t> value = ParseIntegerLiteral(text);
  if (!value) return Unsupported(node, "integers beyond 64 bits");
  Node* result = Make(NodeKind::kInteger, node);
  result->integer = *value;
  return result;
}

}  // namespace loadstone::python
