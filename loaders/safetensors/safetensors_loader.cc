#include "loaders/safetensors/safetensors_loader.h"

#include <memory>
#include <utility>

#include "engine/base/status_macros.h"
#include "loaders/safetensors/safetensors_index_loader.h"
#include "loaders/safetensors/tensors.h"

namespace loadstone {

absl::Status SafetensorsLoader::CanLoad(const ByteSource& source) const {
  return ReadSafetensorsHeader(source).status();
}

absl::StatusOr<ModelContent> SafetensorsLoader::Load(const ModelSpec& spec, const ByteSource& source) const {
  ASSIGN_OR_RETURN(const std::shared_ptr<const SafetensorsHeader> header, ReadSafetensorsHeader(source));
  StateDict weights;
  for (const Named<SafetensorsEntry>& entry : header->entries) {
    ASSIGN_OR_RETURN(at::Tensor tensor, MakeTensor(entry, *header, source));
    weights.entries.push_back({entry.name, std::move(tensor)});
  }
  return ModelContent(std::move(weights));
}

absl::Status RegisterSafetensorsLoader(PluginRegistry& registry) {
  RETURN_IF_ERROR(registry.AddLoader(std::make_unique<SafetensorsLoader>()));
  return registry.AddLoader(std::make_unique<SafetensorsIndexLoader>());
}

}  // namespace loadstone
