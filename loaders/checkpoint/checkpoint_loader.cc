#include "loaders/checkpoint/checkpoint_loader.h"

#include <memory>
#include <utility>

#include "engine/base/logging.h"
#include "engine/base/status_macros.h"
#include "loaders/torch_format/expect_content.h"
#include "loaders/torch_format/interpreter.h"

namespace loadstone {

absl::Status CheckpointLoader::CanLoad(const ByteSource& source) const {
  return ExpectContent(source, ContentKind::kCheckpoint).status();
}

absl::StatusOr<ModelContent> CheckpointLoader::Load(const ModelSpec& spec, const ByteSource& source) const {
  ASSIGN_OR_RETURN(const std::shared_ptr<const TorchFile> file, ExpectContent(source, ContentKind::kCheckpoint));
  ASSIGN_OR_RETURN(const Candidate candidate, ChooseCandidate(file->document().root(), spec.weights_key));
  VLOG(1) << source.path() << ": takes the weights at '" << candidate.path << "'";
  Interpreter interpreter(*file);
  if (IsModule(candidate.value)) {
    ASSIGN_OR_RETURN(std::shared_ptr<ModuleDef> def, interpreter.InterpretModule(candidate.value));
    return ModelContent(std::move(def));
  }
  ASSIGN_OR_RETURN(StateDict weights, interpreter.InterpretStateDict(candidate.value));
  return ModelContent(std::move(weights));
}

absl::Status RegisterCheckpointLoader(PluginRegistry& registry) {
  return registry.AddLoader(std::make_unique<CheckpointLoader>());
}

}  // namespace loadstone
