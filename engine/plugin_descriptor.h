// What a plugin in a shared library exports: one symbol that says what it was built for and how to install it.
#ifndef LOADSTONE_ENGINE_PLUGIN_DESCRIPTOR_H_
#define LOADSTONE_ENGINE_PLUGIN_DESCRIPTOR_H_

#include <cstdint>

#include <torch/version.h>

#include "absl/base/config.h"
#include "absl/status/status.h"

namespace loadstone {
class PluginRegistry;
}  // namespace loadstone

// Raised with every change of the extension API that breaks a plugin built before it: a virtual function or a member
// added, removed or moved, a signature or a meaning changed.
#define LOADSTONE_PLUGIN_API_VERSION 2

#define LOADSTONE_TEXT_INNER_(x) #x
#define LOADSTONE_TEXT_(x) LOADSTONE_TEXT_INNER_(x)

// What objects of two compilations must agree on to be passed between them: the compiler's ABI, the layout of the
// standard library and of Abseil.
// clang-format off
#define LOADSTONE_PLUGIN_ABI                                         \
  "g++ ABI " LOADSTONE_TEXT_(__GXX_ABI_VERSION)                      \
  ", C++ " LOADSTONE_TEXT_(__cplusplus)                              \
  ", cxx11 strings " LOADSTONE_TEXT_(_GLIBCXX_USE_CXX11_ABI)         \
  ", Abseil " LOADSTONE_TEXT_(ABSL_LTS_RELEASE_VERSION)
// clang-format on

namespace loadstone {

// Plain data: a program reads it from the file, before the library is loaded and any of its code has run. Whatever the
// API version, the first three members stay as they are.
struct PluginDescriptor {
  char magic[8];         // "LODSTONE", no zero
  uint32_t size;         // of this struct
  uint32_t api_version;  // LOADSTONE_PLUGIN_API_VERSION
  char libtorch[32];     // TORCH_VERSION, ends in a zero
  char abi[128];         // LOADSTONE_PLUGIN_ABI, ends in a zero
  // Adds what the library brings. Called by one thread at a time for one registry, maybe for several registries.
  absl::Status (*install)(PluginRegistry& registry);
};

}  // namespace loadstone

extern "C" __attribute__((visibility("default"))) const loadstone::PluginDescriptor loadstone_plugin;

// In exactly one source file of the library, outside of any namespace, with the name of its register function:
//
//   absl::Status RegisterShop(loadstone::PluginRegistry& registry) { return registry.AddModuleClass({...}); }
//   LOADSTONE_PLUGIN(RegisterShop);
#define LOADSTONE_PLUGIN(install)                                                                 \
  const loadstone::PluginDescriptor loadstone_plugin = {{'L', 'O', 'D', 'S', 'T', 'O', 'N', 'E'}, \
                                                        sizeof(loadstone::PluginDescriptor),      \
                                                        LOADSTONE_PLUGIN_API_VERSION,             \
                                                        TORCH_VERSION,                            \
                                                        LOADSTONE_PLUGIN_ABI,                     \
                                                        install}

#endif  // LOADSTONE_ENGINE_PLUGIN_DESCRIPTOR_H_
