// A function, class body or module statement as the evaluator runs it.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_CODE_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_CODE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "custom_ops/python_source/runtime/value.h"
#include "custom_ops/python_source/syntax/source_file.h"

namespace loadstone::python {

class StrObject;

// What one step does to the stack of operands. a is the instruction's number.
enum class Step : uint8_t {
  kConstant,        // push constants[a]
  kLoadLocal,       // push slots[a]; UnboundLocalError
  kStoreLocal,      // pop into slots[a]
  kDeleteLocal,     //
  kLoadCell,        // push what the cell in slots[a] holds; NameError
  kStoreCell,       // pop into the cell
  kDeleteCell,      //
  kLoadCellItself,  // push the cell, for a closure
  kLoadGlobal,      // push the module's names[a], or Python's own
  kStoreGlobal,     //
  kDeleteGlobal,    //
  kLoadName,        // class bodies: push the class's names[a], else as kLoadGlobal
  kStoreName,       //
  kDeleteName,      //
  kLoadClassCell,   // class bodies: names[b] of the class if there, else what the cell in slots[a] holds
  kPop,
  kDuplicate,
  kDuplicateTwo,
  kSwap,
  kRotateThree,  // a b c -> c a b
  kUnary,        // op b
  kBinary,       // op b
  kInPlace,      // op b
  kCompare,      // op b
  kIsIn,         // op b: is, is not, in, not in
  kJump,         // to a
  kJumpBack,     // to a, counted
  kPopJumpIfFalse,
  kPopJumpIfTrue,  // to a
  kJumpIfFalseOrPop,
  kJumpIfTrueOrPop,
  kLoadAttribute,
  kStoreAttribute,
  kDeleteAttribute,  // names[a]
  kLoadMethod,       // object -> function self, or callable Empty
  kLoadItem,
  kStoreItem,
  kDeleteItem,  // container index; value container index
  kBuildTuple,
  kBuildList,
  kBuildSet,     // of a values
  kBuildDict,    // of a pairs
  kBuildSlice,   // of three
  kBuildString,  // of a texts
  kListAppend,   // pops; the list is below
  kListExtend,
  kSetAdd,
  kSetUpdate,
  kDictSet,
  kDictUpdate,
  kDictMergeCall,
  kListToTuple,
  kFormat,         // value [format]: conversion b, format if a
  kUnpack,         // a values, the first on top
  kUnpackStarred,  // a before, b after
  kGetIterator,    //
  kForNext,        // push the next of slots[b], or jump to a
  kCall,           // function, a arguments
  kCallKeywords,   // function, a arguments, the last of them by the names in constants[b]
  kCallMethod,     // function self, a arguments
  kCallMethodKeywords,
  kCallSpread,     // function tuple dict
  kSuper,          // cell slots[a], first slot b: push super()
  kMakeFunction,   // codes[a]; b: bits kHasDefaults, kHasKeywordDefaults, below them on the stack; closure tuple if any
  kCheckMetaclass,  // pop it
  kMakeClass,       // codes[a]: bases tuple, closure tuple -> class
  kReturn,         //
  kYield,          // value -> what was sent
  kYieldFromNext,  // what was sent -> next of the iterator in slots[b], or jump to a with its result
  kRaise,          // b: 0 exception, 1 exception and cause
  kReraise,        // the exception in slots[a]
  kMatchException,  // exception class -> exception bool
  kWithEnter,       // context -> entered; its exit goes into slots[a]
  kWithExit,        // exit function in slots[a], no exception: calls it with three None
  kWithExitError,   // exit in slots[a], exception in slots[b]: push whether it is swallowed
  kAssertionError,  // b: with a message on the stack
  kImport,          // push the module names[a] (b = 1: import a.b as c), or its root package
  kImportFrom,      // push what constants[a] says: (module, level, name)
  kUnsupported,     // constants[a] says what
  kClearSlot,       // slots[a]
  kStackToSlot,     // pop into slots[a] without more
};

struct Instruction {
  Step step;
  int32_t a = 0;
  int32_t b = 0;
};

struct CodePosition {
  uint32_t line = 0;
  uint32_t column = 0;
};

struct Code {
  // Steps [begin, end) go to `target` when they fail, with the exception on the otherwise empty stack.
  struct Handler {
    int begin, end, target;
  };

  std::shared_ptr<const SourceFile> file;
  std::string name;      // f
  std::string qualname;  // Net.forward
  std::vector<Instruction> instructions;
  std::vector<CodePosition> positions;  // of each instruction
  std::vector<Value> constants;
  std::vector<StrObject*> names;  // interned: they live as long as the heap
  std::vector<std::shared_ptr<const Code>> codes;
  std::vector<Handler> handlers;  // the innermost first

  // Parameters are the first slots: positional, keyword-only, *args, **kwargs.
  std::vector<StrObject*> parameters;
  int positional_only = 0;
  int positional = 0;  // with the positional-only ones
  int keyword_only = 0;
  bool star = false;
  bool double_star = false;
  // Slots of parameters that inner functions share become cells at the start; then the other cells.
  std::vector<int> cells;
  std::vector<int> captures;  // slots that the closure fills
  std::vector<std::string> slot_names;
  int slots = 0;
  int stack = 0;  // the most operands at a time
  bool generator = false;
  bool is_class = false;
  int class_cell = -1;  // class bodies: the slot of the cell __class__
  std::vector<std::pair<std::string, std::string>> annotations;  // class bodies: names and text
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_CODE_H_
