// A Python module class as C++ knows it: how to lay one out, and how to build one.
#ifndef LOADSTONE_ENGINE_MODULE_CLASS_H_
#define LOADSTONE_ENGINE_MODULE_CLASS_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/attribute_reader.h"
#include "engine/module.h"
#include "engine/module_def.h"

namespace loadstone {

class ModuleDefBuilder;

// A plain value, copied into the PluginRegistry. Its functions may be called by any thread.
//
// A full-module file brings attributes and children, so only `build` is used. For a state dict, `construct` first lays
// out what Python's __init__ would, the weights are bound to it by key, and then the same `build` is used.
struct ModuleClass {
  // Python's qualified name, as pickles write it: "torch.nn.modules.linear.Linear", "shop.models.Ranker".
  std::string name;
  // Parameters of __init__ without self and annotations, by the rules of BindArguments.
  std::string signature;
  // Python's __init__: sets attributes, parameters, buffers and children on `self`. `arguments` has an entry for every
  // parameter of `signature`. Mistakes are noted on either object.
  std::function<void(AttributeReader& arguments, ModuleDefBuilder& self)> construct = nullptr;
  // Makes the module; children are built already. Usually BuildModule<T>.
  std::function<absl::StatusOr<std::unique_ptr<Module>>(ModuleParts parts)> build;
  // What the class's Python __setstate__ does to objects of older releases. May be empty.
  std::function<void(ModuleDef& state)> set_state = nullptr;
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_MODULE_CLASS_H_
