// Registries: containers of a module that decorators of the same file fill.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_REGISTRATIONS_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_REGISTRATIONS_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "custom_ops/python_source/syntax/node.h"

namespace loadstone::python {

// For each name that holds a registry, the top-level statements that may add to it or read it as it was at their place,
// in the file's order: functions and classes whose decorator leads to the name, and assignments that mention it. Once
// one of them has run, so must the others, or the registry would lack what Python has there.
absl::flat_hash_map<std::string, std::vector<int>> FindRegistrations(const Node& root);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_REGISTRATIONS_H_
