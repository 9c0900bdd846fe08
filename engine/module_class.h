// A Python module class as C++ knows it: how to lay one out, and how to build one.
#ifndef LOADSTONE_ENGINE_MODULE_CLASS_H_
#define LOADSTONE_ENGINE_MODULE_CLASS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/attribute_reader.h"
#include "engine/module.h"
#include "engine/module_def.h"
#include "engine/named.h"

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
  // Entries that state dicts of this class gained with a later nn.Module._version, and that version. One that is absent
  // from an older state dict is not missing: it keeps what the constructor gave it (_load_from_state_dict).
  NamedList<int64_t> added_entries = {};
};

// A forward (pre-)hook that PyTorch itself puts on modules, and whose effect in eval mode is always the same. It is
// applied once, when the module is built, instead of before every forward.
struct ForwardHook {
  // Python's qualified name of the hook object's class: "torch.nn.utils.weight_norm.WeightNorm".
  std::string name;
  // Changes the module's state as the hook would. An error is the module's.
  std::function<absl::Status(const Attribute& hook, ModuleDef& module)> apply;
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_MODULE_CLASS_H_
