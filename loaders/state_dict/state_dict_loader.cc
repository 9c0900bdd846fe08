#include "loaders/state_dict/state_dict_loader.h"

#include <memory>
#include <utility>

#include "engine/base/status_macros.h"
#include "loaders/torch_format/expect_content.h"
#include "loaders/torch_format/interpreter.h"

namespace loadstone {

absl::Status StateDictLoader::CanLoad(const ByteSource& source) const {
  return ExpectContent(source, ContentKind::kStateDict).status();
}

absl::StatusOr<ModelContent> StateDictLoader::Load(const ModelSpec& spec, const ByteSource& source) const {
  ASSIGN_OR_RETURN(const std::shared_ptr<const TorchFile> file, ExpectContent(source, ContentKind::kStateDict));
  Interpreter interpreter(*file);
  ASSIGN_OR_RETURN(StateDict weights, interpreter.InterpretStateDict(file->document().root()));
  return ModelContent(std::move(weights));
}

absl::Status RegisterStateDictLoader(PluginRegistry& registry) {
  return registry.AddLoader(std::make_unique<StateDictLoader>());
}

}  // namespace loadstone
