#include "loaders/full_module/full_module_loader.h"

#include <memory>
#include <utility>

#include "engine/base/status_macros.h"
#include "loaders/torch_format/expect_content.h"
#include "loaders/torch_format/interpreter.h"

namespace loadstone {

absl::Status FullModuleLoader::CanLoad(const ByteSource& source) const {
  return ExpectContent(source, ContentKind::kModule).status();
}

absl::StatusOr<ModelContent> FullModuleLoader::Load(const ModelSpec& spec, const ByteSource& source) const {
  ASSIGN_OR_RETURN(const std::shared_ptr<const TorchFile> file, ExpectContent(source, ContentKind::kModule));
  Interpreter interpreter(*file);
  ASSIGN_OR_RETURN(std::shared_ptr<ModuleDef> def, interpreter.InterpretModule(file->document().root()));
  return ModelContent(std::move(def));
}

absl::Status RegisterFullModuleLoader(PluginRegistry& registry) {
  return registry.AddLoader(std::make_unique<FullModuleLoader>());
}

}  // namespace loadstone
