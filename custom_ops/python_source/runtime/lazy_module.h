// A module of the source, whose statements run only when a name that they bind is used.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_LAZY_MODULE_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_LAZY_MODULE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "custom_ops/python_source/runtime/evaluator.h"

namespace loadstone::python {

// Python runs a file from top to bottom. Here a statement that binds names waits until one of them is asked for, so
// that a library's file needs nothing that a model does not use. What a top-level statement does beside binding names
// (a call that registers something, an assignment to an item or attribute) runs, in the file's order, when the module
// is first touched. A name that is bound more than once is what Python would have at that place, or else is refused.
// A registry that decorators of the file fill (registrations.h) is full once it is there.
class LazyModule : public ModuleObject {
 public:
  LazyModule(std::string name, FoundSource source);

  Value Missing(Evaluator& evaluator, StrObject* attribute) override;
  // Does a statement at the top level bind it? Runs nothing.
  bool Binds(absl::string_view attribute) const { return binders_.contains(attribute); }
  // All names that statements at the top level bind.
  std::vector<std::string> Names() const;
  // What relative imports start from.
  std::string package() const;
  const SourceFile& file() const { return *source_.file; }
  // What `import *` takes: __all__, or all names without a leading "_".
  bool PublicNames(Evaluator& evaluator, std::vector<std::string>& names);

 private:
  enum class State : uint8_t { kWaiting, kRunning, kDone };

  bool Touch(Evaluator& evaluator);
  bool RunStatement(Evaluator& evaluator, int at);
  // Runs what registers in `registry` and stands above the statement that runs; what stands below waits for its end.
  bool Register(Evaluator& evaluator, const std::vector<int>& registry);
  Value FindInStars(Evaluator& evaluator, StrObject* attribute);

  const FoundSource source_;
  std::vector<State> states_;  // of each statement
  absl::flat_hash_map<std::string, std::vector<int>> binders_;
  std::vector<int> effects_;     // statements that do more than bind names
  std::vector<int> stars_;       // from x import *
  std::vector<int> unfinished_;  // bind again what a running statement has seen, or register where it has looked
  absl::flat_hash_map<std::string, std::vector<int>> registrations_;
  int running_ = -1;             // the innermost statement that runs
  bool touched_ = false;
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_LAZY_MODULE_H_
