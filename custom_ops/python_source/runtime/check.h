// Looks at what a call could reach, before it is made.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_CHECK_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_CHECK_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "custom_ops/python_source/runtime/evaluator.h"

namespace loadstone::python {

// Walks code without running it: from one method to the methods of its class whose names it uses, to the functions and
// classes that its global names are, and on. Every global name on the way is evaluated, so that a world can be frozen
// afterwards. What is only used in a branch that never runs counts too. Load only.
class Checker {
 public:
  explicit Checker(Evaluator& evaluator) : evaluator_(evaluator) {}

  // The method `name` as objects of `cls` have it, with all of the definitions that super() could reach.
  void CheckMethod(ClassObject* cls, absl::string_view name);
  void CheckFunction(FunctionObject* function, ClassObject* cls = nullptr);

  // Each with place, line and caret, in the order found: constructs that are not supported, and names that are not
  // known or cannot be evaluated.
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  void CheckCode(const Code& code, ModuleObject* module, ClassObject* cls);
  void CheckValue(const Value& value);
  void CheckImport(const Code& code, size_t at, ModuleObject* module);
  // The value of the global name, and of the attributes of modules after it.
  void CheckGlobal(const Code& code, size_t at, ModuleObject* module);
  void Report(const Code& code, size_t at, absl::string_view message);
  void ReportError(const Code& code, size_t at);
  void Forget();

  Evaluator& evaluator_;
  absl::flat_hash_set<std::pair<const void*, const void*>> seen_;
  std::vector<std::pair<Value, ClassObject*>> waiting_;
  std::vector<std::string> problems_;
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_CHECK_H_
