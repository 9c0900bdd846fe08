// From nodes to steps.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_COMPILER_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_COMPILER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "custom_ops/python_source/runtime/code.h"
#include "custom_ops/python_source/runtime/heap.h"
#include "custom_ops/python_source/runtime/scope.h"

namespace loadstone::python {

// The code of `statement` at a module's top level, or of a whole file's root. Constants live on `heap`.
// InvalidArgument: what Python calls a SyntaxError.
absl::StatusOr<std::shared_ptr<const Code>> Compile(std::shared_ptr<const SourceFile> file, const Node& statement,
                                                    Heap& heap);

// One block of code.
class Compiler {
 public:
  Compiler(std::shared_ptr<const SourceFile> file, const Scope& scope, Heap& heap, Compiler* outer, std::string name);

  std::shared_ptr<const Code> Module(const Node& statement);

 private:
  // Where break, continue and return must pass: a loop, or what a try or with runs at its end.
  struct Block {
    enum class Type { kLoop, kFinally, kWith, kUnbind, kProtected } type;
    int start = 0;               // of the loop
    std::vector<int> breaks;     // jumps to the loop's end
    const Node* body = nullptr;  // of finally
    int slot = 0;                // of a with's exit
    absl::string_view name;      // that except binds
    int begin = -1;              // of the protected steps
    std::vector<std::pair<int, int>> ranges;
  };

  // steps
  int Emit(Step step, int a, int effect, int b = 0);
  void PatchToHere(int jump) { code_->instructions[jump].a = static_cast<int>(code_->instructions.size()); }
  int Here() const { return static_cast<int>(code_->instructions.size()); }
  int Constant(Value value);
  int Text(absl::string_view text);
  int NameIndex(absl::string_view name);
  // `__x` in a class is `_Class__x`.
  std::string Mangle(absl::string_view name) const;
  int HiddenSlot();
  int SlotOf(absl::string_view name) const;
  void Error(const Node* at, std::string message);

  // names
  void Load(absl::string_view name);
  void Store(absl::string_view name);
  void Delete(absl::string_view name);

  // statements
  void Statements(const Node* block);
  void Statement(const Node* node);
  void Assign(const Node* target);
  void AugAssign(const Node* node);
  void DeleteTarget(const Node* target);
  void If(const Node* node);
  void While(const Node* node);
  void For(const Node* node);
  void Try(const Node* node);
  void TryExcept(const Node* node);
  void TryFinally(const Node* node);
  void With(const Node* node, size_t item);
  void Handler(const Node* handler, int slot, std::vector<int>& ends);
  void Raise(const Node* node);
  void Assert(const Node* node);
  void Import(const Node* node);
  void ReturnStatement(const Node* node);
  void Leave(const Node* node, bool continues);
  // Emits what the blocks from the innermost down to `until` run when control leaves them.
  void RunExits(size_t until);
  void Open(Block block);
  // Closes the innermost block: what follows is not protected by it.
  Block StopProtecting();
  // The handler of a closed block starts here.
  void CloseWithHandlerHere(Block block);
  void Unbind(absl::string_view name);

  // expressions
  void Expression(const Node* node);
  void ExpressionInside(const Node* node);
  void Compare(const Node* node);
  void Boolean(const Node* node);
  void Condition(const Node* node, bool jump_if, std::vector<int>& jumps);
  void Call(const Node* node);
  void CallSpread(const Node* node);
  void Items(const Node* node, Step build, Step append, Step extend);
  void Dict(const Node* node);
  void Joined(const Node* node);
  void Comprehension(const Node* node);
  void ComprehensionClauses(const Node* node, size_t clause);
  void Function(const Node* node, absl::string_view name, const Node* parameters);
  void Class(const Node* node);
  void FinishFunction(Compiler& inner, int flags);
  bool ZeroArgumentSuper(const Node* node);
  void Finish();
  void Slots(const Node* parameters);

  std::shared_ptr<const SourceFile> file_;
  const Scope& scope_;
  Heap& heap_;
  Compiler* outer_;
  std::shared_ptr<Code> code_;
  absl::flat_hash_map<absl::string_view, int> slots_;
  absl::flat_hash_map<const void*, int> names_;
  std::vector<Block> blocks_;
  std::vector<int> handled_;  // slots of the exceptions being handled, the innermost last
  std::vector<absl::string_view> free_order_;
  std::string class_name_;  // of the innermost class around
  int depth_ = 0;
  CodePosition position_;

 public:
  // The first error, of this block or an inner one.
  std::string error;
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_COMPILER_H_
