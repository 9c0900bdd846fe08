// One library for each reason to refuse one, by -D. If any of its code runs, the environment says so.
#include <cstdlib>

#include "engine/plugin_descriptor.h"

#ifdef OTHER_API
#undef LOADSTONE_PLUGIN_API_VERSION
#define LOADSTONE_PLUGIN_API_VERSION 999
#endif

#ifdef OTHER_LIBTORCH
#undef TORCH_VERSION
#define TORCH_VERSION "1.13.1"
#endif

namespace loadstone {
void NotInTheEngine();
}

namespace {

__attribute__((constructor)) void SayThatItRan() { setenv("LOADSTONE_TEST_PLUGIN_RAN", "1", 1); }

absl::Status Install(loadstone::PluginRegistry& registry) {
#ifdef UNRESOLVED
  loadstone::NotInTheEngine();
#endif
  return absl::InternalError("a refused library was installed");
}

}  // namespace

#ifndef NO_SYMBOL
LOADSTONE_PLUGIN(Install);
#else
// Keeps the function in the library, as the authors' other code would be.
extern "C" __attribute__((visibility("default"))) absl::Status Unused(loadstone::PluginRegistry& registry) {
  return Install(registry);
}
#endif
