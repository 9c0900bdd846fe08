// A file the whole way: chosen by a loader, built of the classes that ship, placed, every tensor touched.
#include <sys/mman.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/engine.h"
#include "engine/plugin_registry.h"
#include "plugins/builtin/builtin_plugins.h"
#include "tests/attacks/walk.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

// Built once: it is the same for every input.
std::shared_ptr<const loadstone::PluginRegistry> Registry() {
  static const auto* const registry = [] {
    auto made = std::make_shared<loadstone::PluginRegistry>();
    if (!loadstone::RegisterBuiltinPlugins(*made).ok()) __builtin_trap();
    return new std::shared_ptr<const loadstone::PluginRegistry>(std::move(made));
  }();
  return *registry;
}

void Load(const std::string& path) {
  auto engine = loadstone::Engine::Create({.registry = Registry()});
  if (!engine.ok()) __builtin_trap();
  loadstone::ModelSpec spec;
  spec.name = "fuzz";
  spec.path = path;
  // For weights alone; a whole module brings its own.
  spec.architecture = loadstone::Architecture{.class_name = "torch.nn.modules.linear.Linear"};
  spec.architecture->arguments.positional = {loadstone::Attribute(2), loadstone::Attribute(2)};
  if (!(*engine)->AddModel(spec).ok()) __builtin_trap();
  const auto model = (*engine)->Acquire("fuzz");
  if (model.ok()) loadstone::testing::TouchModule((*model)->module()).IgnoreError();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const int file = memfd_create("fuzz", 0);
  if (file < 0 || write(file, data, size) != static_cast<ssize_t>(size)) __builtin_trap();
  Load(absl::StrCat("/proc/self/fd/", file));
  close(file);
  return 0;
}
