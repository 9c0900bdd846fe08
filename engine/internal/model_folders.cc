#include "engine/internal/model_folders.h"

#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"
#include "engine/folder_format.h"

namespace loadstone {

absl::StatusOr<ModelSpec> OpenModelFolder(const ModelSpec& spec, const PluginRegistry& registry) {
  std::error_code error;
  if (!std::filesystem::is_directory(spec.path, error)) return spec;
  std::optional<ModelSpec> opened;
  std::vector<std::string> asked;
  std::vector<std::string> able;
  for (const PluginRegistry::Entry<FolderFormat>& entry : registry.folder_formats()) {
    asked.push_back(entry.value->name);
    absl::StatusOr<std::optional<ModelSpec>> answer = entry.value->open(spec);
    if (!answer.ok()) return Annotate(answer.status(), spec.path);
    if (!answer->has_value()) continue;
    able.push_back(entry.value->name);
    opened = *std::move(answer);
  }
  if (able.size() > 1) {
    return absl::InvalidArgumentError(absl::StrCat(spec.path, ": folder formats ", absl::StrJoin(able, " and "),
                                                   " both understand it; give the file that holds the weights"));
  }
  if (!opened.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat(spec.path, " is a folder, not a model file",
                     asked.empty() ? "" : absl::StrCat(", and not one that ", absl::StrJoin(asked, ", "), " knows")));
  }
  if (spec.architecture.has_value()) opened->architecture = spec.architecture;
  return *std::move(opened);
}

}  // namespace loadstone
