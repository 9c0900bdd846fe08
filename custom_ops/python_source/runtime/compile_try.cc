// try, with, and leaving them, of Compiler.

#include <utility>

#include "custom_ops/python_source/runtime/compiler.h"
#include "custom_ops/python_source/runtime/object.h"

namespace loadstone::python {

void Compiler::Open(Block block) {
  block.begin = Here();
  blocks_.push_back(std::move(block));
}

Compiler::Block Compiler::StopProtecting() {
  Block block = std::move(blocks_.back());
  blocks_.pop_back();
  block.ranges.emplace_back(block.begin, Here());
  return block;
}

void Compiler::CloseWithHandlerHere(Block block) {
  for (const auto& [begin, end] : block.ranges) {
    if (begin < end) code_->handlers.push_back({begin, end, Here()});
  }
}

void Compiler::Unbind(absl::string_view name) {
  Emit(Step::kConstant, Constant(Value::None()), 1);
  Store(name);
  Delete(name);
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
    if (left.back().type == Block::Type::kUnbind) Unbind(left.back().name);
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
  Block block = StopProtecting();
  Statements(node->children[2]);
  const int end = Emit(Step::kJump, 0, 0);
  CloseWithHandlerHere(std::move(block));
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
  Block block = StopProtecting();
  if (node->children[1] != nullptr) Statements(node->children[1]);
  std::vector<int> ends = {Emit(Step::kJump, 0, 0)};
  CloseWithHandlerHere(std::move(block));
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
  if (handler->text.empty()) {
    Statements(handler->children[1]);
  } else {
    Open({.type = Block::Type::kUnbind, .name = handler->text});
    Statements(handler->children[1]);
    Block block = StopProtecting();
    Unbind(handler->text);
    const int end = Emit(Step::kJump, 0, 0);
    CloseWithHandlerHere(std::move(block));
    const int error = HiddenSlot();
    ++depth_;
    Emit(Step::kStackToSlot, error, -1);
    Unbind(handler->text);
    Emit(Step::kReraise, error, 0);
    PatchToHere(end);
  }
  handled_.pop_back();
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
  Block block = StopProtecting();
  Emit(Step::kWithExit, exit, 0);
  const int end = Emit(Step::kJump, 0, 0);
  CloseWithHandlerHere(std::move(block));
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

}  // namespace loadstone::python
