// The expressions of Compiler.

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/compiler.h"
#include "custom_ops/python_source/runtime/object.h"

namespace loadstone::python {
namespace {

// What CPython's compiler knows the value of.
bool IsConstant(const Node* node) {
  switch (node->kind) {
    case NodeKind::kInteger:
    case NodeKind::kFloat:
    case NodeKind::kString:
    case NodeKind::kTrue:
    case NodeKind::kFalse:
    case NodeKind::kNone:
    case NodeKind::kEllipsis:
      return true;
    case NodeKind::kUnary:
      return IsConstant(node->children[0]);
    case NodeKind::kBinary:
      return IsConstant(node->children[0]) && IsConstant(node->children[1]);
    case NodeKind::kTuple:
      for (const Node* item : node->children) {
        if (!IsConstant(item)) return false;
      }
      return true;
    default:
      return false;
  }
}

}  // namespace

void Compiler::Expression(const Node* node) {
  const CodePosition before = position_;
  position_ = {node->line, node->column};
  ExpressionInside(node);
  position_ = before;
}

void Compiler::ExpressionInside(const Node* node) {
  switch (node->kind) {
    case NodeKind::kName:
      return Load(node->text);
    case NodeKind::kInteger:
      Emit(Step::kConstant, Constant(Value::Int(node->integer)), 1);
      return;
    case NodeKind::kFloat:
      Emit(Step::kConstant, Constant(Value::Float(node->real)), 1);
      return;
    case NodeKind::kString:
      Emit(Step::kConstant, Text(node->text), 1);
      return;
    case NodeKind::kTrue:
    case NodeKind::kFalse:
      Emit(Step::kConstant, Constant(Value::Bool(node->kind == NodeKind::kTrue)), 1);
      return;
    case NodeKind::kNone:
      Emit(Step::kConstant, Constant(Value::None()), 1);
      return;
    case NodeKind::kEllipsis:
      Emit(Step::kConstant, Constant(Value::Ellipsis()), 1);
      return;
    case NodeKind::kTuple:
      Items(node, Step::kBuildTuple, Step::kListAppend, Step::kListExtend);
      return;
    case NodeKind::kList:
      return Items(node, Step::kBuildList, Step::kListAppend, Step::kListExtend);
    case NodeKind::kSet:
      return Items(node, Step::kBuildSet, Step::kSetAdd, Step::kSetUpdate);
    case NodeKind::kDict:
      return Dict(node);
    case NodeKind::kBinary:
      Expression(node->children[0]);
      Expression(node->children[1]);
      Emit(Step::kBinary, 0, -1, static_cast<int>(node->op));
      return;
    case NodeKind::kUnary:
      Expression(node->children[0]);
      Emit(Step::kUnary, 0, 0, static_cast<int>(node->op));
      return;
    case NodeKind::kCompare:
      return Compare(node);
    case NodeKind::kBoolean:
      return Boolean(node);
    case NodeKind::kConditional: {
      std::vector<int> otherwise;
      Condition(node->children[0], false, otherwise);
      Expression(node->children[1]);
      const int end = Emit(Step::kJump, 0, -1);
      for (int jump : otherwise) PatchToHere(jump);
      Expression(node->children[2]);
      PatchToHere(end);
      return;
    }
    case NodeKind::kNamed:
      Expression(node->children[1]);
      Emit(Step::kDuplicate, 0, 1);
      return Store(node->children[0]->text);
    case NodeKind::kAttribute:
      Expression(node->children[0]);
      Emit(Step::kLoadAttribute, NameIndex(node->text), 0);
      return;
    case NodeKind::kSubscript:
      Expression(node->children[0]);
      Expression(node->children[1]);
      Emit(Step::kLoadItem, 0, -1);
      return;
    case NodeKind::kSlice:
      for (const Node* part : node->children) {
        if (part == nullptr) {
          Emit(Step::kConstant, Constant(Value::None()), 1);
        } else {
          Expression(part);
        }
      }
      Emit(Step::kBuildSlice, 0, -2);
      return;
    case NodeKind::kCall:
      return Call(node);
    case NodeKind::kLambda:
      return Function(node, "<lambda>", node->children[0]);
    case NodeKind::kListComp:
    case NodeKind::kSetComp:
    case NodeKind::kDictComp:
    case NodeKind::kGenerator:
      return Comprehension(node);
    case NodeKind::kJoined:
      return Joined(node);
    case NodeKind::kYield:
      if (node->children[0] == nullptr) {
        Emit(Step::kConstant, Constant(Value::None()), 1);
      } else {
        Expression(node->children[0]);
      }
      Emit(Step::kYield, 0, 0);
      return;
    case NodeKind::kYieldFrom: {
      const int slot = HiddenSlot();
      Expression(node->children[0]);
      Emit(Step::kGetIterator, 0, 0);
      Emit(Step::kStackToSlot, slot, -1);
      Emit(Step::kConstant, Constant(Value::None()), 1);
      const int next = Emit(Step::kYieldFromNext, 0, 0, slot);
      Emit(Step::kYield, 0, 0);
      Emit(Step::kJumpBack, next, 0);
      PatchToHere(next);
      return;
    }
    case NodeKind::kUnsupported:
      Emit(Step::kUnsupported, Text(node->text), 1);
      return;
    default:
      Error(node, "syntax error: not an expression");
      Emit(Step::kConstant, Constant(Value::None()), 1);
  }
}

void Compiler::Items(const Node* node, Step build, Step append, Step extend) {
  bool starred = false;
  for (const Node* item : node->children) starred |= item->kind == NodeKind::kStarred;
  const int count = static_cast<int>(node->children.size());
  if (!starred) {
    // CPython builds such a set from a constant one, which can change its order.
    bool constant = build == Step::kBuildSet && count > 2;
    for (const Node* item : node->children) constant = constant && IsConstant(item);
    if (constant) Emit(Step::kBuildSet, 0, 1);
    for (const Node* item : node->children) Expression(item);
    Emit(build, count, 1 - count);
    if (constant) Emit(Step::kSetUpdate, 0, -1, 1);
    return;
  }
  Emit(build == Step::kBuildTuple ? Step::kBuildList : build, 0, 1);
  for (const Node* item : node->children) {
    const bool star = item->kind == NodeKind::kStarred;
    Expression(star ? item->children[0] : item);
    Emit(star ? extend : append, 0, -1);
  }
  if (build == Step::kBuildTuple) Emit(Step::kListToTuple, 0, 0);
}

void Compiler::Dict(const Node* node) {
  // As CPython does: up to 17 pairs are evaluated before any key is hashed.
  constexpr int kMostPairs = 17;
  int pairs = 0;
  bool made = false;
  const auto flush = [&] {
    if (pairs == 0 && made) return;
    Emit(Step::kBuildDict, pairs, 1 - 2 * pairs);
    if (made) Emit(Step::kDictUpdate, 0, -1);
    made = true;
    pairs = 0;
  };
  for (size_t i = 0; i < node->children.size(); i += 2) {
    if (node->children[i] == nullptr) {
      flush();
      Expression(node->children[i + 1]);
      Emit(Step::kDictUpdate, 0, -1);
    } else {
      Expression(node->children[i]);
      Expression(node->children[i + 1]);
      if (++pairs == kMostPairs) flush();
    }
  }
  flush();
}

void Compiler::Joined(const Node* node) {
  for (const Node* piece : node->children) {
    if (piece->kind == NodeKind::kFormatted) {
      Expression(piece->children[0]);
      const bool format = piece->children[1] != nullptr;
      if (format) Joined(piece->children[1]);
      Emit(Step::kFormat, format ? 1 : 0, format ? -1 : 0, static_cast<int>(piece->op));
    } else {
      Expression(piece);
    }
  }
  const int count = static_cast<int>(node->children.size());
  Emit(Step::kBuildString, count, 1 - count);
}

void Compiler::Compare(const Node* node) {
  Expression(node->children[0]);
  std::vector<int> ends;
  for (size_t i = 1; i < node->children.size(); ++i) {
    const Node* step = node->children[i];
    Expression(step->children[0]);
    const bool last = i + 1 == node->children.size();
    if (!last) {  // a < b < c: b is kept below the result
      Emit(Step::kDuplicate, 0, 1);
      Emit(Step::kRotateThree, 0, 0);
    }
    const bool ordering = step->op < Operator::kIs;
    Emit(ordering ? Step::kCompare : Step::kIsIn, 0, -1, static_cast<int>(step->op));
    if (!last) ends.push_back(Emit(Step::kJumpIfFalseOrPop, 0, -1));
  }
  if (ends.empty()) return;
  const int end = Emit(Step::kJump, 0, 0);
  for (int jump : ends) PatchToHere(jump);
  Emit(Step::kSwap, 0, 0);
  Emit(Step::kPop, 0, 0);
  PatchToHere(end);
}

void Compiler::Boolean(const Node* node) {
  Expression(node->children[0]);
  const int end = Emit(node->op == Operator::kAnd ? Step::kJumpIfFalseOrPop : Step::kJumpIfTrueOrPop, 0, -1);
  Expression(node->children[1]);
  PatchToHere(end);
}

void Compiler::Condition(const Node* node, bool jump_if, std::vector<int>& jumps) {
  if (node->kind == NodeKind::kUnary && node->op == Operator::kNot)
    return Condition(node->children[0], !jump_if, jumps);
  if (node->kind == NodeKind::kBoolean) {
    const bool direct = (node->op == Operator::kOr) == jump_if;
    if (direct) {
      Condition(node->children[0], jump_if, jumps);
      return Condition(node->children[1], jump_if, jumps);
    }
    std::vector<int> fails;
    Condition(node->children[0], !jump_if, fails);
    Condition(node->children[1], jump_if, jumps);
    for (int jump : fails) PatchToHere(jump);
    return;
  }
  Expression(node);
  jumps.push_back(Emit(jump_if ? Step::kPopJumpIfTrue : Step::kPopJumpIfFalse, 0, -1));
}

bool Compiler::ZeroArgumentSuper(const Node* node) {
  return node->children.size() == 1 && node->children[0]->kind == NodeKind::kName &&
         node->children[0]->text == "super" && scope_.kind == Scope::Kind::kFunction &&
         scope_.free.contains("__class__") && !code_->parameters.empty() &&
         scope_.Find("super") == Scope::Variable::kGlobal;
}

void Compiler::Call(const Node* node) {
  if (ZeroArgumentSuper(node)) {
    const bool cell = scope_.cells.contains(code_->parameters[0]->text());
    Emit(Step::kSuper, SlotOf("__class__"), 1, cell ? 1 : 0);
    return;
  }
  for (const Node* argument : node->children.subspan(1)) {
    if (argument->kind == NodeKind::kStarred || argument->kind == NodeKind::kDoubleStarred) return CallSpread(node);
  }
  const Node* function = node->children[0];
  const bool method = function->kind == NodeKind::kAttribute;
  if (method) {
    Expression(function->children[0]);
    Emit(Step::kLoadMethod, NameIndex(function->text), 1);
  } else {
    Expression(function);
  }
  std::vector<Value> keywords;
  for (const Node* argument : node->children.subspan(1)) {
    const bool keyword = argument->kind == NodeKind::kKeyword;
    if (keyword) keywords.emplace_back(heap_.Intern(argument->text));
    Expression(keyword ? argument->children[0] : argument);
  }
  const int count = static_cast<int>(node->children.size()) - 1;
  const int effect = -count - (method ? 1 : 0);
  if (keywords.empty()) {
    Emit(method ? Step::kCallMethod : Step::kCall, count, effect);
  } else {
    const int names = Constant(Value(heap_.New<TupleObject>(std::move(keywords))));
    Emit(method ? Step::kCallMethodKeywords : Step::kCallKeywords, count, effect, names);
  }
}

void Compiler::CallSpread(const Node* node) {
  Expression(node->children[0]);
  Emit(Step::kBuildList, 0, 1);
  for (const Node* argument : node->children.subspan(1)) {
    if (argument->kind == NodeKind::kKeyword || argument->kind == NodeKind::kDoubleStarred) continue;
    const bool star = argument->kind == NodeKind::kStarred;
    Expression(star ? argument->children[0] : argument);
    Emit(star ? Step::kListExtend : Step::kListAppend, 0, -1);
  }
  Emit(Step::kBuildDict, 0, 1);
  for (const Node* argument : node->children.subspan(1)) {
    if (argument->kind == NodeKind::kKeyword) {
      // As a dict of one, so that a repeated name is found.
      Emit(Step::kBuildDict, 0, 1);
      Emit(Step::kConstant, Text(argument->text), 1);
      Expression(argument->children[0]);
      Emit(Step::kDictSet, 0, -2);
      Emit(Step::kDictMergeCall, 0, -1);
    } else if (argument->kind == NodeKind::kDoubleStarred) {
      Expression(argument->children[0]);
      Emit(Step::kDictMergeCall, 0, -1);
    }
  }
  Emit(Step::kCallSpread, 0, -2);
}

}  // namespace loadstone::python
