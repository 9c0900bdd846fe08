// What the evaluators of one program share.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_WORLD_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_WORLD_H_

#include <array>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "custom_ops/python_source/runtime/heap.h"
#include "custom_ops/python_source/runtime/object.h"
#include "custom_ops/python_source/runtime/special_names.h"
#include "custom_ops/python_source/syntax/source_file.h"

namespace loadstone::python {

struct FoundSource {
  std::shared_ptr<const SourceFile> file;
  bool package = false;  // modules lie below it
  bool partial = false;  // see ModuleObject
};

// Finds the source of modules.
class ModuleFinder {
 public:
  virtual ~ModuleFinder() = default;
  // NotFound: no module of that dotted name; says where it was searched. Otherwise it is there and is not valid.
  virtual absl::StatusOr<FoundSource> Find(const std::string& name) = 0;
};

// Python's own classes, the modules, and the objects made in load. Until Freeze() one evaluator uses it, with the
// world's heap; afterwards nothing of it changes, and any number of threads may each have an evaluator with a heap of
// its own.
class World {
 public:
  // `finder` may be null and must outlive the world.
  explicit World(ModuleFinder* finder = nullptr);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Heap& heap() { return heap_; }
  void Freeze();
  bool frozen() const { return frozen_; }

  // Python's own classes.
  ClassObject* object_class() const { return object_class_; }
  ClassObject* ClassOf(Kind kind) const { return kind_classes_[static_cast<size_t>(kind)]; }
  ClassObject* ClassOf(const Value& value) const {
    if (!value.is_object()) return tag_classes_[static_cast<size_t>(value.tag())];
    ClassObject* own = value.object()->own_class();
    return own != nullptr ? own : ClassOf(value.object()->kind());
  }
  StrObject* name(Special special) const { return names_[static_cast<size_t>(special)]; }

  // What object has as methods and every class shadows: __init__, __setattr__ ...
  Table& object_methods() { return object_methods_->names; }

  // The names that all modules see.
  Table& builtins() { return builtins_->names; }
  ModuleObject* builtins_module() { return builtins_; }
  void AddBuiltin(absl::string_view name, Value value);
  // Null: there is none.
  ClassObject* FindBuiltinClass(absl::string_view name);

  // A class of C++ that derives from `bases`, or from object. It is bound nowhere.
  ClassObject* NewClass(absl::string_view module, absl::string_view name, const std::vector<ClassObject*>& bases = {});

  // Modules by their dotted names: those of C++ and those already found.
  void AddModule(ModuleObject* module);
  ModuleObject* FindModule(absl::string_view name) const;
  ModuleFinder* finder() const { return finder_; }

 private:
  void DefineClasses();
  void DefineExceptions();
  void DefineCore();

  Heap heap_;
  ModuleFinder* const finder_;
  bool frozen_ = false;
  ClassObject* object_class_ = nullptr;
  std::array<ClassObject*, kKinds> kind_classes_ = {};
  std::array<ClassObject*, 8> tag_classes_ = {};
  std::array<StrObject*, kSpecials> names_ = {};
  ModuleObject* builtins_ = nullptr;
  ModuleObject* object_methods_ = nullptr;
  std::vector<Value> kept_;
  absl::flat_hash_map<std::string, Value> modules_;
};

// Orders a class and its bases, as C3 does. False: they cannot be put in an order.
bool Linearize(ClassObject& cls);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_WORLD_H_
