// Weights split over several safetensors files, given as their index (model.safetensors.index.json).
#ifndef LOADSTONE_LOADERS_SAFETENSORS_SAFETENSORS_INDEX_LOADER_H_
#define LOADSTONE_LOADERS_SAFETENSORS_SAFETENSORS_INDEX_LOADER_H_

#include "absl/status/status.h"
#include "engine/loader.h"

namespace loadstone {

// Maps every file that the index names. They lie beside the index, or beside the file that it is a link to; a name
// that leads elsewhere is DataLoss. NotFound: such a file is missing.
class SafetensorsIndexLoader : public Loader {
 public:
  absl::string_view name() const override { return "safetensors_index"; }
  // Of the index alone: its files are looked at by Load.
  absl::Status CanLoad(const ByteSource& source) const override;
  absl::StatusOr<ModelContent> Load(const ModelSpec& spec, const ByteSource& source) const override;
};

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_SAFETENSORS_SAFETENSORS_INDEX_LOADER_H_
