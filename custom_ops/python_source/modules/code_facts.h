// What one piece of code mentions.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_CODE_FACTS_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_CODE_FACTS_H_

#include <optional>
#include <string>
#include <vector>

#include "custom_ops/python_source/runtime/evaluator.h"

namespace loadstone::python {

struct CodeFacts {
  // Each with place, line and caret: constructs that are not supported, and names that nothing binds or whose
  // evaluation fails. Not those in a `try`, which may catch them, nor those of branches that never run, nor names that
  // Python has and this interpreter has not.
  std::vector<std::string> problems;
  bool refused = false;           // is one of them a construct?
  std::vector<Value> used;        // what names of modules are, and attributes of modules
  std::vector<StrObject*> names;  // of attributes
  std::vector<Value> mentioned;   // as `used`, and more: also of branches that never run
};

// Looks at code, and evaluates the module's names in it. In load, where an evaluation may run the source's statements.
class CodeReader {
 public:
  CodeReader(Evaluator& evaluator, const Code& code, ModuleObject* module);
  CodeFacts Read();

 private:
  void ReadImport(size_t at);
  void ReadGlobal(size_t at);
  // Attributes of the modules in `mentioned`, where they do not stand right behind the module's name.
  void ReadAttributes();
  void Use(size_t at, const Value& value);
  void Report(size_t at, std::string message);
  void ReportError(size_t at);
  bool IsProtected(size_t at) const;

  // Which steps can run, given the conditions that are the same in every call.
  void FindLiveSteps();
  // What the condition of the jump is in every call: self.training, a module's constant, torch.jit.is_scripting().
  std::optional<bool> Condition(size_t jump);
  std::optional<bool> Constant(size_t first, size_t last, bool called);
  Value Look(const Value& object, StrObject* name);

  Evaluator& evaluator_;
  const Code& code_;
  ModuleObject* const module_;
  std::vector<bool> live_;
  std::vector<bool> targets_;  // of jumps
  CodeFacts facts_;
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_CODE_FACTS_H_
