// The checkpoint format: weights among the rest of a training script's checkpoint.
#ifndef LOADSTONE_LOADERS_CHECKPOINT_CHECKPOINT_LOADER_H_
#define LOADSTONE_LOADERS_CHECKPOINT_CHECKPOINT_LOADER_H_

#include "absl/status/status.h"
#include "engine/loader.h"
#include "engine/plugin_registry.h"

namespace loadstone {

class CheckpointLoader : public Loader {
 public:
  absl::string_view name() const override { return "checkpoint"; }
  absl::Status CanLoad(const ByteSource& source) const override;
  absl::StatusOr<ModelContent> Load(const ModelSpec& spec, const ByteSource& source) const override;
};

absl::Status RegisterCheckpointLoader(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_CHECKPOINT_CHECKPOINT_LOADER_H_
