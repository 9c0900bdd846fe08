#include "engine/engine.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/internal/model_loading.h"
#include "engine/internal/model_repository.h"
#include "engine/internal/servable_store.h"

namespace loadstone {

absl::StatusOr<std::unique_ptr<Engine>> Engine::Create(EngineOptions options) {
  if (options.registry == nullptr) return absl::InvalidArgumentError("EngineOptions::registry is null");
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
  ASSIGN_OR_RETURN(std::shared_ptr<const Servable> servable,
                   store_->Acquire(name, version, [this](const ModelSpec& spec) {
                     return LoadModel(spec, options_.registry);
                   }));
  return ServableHandle(std::move(servable));
}

std::vector<Engine::ModelInfo> Engine::Models() const {
  std::vector<ModelInfo> models;
  for (auto& [spec, loaded] : store_->List()) models.push_back({std::move(spec), loaded});
  return models;
}

}  // namespace loadstone
