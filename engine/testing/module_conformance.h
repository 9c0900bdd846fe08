// What engine/module.h and engine/module_class.h promise, checked of any class: for the tests of those who write one.
#ifndef LOADSTONE_ENGINE_TESTING_MODULE_CONFORMANCE_H_
#define LOADSTONE_ENGINE_TESTING_MODULE_CONFORMANCE_H_

#include <string>

#include "absl/status/status.h"
#include "engine/inputs.h"
#include "engine/plugin_registry.h"
#include "engine/signature.h"

namespace loadstone::testing {

struct ModuleExample {
  std::string class_name;  // registered, as are the classes of its children
  Arguments arguments;     // of its constructor
  Inputs inputs;           // that it takes
};

// OK, or FailedPrecondition: the first promise that is broken.
//   The class lays itself out and builds, with any weights. Forward gives the same whenever it is called, in many
//   threads at once too, and writes to no parameter or buffer. Inputs that do not fit are a c10::Error. The module
//   prints, beginning with its class. When a device puts other tensors in place of its own, it computes with those.
absl::Status CheckModule(const PluginRegistry& registry, const ModuleExample& example);

}  // namespace loadstone::testing

#endif  // LOADSTONE_ENGINE_TESTING_MODULE_CONFORMANCE_H_
