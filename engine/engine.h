// The product API: a model by name, loaded on first use.
#ifndef LOADSTONE_ENGINE_ENGINE_H_
#define LOADSTONE_ENGINE_ENGINE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/model_spec.h"
#include "engine/plugin_registry.h"
#include "engine/servable_handle.h"

namespace loadstone {

class ServableStore;

// Adds what a plugin in a shared library brings to a registry. The engine knows no shared libraries: plugins/dynamic
// makes one of these. Any thread may call it.
using InstallPlugin = std::function<absl::Status(const std::string& library, PluginRegistry& registry)>;

struct EngineOptions {
  // Formats, devices and classes. Shared by the engine and every handle.
  std::shared_ptr<const PluginRegistry> registry;
  // A folder <root>/<model>/<version>/model.* with an optional <root>/<model>/model.json (docs/model_repository.md).
  // Empty: only models added in code.
  std::string model_repository;
  // Create() calls InstallSigbusHandler() (engine/base/mapped_file.h): a model's file that shrinks while it is used is
  // DataLoss then. False is for a program that may have no such handler: there it ends the process.
  bool install_sigbus_handler = true;
  // For `plugins` below and for ModelSpec::plugins. Null: naming a plugin is an error.
  InstallPlugin install_plugin = nullptr;
  // Shared libraries for every model, beside what `registry` holds; installed by Create, in this order.
  std::vector<std::string> plugins = {};
};

// Thread-safe. Handles may outlive it.
class Engine {
 public:
  // Reads the repository's folders and model.json files, loads nothing yet.
  // NotFound: no such folder. InvalidArgument: no registry, or a model.json that cannot be read (says where).
  // FailedPrecondition: plugins without install_plugin. What install_plugin returns.
  static absl::StatusOr<std::unique_ptr<Engine>> Create(EngineOptions options);
  ~Engine();

  // Makes a model known; it is loaded when first acquired. AlreadyExists: that name and version is known.
  // InvalidArgument: no name or no path.
  absl::Status AddModel(ModelSpec spec);

  // The model's highest version, or the given one. Loads it on first use: of many callers one loads, the others wait
  // for that load, and all get its result. A failed load is tried again by the next Acquire.
  // NotFound: no such model, version or file (names the nearest). FailedPrecondition: classes are not registered
  // (names every one). InvalidArgument: the file does not fit its architecture. AlreadyExists: a plugin of the model
  // brings a name that is taken (names both origins). DataLoss, PermissionDenied,
  // Unimplemented, ResourceExhausted: see Loader::Load and Device::Place.
  absl::StatusOr<ServableHandle> Acquire(absl::string_view name);
  absl::StatusOr<ServableHandle> Acquire(absl::string_view name, int64_t version);

  struct ModelInfo {
    ModelSpec spec;
    bool loaded = false;
  };
  // Every known version, by name, then version.
  std::vector<ModelInfo> Models() const;

 private:
  explicit Engine(EngineOptions options);
  absl::StatusOr<ServableHandle> AcquireVersion(absl::string_view name, std::optional<int64_t> version);

  absl::StatusOr<std::shared_ptr<const PluginRegistry>> RegistryFor(const ModelSpec& spec) const;

  const EngineOptions options_;
  const std::unique_ptr<ServableStore> store_;
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_ENGINE_H_
