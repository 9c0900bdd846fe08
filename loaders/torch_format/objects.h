// What objects in a pickle are, judged by how they were made: dicts, modules, and their classes' names.
#ifndef LOADSTONE_LOADERS_TORCH_FORMAT_OBJECTS_H_
#define LOADSTONE_LOADERS_TORCH_FORMAT_OBJECTS_H_

#include <string>

#include "loaders/pickle/value.h"

namespace loadstone {

// The entries of a dict, or of an object that is one in Python (OrderedDict, defaultdict, a user's subclass); null for
// anything else.
const pickle::Dict* AsMapping(const pickle::Value& value);
// An instance of a subclass of nn.Module: judged by its state, for its class is only a name.
bool IsModule(const pickle::Value& value);
// "collections.OrderedDict" for a Name.
std::string QualifiedName(const pickle::Name& name);
// The same for the class of an object, whose legacy files name it inside a persistent id; or words for one without.
std::string ClassName(const pickle::Object& object);

// The __dict__ that BUILD gave an object, or null; of a pair (dict, slots) the first.
const pickle::Dict* StateOf(const pickle::Object& object);
// The state that nn.Module writes, or null.
const pickle::Dict* ModuleStateOf(const pickle::Value& value);
// The module inside what torch.compile pickles, or null: OptimizedModule.__reduce__ gives its class, (module, context)
// and no state of its own. A compiled module is not compiled again.
const pickle::Value* CompiledModule(const pickle::Value& value);

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_TORCH_FORMAT_OBJECTS_H_
