// The state_dict format: bare weights saved with torch.save(model.state_dict()).
#ifndef LOADSTONE_LOADERS_STATE_DICT_STATE_DICT_LOADER_H_
#define LOADSTONE_LOADERS_STATE_DICT_STATE_DICT_LOADER_H_

#include "absl/status/status.h"
#include "engine/loader.h"
#include "engine/plugin_registry.h"

namespace loadstone {

class StateDictLoader : public Loader {
 public:
  absl::string_view name() const override { return "state_dict"; }
  absl::Status CanLoad(const ByteSource& source) const override;
  absl::StatusOr<ModelContent> Load(const ModelSpec& spec, const ByteSource& source) const override;
};

absl::Status RegisterStateDictLoader(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_STATE_DICT_STATE_DICT_LOADER_H_
