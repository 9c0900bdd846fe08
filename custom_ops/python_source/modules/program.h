// The Python program that one model's source is.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_PROGRAM_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_PROGRAM_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "custom_ops/python_source/modules/nn_world.h"
#include "custom_ops/python_source/modules/values.h"
#include "custom_ops/python_source/source_tree/source_tree.h"
#include "custom_ops/python_source/torch_api/fixed_tensors.h"
#include "engine/inputs.h"
#include "engine/module.h"
#include "engine/module_def.h"
#include "engine/plugin_registry.h"
#include "engine/signature.h"

namespace loadstone::python {

// Loads on one thread at a time; once it is sealed, nothing in it changes and any number of threads run it.
class Program {
 public:
  static absl::StatusOr<std::shared_ptr<Program>> Create(std::shared_ptr<const SourceTree> tree,
                                                         std::shared_ptr<const PluginRegistry> registry);
  ~Program();

  // What a name of the source is. kNothing: the tree has no such name; `why` says where it was searched.
  enum class Kind { kNothing, kModuleClass, kFunction };
  absl::StatusOr<Kind> Find(const std::string& qualified_name, std::string& why);

  // Class(...) or function(...): the module that it gives, as data.
  absl::StatusOr<std::shared_ptr<ModuleDef>> Construct(const std::string& qualified_name, const Arguments& arguments);

  // Says which data the module that is joined next on this thread is built of.
  void Expect(const ModuleDef& def);
  // Joins an engine's module with the object of the world that it is; `parts` are the module's own. Its children are
  // joined already.
  absl::Status Join(const Module& module, const ModuleParts& parts);
  void Leave(const Module& module);
  // When all modules are joined, built and placed: from then on the world is only read. An error lists the constructs
  // that are not supported and the names that nothing binds in what a forward can reach. Of modules that are built
  // without a load, the first forward does it.
  absl::Status Seal();

  // module.forward(...). Throws c10::Error with Python's error.
  c10::IValue Forward(const Module& module, const Inputs& inputs);
  // repr(module), or "" where that fails.
  std::string Text(const Module& module);

 private:
  struct Finder;
  struct Joined {
    Value object;
    const ModuleParts* parts = nullptr;
  };
  Program(std::shared_ptr<const SourceTree> tree, std::shared_ptr<const PluginRegistry> registry);

  // Empty: the tree has no such name, and `why` says so.
  absl::StatusOr<Value> Resolve(const std::string& qualified_name, std::string& why)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Each Empty or false: failed, with the error in loader_.
  Value ObjectOf(const Module& module, const ModuleParts* parts) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Value ObjectOfFile(const Module& module, const ModuleParts* parts) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Notes which module each part of `def` has become.
  void NoteModules(const ModuleDef& def, const Module& module) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // A module in a plain attribute: one of the tree, or one that only stands there.
  Value ObjectOfDef(const ModuleDef& def) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The source's own __setstate__.
  bool SetState(const Value& object) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Gives the object the tensors that the engine's module has now, after weights were read and placed.
  bool BindTensors(const Value& object, const Module& module, const ModuleParts* parts)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool BindAll() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Those that are part of no other.
  std::vector<Value> Outermost() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Functions that programs find by a name that they compute. False: failed.
  bool AddLibrary(std::vector<Value>& roots) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::shared_ptr<const SourceTree> tree_;
  const std::shared_ptr<const PluginRegistry> registry_;
  const std::unique_ptr<Finder> finder_;
  mutable absl::Mutex mutex_;
  std::unique_ptr<NnWorld> world_;
  std::unique_ptr<Evaluator> loader_ ABSL_GUARDED_BY(mutex_);
  std::vector<Value> constructed_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<AttributeValues> attributes_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<const Module*, Value> layer_objects_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<const ModuleDef*, const Module*> def_modules_ ABSL_GUARDED_BY(mutex_);
  const ModuleDef* expected_ ABSL_GUARDED_BY(mutex_) = nullptr;
  absl::flat_hash_map<const Module*, Joined> joined_;  // not changed once sealed, but by Leave at the model's end
  FixedTensors fixed_;
  std::atomic<bool> told_writes_ = false;
  std::atomic<bool> sealed_ = false;
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_PROGRAM_H_
