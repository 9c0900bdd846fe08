// Which variable a name means, for every function, class body, comprehension and module of a file.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_SCOPE_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_SCOPE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "custom_ops/python_source/syntax/node.h"

namespace loadstone::python {

// The variables of one block of code. Texts are those of the nodes, which must outlive it.
struct Scope {
  enum class Kind { kModule, kClass, kFunction };
  enum class Variable { kLocal, kCell, kFree, kGlobal, kName };

  Variable Find(absl::string_view name) const;

  Kind kind = Kind::kModule;
  const Node* node = nullptr;
  Scope* parent = nullptr;
  bool comprehension = false;
  bool generator = false;
  std::vector<absl::string_view> order;  // bound names as they come
  absl::flat_hash_set<absl::string_view> bound, globals, nonlocals, used, cells, free;
  absl::flat_hash_map<const Node*, std::unique_ptr<Scope>> inner;
};

// The scope of a module's `statement` (or of the whole file, a kBlock) with all inner ones. `error` and `error_at` say
// what is wrong, else stay empty.
std::unique_ptr<Scope> AnalyzeScopes(const Node& statement, std::string& error, const Node*& error_at);

// The names that a module's `statement` binds there.
std::vector<std::string> BoundNames(const Node& statement);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_SCOPE_H_
