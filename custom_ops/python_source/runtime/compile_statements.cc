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
      Emit(Step::kUnsupported, Text("'import'"), 0);
      return;
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

void Compiler::Open(Block block) {
  block.begin = Here();
  blocks_.push_back(std::move(block));
}

void Compiler::CloseWithHandlerHere() {
  Block block = std::move(blocks_.back());
  blocks_.pop_back();
  block.ranges.emplace_back(block.begin, Here());
  for (const auto& [begin, end] : block.ranges) {
    if (begin < end) code_->handlers.push_back({begin, end, Here()});
  }
}

void Compiler::RunExits(size_t until) {
  // While a block's exit runs, neither it nor the blocks inside it protect the steps.
  std::vector<Block> left;
  while (blocks_.size() > until) {
    Block block = std::move(blocks_.back());
    blocks_.pop_back();
    if (block.type != Block::Type::kLoop) block.ranges.emplace_back(block.begin, Here());
    left.push_back(std::move(block));
    if (left.back().type == Block::Type::kFinally) Statements(left.back().body);
    if (left.back().type == Block::Type::kWith) Emit(Step::kWithExit, left.back().slot, 0);
  }
  for (; !left.empty(); left.pop_back()) {
    blocks_.push_back(std::move(left.back()));
    if (blocks_.back().type != Block::Type::kLoop) blocks_.back().begin = Here() + 1;  // past the jump or return
  }
}

void Compiler::ReturnStatement(const Node* node) {
  if (node->children[0] == nullptr) {
    Emit(Step::kConstant, Constant(Value::None()), 1);
  } else {
    Expression(node->children[0]);
  }
  bool exits = false;
  for (const Block& block : blocks_) exits |= block.type != Block::Type::kLoop;
  if (!exits) {
    Emit(Step::kReturn, 0, -1);
    return;
  }
  const int slot = HiddenSlot();
  Emit(Step::kStackToSlot, slot, -1);
  // The load and the return cannot fail, but what follows them is protected again.
  RunExits(0);
  Emit(Step::kLoadLocal, slot, 1);
  Emit(Step::kReturn, 0, -1);
}

void Compiler::Leave(const Node* node, bool continues) {
  size_t loop = blocks_.size();
  while (loop > 0 && blocks_[loop - 1].type != Block::Type::kLoop) --loop;
  if (loop == 0) return Error(node, "syntax error: 'break' or 'continue' outside a loop");
  RunExits(loop);
  if (continues) {
    Emit(Step::kJumpBack, blocks_[loop - 1].start, 0);
  } else {
    blocks_[loop - 1].breaks.push_back(Emit(Step::kJump, 0, 0));
  }
}

void Compiler::Try(const Node* node) {
  if (node->children[2] == nullptr) return TryExcept(node);
  TryFinally(node);
}

void Compiler::TryFinally(const Node* node) {
  Open({.type = Block::Type::kFinally, .body = node->children[2]});
  if (node->children.size() > 3) {
    TryExcept(node);
  } else {
    Statements(node->children[0]);
  }
  // The way without an exception runs its own copy, outside the protection.
  blocks_.back().ranges.emplace_back(blocks_.back().begin, Here());
  Block block = std::move(blocks_.back());
  blocks_.pop_back();
  Statements(node->children[2]);
  const int end = Emit(Step::kJump, 0, 0);
  block.begin = Here();
  blocks_.push_back(std::move(block));
  CloseWithHandlerHere();
  const int slot = HiddenSlot();
  ++depth_;
  Emit(Step::kStackToSlot, slot, -1);
  handled_.push_back(slot);
  Statements(node->children[2]);
  handled_.pop_back();
  Emit(Step::kReraise, slot, 0);
  PatchToHere(end);
}

void Compiler::TryExcept(const Node* node) {
  Open({.type = Block::Type::kProtected});
  Statements(node->children[0]);
  // `else` is not protected by these handlers.
  blocks_.back().ranges.emplace_back(blocks_.back().begin, Here());
  Block block = std::move(blocks_.back());
  blocks_.pop_back();
  if (node->children[1] != nullptr) Statements(node->children[1]);
  std::vector<int> ends = {Emit(Step::kJump, 0, 0)};
  block.begin = Here();
  blocks_.push_back(std::move(block));
  CloseWithHandlerHere();
  const int slot = HiddenSlot();
  ++depth_;
  Emit(Step::kStackToSlot, slot, -1);
  for (const Node* handler : node->children.subspan(3)) Handler(handler, slot, ends);
  Emit(Step::kReraise, slot, 0);
  for (int jump : ends) PatchToHere(jump);
  Emit(Step::kClearSlot, slot, 0);
}

void Compiler::Handler(const Node* handler, int slot, std::vector<int>& ends) {
  int next = -1;
  position_ = {handler->line, handler->column};
  if (handler->children[0] != nullptr) {
    Expression(handler->children[0]);
    Emit(Step::kMatchException, slot, 0);
    next = Emit(Step::kPopJumpIfFalse, 0, -1);
  }
  if (!handler->text.empty()) {
    Emit(Step::kLoadLocal, slot, 1);
    Store(handler->text);
  }
  handled_.push_back(slot);
  Statements(handler->children[1]);
  handled_.pop_back();
  // Python also unbinds the name when the block is left by an error or a jump: nothing can tell but a later read of it.
  if (!handler->text.empty()) {
    Emit(Step::kConstant, Constant(Value::None()), 1);
    Store(handler->text);
    Delete(handler->text);
  }
  ends.push_back(Emit(Step::kJump, 0, 0));
  if (next >= 0) PatchToHere(next);
}

void Compiler::With(const Node* node, size_t item) {
  if (item == node->children.size()) return Statements(node->children[0]);
  const Node* context = node->children[item];
  const int exit = HiddenSlot();
  Expression(context->children[0]);
  Emit(Step::kWithEnter, exit, 0);
  Open({.type = Block::Type::kWith, .slot = exit});
  if (context->children[1] == nullptr) {
    Emit(Step::kPop, 0, -1);
  } else {
    Assign(context->children[1]);
  }
  With(node, item + 1);
  blocks_.back().ranges.emplace_back(blocks_.back().begin, Here());
  Block block = std::move(blocks_.back());
  blocks_.pop_back();
  Emit(Step::kWithExit, exit, 0);
  const int end = Emit(Step::kJump, 0, 0);
  block.begin = Here();
  blocks_.push_back(std::move(block));
  CloseWithHandlerHere();
  const int slot = HiddenSlot();
  ++depth_;
  Emit(Step::kStackToSlot, slot, -1);
  Emit(Step::kWithExitError, exit, 1, slot);
  const int swallowed = Emit(Step::kPopJumpIfTrue, 0, -1);
  Emit(Step::kReraise, slot, 0);
  PatchToHere(swallowed);
  PatchToHere(end);
  Emit(Step::kClearSlot, slot, 0);
}

void Compiler::Raise(const Node* node) {
  if (node->children[0] == nullptr) {
    if (handled_.empty()) {
      Emit(Step::kUnsupported, Text("'raise' without an exception outside an except block"), 0);
    } else {
      Emit(Step::kReraise, handled_.back(), 0);
    }
    return;
  }
  Expression(node->children[0]);
  if (node->children[1] != nullptr) Expression(node->children[1]);
  const bool cause = node->children[1] != nullptr;
  Emit(Step::kRaise, 0, cause ? -2 : -1, cause ? 1 : 0);
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
