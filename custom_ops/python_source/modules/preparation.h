// Gets a program ready for calls, before the first.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_PREPARATION_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_PREPARATION_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "custom_ops/python_source/modules/code_facts.h"
#include "custom_ops/python_source/runtime/object.h"

namespace loadstone::python {

// Reads code without running it, but for the statements that bind the names in it. In load.
class Preparation {
 public:
  explicit Preparation(Evaluator& evaluator) : evaluator_(evaluator) {}

  // Names of modules are evaluated when they are first used, which a frozen world cannot do. Follows the code of all
  // classes and functions that can be reached from `roots`, and evaluates the names that it mentions. What fails is not
  // evaluated: it is an error of the call that uses it. Calls `reached` for each object on the way, once.
  void Evaluate(const std::vector<Value>& roots, absl::FunctionRef<void(const Value&)> reached);

  // All constructs that are not supported and names that nothing binds in what a call of `roots` may run, each with its
  // place: Unimplemented or InvalidArgument. Followed are the functions and classes that code names, and of the objects
  // on the way the attributes and methods whose names it mentions; so other classes of a file do not matter, but
  // branches that no call takes do. What a name that is computed leads to, and methods of objects that only a call
  // makes otherwise, are errors of the call.
  absl::Status Check(const std::vector<Value>& roots);

 private:
  const CodeFacts& FactsOf(const Code& code, ModuleObject* module);

  void Reach(const Value& value);
  void Reach(const std::vector<Value>& values);
  void Reach(const Table& table);
  void ReachParts(const Value& value);
  void ReachCode(const Code& code, ModuleObject* module);

  // What a call may use.
  void Use(const Value& value);
  void UseParts(const Value& value);
  void UseInstance(const Value& value, const InstanceObject& instance);
  void UseMethod(const ClassObject& cls, StrObject* name);
  void UseAttribute(const InstanceObject& instance, StrObject* name);
  void AddClass(ClassObject* cls);
  void AddName(StrObject* name);
  void CheckCode(const Code& code, ModuleObject* module);

  Evaluator& evaluator_;
  absl::flat_hash_map<const Code*, std::unique_ptr<CodeFacts>> facts_;
  std::vector<Value> waiting_;
  absl::flat_hash_set<const Object*> reached_;
  absl::flat_hash_set<const Code*> reached_codes_;

  absl::flat_hash_set<const Object*> seen_;
  absl::flat_hash_set<const ClassObject*> class_set_;
  absl::flat_hash_set<const Code*> checked_;
  // In the order found; each class and object with each name.
  std::vector<Value> used_;
  std::vector<const ClassObject*> classes_;
  std::vector<const InstanceObject*> instances_;
  std::vector<StrObject*> names_;
  std::vector<std::string> problems_;
  bool refused_ = false;
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_PREPARATION_H_
