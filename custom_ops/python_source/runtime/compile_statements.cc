// The statements of Compiler. Between statements the stack of operands is empty: iterators, exits and exceptions wait
// in slots of their own, so a handler only has to empty the stack.

#include "absl/strings/str_cat.h"
#include "custom_ops/python_source/runtime/compiler.h"
#include "custom_ops/python_source/runtime/object.h"

namespace loadstone::python {

void Compiler::Statements(const Node* block) {
  for (const Node* statement : block->children) Statement(statement);
}

void Compiler::Statement(const Node* node) {
  position_ = {node->line, node->column};
  switch (node->kind) {
    case NodeKind::kBlock:
      return Statements(node);
    case NodeKind::kExpression:
      Expression(node->children[0]);
      Emit(Step::kPop, 0, -1);
      return;
    case NodeKind::kAssign:
      Expression(node->children[0]);
      for (size_t i = 1; i < node->children.size(); ++i) {
        if (i + 1 < node->children.size()) Emit(Step::kDuplicate, 0, 1);
        Assign(node->children[i]);
      }
      return;
    case NodeKind::kAugAssign:
      return AugAssign(node);
    case NodeKind::kAnnAssign:
      if (scope_.kind == Scope::Kind::kClass && node->children[0]->kind == NodeKind::kName) {
        code_->annotations.emplace_back(std::string(node->children[0]->text), std::string(node->text));
      }
      if (node->children[1] != nullptr) {
        Expression(node->children[1]);
        Assign(node->children[0]);
      }
      return;
    case NodeKind::kReturn:
      return ReturnStatement(node);
    case NodeKind::kIf:
      return If(node);
    case NodeKind::kWhile:
      return While(node);
    case NodeKind::kFor:
      return For(node);
    case NodeKind::kBreak:
    case NodeKind::kContinue:
      return Leave(node, node->kind == NodeKind::kContinue);
    case NodeKind::kTry:
      return Try(node);
    case NodeKind::kWith:
      return With(node, 1);
    case NodeKind::kRaise:
      return Raise(node);
    case NodeKind::kAssert:
      return Assert(node);
    case NodeKind::kDelete:
      for (const Node* target : node->children) DeleteTarget(target);
      return;
    case NodeKind::kFunctionDef:
    case NodeKind::kClassDef:
      for (const Node* decorator : node->children.subspan(2)) Expression(decorator);
      if (node->kind == NodeKind::kFunctionDef) {
        Function(node, node->text, node->children[0]);
      } else {
        Class(node);
      }
      for (size_t i = 2; i < node->children.size(); ++i) Emit(Step::kCall, 1, -1);
      return Store(node->text);
    case NodeKind::kImport:
    case NodeKind::kImportFrom:
      return Import(node);
    case NodeKind::kPass:
    case NodeKind::kGlobal:
    case NodeKind::kNonlocal:
      return;
    case NodeKind::kUnsupported:
      Emit(Step::kUnsupported, Text(node->text), 0);
      return;
    default:
      Error(node, "syntax error: not a statement");
  }
}

void Compiler::Assign(const Node* target) {
  const CodePosition before = position_;
  position_ = {target->line, target->column};
  switch (target->kind) {
    case NodeKind::kName:
      Store(target->text);
      break;
    case NodeKind::kAttribute:
      Expression(target->children[0]);
      Emit(Step::kStoreAttribute, NameIndex(target->text), -2);
      break;
    case NodeKind::kSubscript:
      Expression(target->children[0]);
      Expression(target->children[1]);
      Emit(Step::kStoreItem, 0, -3);
      break;
    case NodeKind::kTuple:
    case NodeKind::kList: {
      const int count = static_cast<int>(target->children.size());
      int star = -1;
      for (int i = 0; i < count; ++i) {
        if (target->children[i]->kind == NodeKind::kStarred) star = i;
      }
      if (star < 0) {
        Emit(Step::kUnpack, count, count - 1);
      } else {
        Emit(Step::kUnpackStarred, star, count - 1, count - star - 1);
      }
      for (const Node* item : target->children) {
        Assign(item->kind == NodeKind::kStarred ? item->children[0] : item);
      }
      break;
    }
    default:
      Error(target, "syntax error: cannot assign to this");
  }
  position_ = before;
}

void Compiler::AugAssign(const Node* node) {
  const Node* target = node->children[0];
  const int op = static_cast<int>(node->op);
  if (target->kind == NodeKind::kName) {
    Load(target->text);
    Expression(node->children[1]);
    Emit(Step::kInPlace, 0, -1, op);
    return Store(target->text);
  }
  Expression(target->children[0]);
  if (target->kind == NodeKind::kAttribute) {
    Emit(Step::kDuplicate, 0, 1);
    Emit(Step::kLoadAttribute, NameIndex(target->text), 0);
    Expression(node->children[1]);
    Emit(Step::kInPlace, 0, -1, op);
    Emit(Step::kSwap, 0, 0);
    Emit(Step::kStoreAttribute, NameIndex(target->text), -2);
    return;
  }
  Expression(target->children[1]);
  Emit(Step::kDuplicateTwo, 0, 2);
  Emit(Step::kLoadItem, 0, -1);
  Expression(node->children[1]);
  Emit(Step::kInPlace, 0, -1, op);
  Emit(Step::kRotateThree, 0, 0);  // container index result -> result container index
  Emit(Step::kStoreItem, 0, -3);
}

void Compiler::DeleteTarget(const Node* target) {
  switch (target->kind) {
    case NodeKind::kName:
      return Delete(target->text);
    case NodeKind::kAttribute:
      Expression(target->children[0]);
      Emit(Step::kDeleteAttribute, NameIndex(target->text), -1);
      return;
    case NodeKind::kSubscript:
      Expression(target->children[0]);
      Expression(target->children[1]);
      Emit(Step::kDeleteItem, 0, -2);
      return;
    case NodeKind::kTuple:
    case NodeKind::kList:
      for (const Node* item : target->children) DeleteTarget(item);
      return;
    default:
      Error(target, "syntax error: cannot delete this");
  }
}

void Compiler::If(const Node* node) {
  std::vector<int> otherwise;
  Condition(node->children[0], false, otherwise);
  Statements(node->children[1]);
  if (node->children[2] == nullptr) {
    for (int jump : otherwise) PatchToHere(jump);
    return;
  }
  const int end = Emit(Step::kJump, 0, 0);
  for (int jump : otherwise) PatchToHere(jump);
  Statements(node->children[2]);
  PatchToHere(end);
}

void Compiler::While(const Node* node) {
  Open({.type = Block::Type::kLoop, .start = Here()});
  std::vector<int> ends;
  Condition(node->children[0], false, ends);
  Statements(node->children[1]);
  Emit(Step::kJumpBack, blocks_.back().start, 0);
  const std::vector<int> breaks = blocks_.back().breaks;
  blocks_.pop_back();
  for (int jump : ends) PatchToHere(jump);
  if (node->children[2] != nullptr) Statements(node->children[2]);
  for (int jump : breaks) PatchToHere(jump);
}

void Compiler::For(const Node* node) {
  const int slot = HiddenSlot();
  Expression(node->children[1]);
  Emit(Step::kGetIterator, 0, 0);
  Emit(Step::kStackToSlot, slot, -1);
  Open({.type = Block::Type::kLoop, .start = Here()});
  const int next = Emit(Step::kForNext, 0, 1, slot);
  Assign(node->children[0]);
  Statements(node->children[2]);
  Emit(Step::kJumpBack, next, 0);
  const std::vector<int> breaks = blocks_.back().breaks;
  blocks_.pop_back();
  PatchToHere(next);
  if (node->children[3] != nullptr) Statements(node->children[3]);
  for (int jump : breaks) PatchToHere(jump);
  Emit(Step::kClearSlot, slot, 0);
}

void Compiler::Import(const Node* node) {
  for (const Node* alias : node->children) {
    position_ = {alias->line, alias->column};
    const bool renamed = alias->children[0] != nullptr;
    const absl::string_view bound = renamed ? alias->children[0]->text : alias->text;
    if (node->kind == NodeKind::kImport) {
      Emit(Step::kImport, NameIndex(alias->text), 1, renamed ? 1 : 0);
      Store(bound.substr(0, bound.find('.')));
      continue;
    }
    Emit(Step::kImportFrom,
         Constant(Value(heap_.New<TupleObject>(std::vector<Value>{
             Value(heap_.Intern(node->text)), Value::Int(node->integer), Value(heap_.Intern(alias->text))}))),
         1);
    if (alias->text == "*") {
      Emit(Step::kPop, 0, -1);
    } else {
      Store(bound);
    }
  }
}

void Compiler::Assert(const Node* node) {
  std::vector<int> holds;
  Condition(node->children[0], true, holds);
  const bool message = node->children[1] != nullptr;
  if (message) Expression(node->children[1]);
  Emit(Step::kAssertionError, 0, message ? -1 : 0, message ? 1 : 0);
  for (int jump : holds) PatchToHere(jump);
}

}  // namespace loadstone::python
