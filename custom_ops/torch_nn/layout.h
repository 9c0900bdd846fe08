// What the entries of ModuleClass of this folder share: registration, Python constructors, and the attributes that
// older releases lack.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_LAYOUT_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_LAYOUT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/attribute.h"
#include "engine/attribute_reader.h"
#include "engine/module_class.h"
#include "engine/module_def.h"
#include "engine/module_def_builder.h"
#include "engine/named.h"
#include "engine/plugin_registry.h"

namespace loadstone {

// Registers each class, whose name is short here ("Conv2d"), as `python_module`.name with the alias torch.nn.name.
// AlreadyExists: a name is taken.
absl::Status AddTorchNnClasses(PluginRegistry& registry, absl::string_view python_module,
                               std::vector<ModuleClass> classes);

// A ModuleClass::construct that sets the arguments of these names as attributes, in this order, and does no more.
using ConstructFunction = std::function<void(AttributeReader& arguments, ModuleDefBuilder& self)>;
ConstructFunction StoreArguments(std::vector<std::string> names);
void StoreArguments(AttributeReader& arguments, ModuleDefBuilder& self, const std::vector<std::string>& names);
// One that ignores its arguments.
ConstructFunction StoreNothing();

// A ModuleClass::set_state that adds the attributes which a file of an older release lacks.
using SetStateFunction = std::function<void(ModuleDef& state)>;
SetStateFunction FillAbsent(NamedList<Attribute> defaults);
void FillAbsent(ModuleDef& state, absl::string_view name, Attribute value);

// torch.nn.modules.utils._ntuple(count) of an argument, as an attribute: an int is repeated, a sequence made a tuple.
Attribute NTuple(const Attribute& value, size_t count);

// self.name = nn.Parameter(torch.empty(shape)), with the argument `dtype` where there is one. The value is random.
void AddParameter(AttributeReader& arguments, ModuleDefBuilder& self, absl::string_view name,
                  const std::vector<int64_t>& shape);
// The same, filled with what Python's initialiser always gives.
void AddParameter(AttributeReader& arguments, ModuleDefBuilder& self, absl::string_view name,
                  const std::vector<int64_t>& shape, double value);
void AddBuffer(AttributeReader& arguments, ModuleDefBuilder& self, absl::string_view name,
               const std::vector<int64_t>& shape, double value);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_LAYOUT_H_
