// The full_module format: a whole module saved with torch.save(model).
#ifndef LOADSTONE_LOADERS_FULL_MODULE_FULL_MODULE_LOADER_H_
#define LOADSTONE_LOADERS_FULL_MODULE_FULL_MODULE_LOADER_H_

#include "absl/status/status.h"
#include "engine/loader.h"
#include "engine/plugin_registry.h"

namespace loadstone {

class FullModuleLoader : public Loader {
 public:
  absl::string_view name() const override { return "full_module"; }
  absl::Status CanLoad(const ByteSource& source) const override;
  absl::StatusOr<ModelContent> Load(const ModelSpec& spec, const ByteSource& source) const override;
};

absl::Status RegisterFullModuleLoader(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_FULL_MODULE_FULL_MODULE_LOADER_H_
