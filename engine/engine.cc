#include "engine/engine.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/mapped_file.h"
#include "engine/base/status_macros.h"
#include "engine/internal/model_loading.h"
#include "engine/internal/model_repository.h"
#include "engine/internal/servable_store.h"

namespace loadstone {
namespace {

// `base` and what `plugins` bring, in a scope of its own.
absl::StatusOr<std::shared_ptr<const PluginRegistry>> WithPlugins(std::shared_ptr<const PluginRegistry> base,
                                                                  const std::vector<std::string>& plugins,
                                                                  const InstallPlugin& install_plugin) {
  if (plugins.empty()) return base;
  if (install_plugin == nullptr) {
    return absl::FailedPreconditionError(absl::StrCat("plugin ", plugins.front(),
                                                      " is named, but this program loads no ",
                                                      "shared libraries (EngineOptions::install_plugin)"));
  }
  std::unique_ptr<PluginRegistry> scope = base->NewScope();
  for (const std::string& library : plugins) RETURN_IF_ERROR(install_plugin(library, *scope));
  return std::shared_ptr<const PluginRegistry>(std::move(scope));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Engine>> Engine::Create(EngineOptions options) {
  if (options.registry == nullptr) return absl::InvalidArgumentError("EngineOptions::registry is null");
  if (options.install_sigbus_handler) InstallSigbusHandler();
  ASSIGN_OR_RETURN(options.registry, WithPlugins(options.registry, options.plugins, options.install_plugin));
  std::unique_ptr<Engine> engine(new Engine(std::move(options)));
  if (!engine->options_.model_repository.empty()) {
    ASSIGN_OR_RETURN(const std::vector<ModelSpec> specs, ReadModelRepository(engine->options_.model_repository));
    for (const ModelSpec& spec : specs) RETURN_IF_ERROR(engine->AddModel(spec));
  }
  return engine;
}

Engine::Engine(EngineOptions options) : options_(std::move(options)), store_(std::make_unique<ServableStore>()) {}

Engine::~Engine() = default;

absl::Status Engine::AddModel(ModelSpec spec) {
  if (spec.name.empty()) return absl::InvalidArgumentError("ModelSpec::name is empty");
  if (spec.path.empty()) return absl::InvalidArgumentError(absl::StrCat("model ", spec.name, ": ModelSpec::path is empty"));
  return store_->Add(std::move(spec));
}

absl::StatusOr<ServableHandle> Engine::Acquire(absl::string_view name) { return AcquireVersion(name, std::nullopt); }

absl::StatusOr<ServableHandle> Engine::Acquire(absl::string_view name, int64_t version) {
  return AcquireVersion(name, version);
}

absl::StatusOr<ServableHandle> Engine::AcquireVersion(absl::string_view name, std::optional<int64_t> version) {
  ASSIGN_OR_RETURN(
      std::shared_ptr<const Servable> servable,
      store_->Acquire(name, version, [this](const ModelSpec& spec) -> absl::StatusOr<std::shared_ptr<const Servable>> {
        ASSIGN_OR_RETURN(std::shared_ptr<const PluginRegistry> registry, RegistryFor(spec));
        return LoadModel(spec, std::move(registry));
      }));
  return ServableHandle(std::move(servable));
}

absl::StatusOr<std::shared_ptr<const PluginRegistry>> Engine::RegistryFor(const ModelSpec& spec) const {
  absl::StatusOr<std::shared_ptr<const PluginRegistry>> registry =
      WithPlugins(options_.registry, spec.plugins, options_.install_plugin);
  if (!registry.ok()) return Annotate(registry.status(), absl::StrCat("model ", spec.name));
  return registry;
}

std::vector<Engine::ModelInfo> Engine::Models() const {
  std::vector<ModelInfo> models;
  for (auto& [spec, loaded] : store_->List()) models.push_back({std::move(spec), loaded});
  return models;
}

}  // namespace loadstone
