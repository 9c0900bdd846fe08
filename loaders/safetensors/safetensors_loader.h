// The safetensors format: bare weights as Hugging Face saves them (model.safetensors).
#ifndef LOADSTONE_LOADERS_SAFETENSORS_SAFETENSORS_LOADER_H_
#define LOADSTONE_LOADERS_SAFETENSORS_SAFETENSORS_LOADER_H_

#include "absl/status/status.h"
#include "engine/loader.h"
#include "engine/plugin_registry.h"

namespace loadstone {

class SafetensorsLoader : public Loader {
 public:
  absl::string_view name() const override { return "safetensors"; }
  absl::Status CanLoad(const ByteSource& source) const override;
  absl::StatusOr<ModelContent> Load(const ModelSpec& spec, const ByteSource& source) const override;
};

// Adds this loader and SafetensorsIndexLoader.
absl::Status RegisterSafetensorsLoader(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_SAFETENSORS_SAFETENSORS_LOADER_H_
