// A world with torch.nn.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_NN_WORLD_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_NN_WORLD_H_

#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "custom_ops/python_source/torch_api/library.h"
#include "custom_ops/python_source/torch_api/objects.h"
#include "engine/module.h"
#include "engine/plugin_registry.h"

namespace loadstone::python {

// An object of a class that derives from nn.Module. Its parameters, buffers and children are in the dicts of its
// attributes, as Python has them.
struct ModuleInstance : InstanceObject {
  static constexpr NativeType kType{};
  explicit ModuleInstance(ClassObject* cls) : InstanceObject(cls, &kType) {}
  // What computes forward of a layer of C++, or of the layer that the source's class derives from. Null until the model
  // is built.
  std::shared_ptr<const Module> layer;
  // Attributes that the file had and this world cannot have, each with the reason: an error only when one is used.
  absl::flat_hash_map<std::string, std::string> unavailable;
};

class NnWorld : public TorchWorld {
 public:
  // Classes of C++ come from `registry`. Both must outlive the world.
  NnWorld(ModuleFinder* finder, const PluginRegistry& module_classes)
      : TorchWorld(finder), registry(module_classes) {}
  static NnWorld& Of(Evaluator& evaluator) { return static_cast<NnWorld&>(evaluator.world()); }

  // The class of C++ of that registered name, as Python's class. Null and !failed(): not registered.
  ClassObject* LayerClass(Evaluator& evaluator, absl::string_view qualified_name);
  // The registered name of the class of C++ that `cls` is or derives from, or "".
  const std::string& LayerName(const ClassObject* cls) const;

  const PluginRegistry& registry;
  std::string main_module;  // what __main__ is; "" when that is not known
  ClassObject* module_class = nullptr;
  // The names of a module's dicts and its flag.
  StrObject* parameters = nullptr;
  StrObject* buffers = nullptr;
  StrObject* modules = nullptr;
  StrObject* non_persistent = nullptr;
  StrObject* training = nullptr;
  StrObject* forward = nullptr;
  absl::flat_hash_map<const ClassObject*, std::string> layer_names;
  absl::flat_hash_map<std::string, Value> layer_classes;
  absl::flat_hash_map<std::string, Value> library_classes;  // of nn.py, by Python's qualified name
};

// Adds torch, torch.nn and what lies below to a new world. False: failed.
bool DefineNn(Evaluator& evaluator);

// Texts of the library for the finder of such a world.
LibraryTexts NnLibraryTexts();

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_NN_WORLD_H_
