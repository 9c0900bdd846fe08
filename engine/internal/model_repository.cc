#include "engine/internal/model_repository.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/near_misses.h"
#include "engine/base/status_macros.h"
#include "engine/json_attribute.h"

namespace loadstone {
namespace {

namespace fs = std::filesystem;

// Order kept: later renames see the result of earlier ones.
using Json = nlohmann::ordered_json;

absl::StatusOr<std::vector<fs::path>> SortedEntries(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    entries.push_back(entry->path());
  }
  if (error) return absl::NotFoundError(absl::StrCat("cannot read folder ", folder.string(), ": ", error.message()));
  std::sort(entries.begin(), entries.end());
  return entries;
}

absl::Status ApplyArchitecture(const Json& json, ModelSpec& spec) {
  Architecture architecture;
  for (const auto& [field, value] : json.items()) {
    if (field == "class") {
      architecture.class_name = value.get<std::string>();
    } else if (field == "args") {
      ASSIGN_OR_RETURN(architecture.arguments, ArgumentsFromJson(value));
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("architecture has no field '", field, "'", DidYouMean(field, {"class", "args"})));
    }
  }
  if (architecture.class_name.empty()) return absl::InvalidArgumentError("architecture names no class");
  spec.architecture = std::move(architecture);
  return absl::OkStatus();
}

absl::Status ApplyField(const std::string& field, const Json& value, ModelSpec& spec) {
  if (field == "architecture") return ApplyArchitecture(value, spec);
  if (field == "loader") {
    spec.loader = value.get<std::string>();
  } else if (field == "strict") {
    spec.strictness = value.get<bool>() ? Strictness::kStrict : Strictness::kLenient;
  } else if (field == "weights_key") {
    spec.weights_key = value.get<std::string>();
  } else if (field == "device") {
    spec.device = value.get<std::string>();
  } else if (field == "key_renames") {
    for (const auto& [prefix, replacement] : value.items()) {
      spec.key_renames.emplace_back(prefix, replacement.get<std::string>());
    }
  } else {
    return absl::InvalidArgumentError(absl::StrCat(
        "no field '", field, "'",
        DidYouMean(field, {"architecture", "device", "key_renames", "loader", "strict", "weights_key"})));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> FindModelFile(const fs::path& version_folder) {
  std::vector<std::string> found;
  ASSIGN_OR_RETURN(const std::vector<fs::path> entries, SortedEntries(version_folder));
  for (const fs::path& entry : entries) {
    if (absl::StartsWith(entry.filename().string(), "model.")) found.push_back(entry.string());
  }
  if (found.size() == 1) return found.front();
  return absl::InvalidArgumentError(
      absl::StrCat(version_folder.string(), " holds ", found.size(), " files named model.*, needs exactly one"));
}

absl::Status ReadModel(const fs::path& folder, std::vector<ModelSpec>& specs) {
  ModelSpec base;
  base.name = folder.filename().string();
  const fs::path config = folder / "model.json";
  std::error_code error;
  if (fs::exists(config, error)) {
    std::ifstream file(config);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    RETURN_IF_ERROR(Annotate(ApplyModelJson(text, base), config.string()));
  }
  ASSIGN_OR_RETURN(const std::vector<fs::path> entries, SortedEntries(folder));
  for (const fs::path& entry : entries) {
    int64_t version;
    if (!absl::SimpleAtoi(entry.filename().string(), &version) || version <= 0) continue;
    if (!fs::is_directory(entry, error)) continue;
    ModelSpec spec = base;
    spec.version = version;
    ASSIGN_OR_RETURN(spec.path, FindModelFile(entry));
    specs.push_back(std::move(spec));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ApplyModelJson(absl::string_view text, ModelSpec& spec) {
  try {
    const Json json = Json::parse(text.begin(), text.end());
    if (!json.is_object()) return absl::InvalidArgumentError("needs a JSON object");
    for (const auto& [field, value] : json.items()) {
      try {
        RETURN_IF_ERROR(ApplyField(field, value, spec));
      } catch (const nlohmann::json::exception& error) {
        return absl::InvalidArgumentError(absl::StrCat("field '", field, "': ", error.what()));
      }
    }
  } catch (const nlohmann::json::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("not JSON: ", error.what()));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ModelSpec>> ReadModelRepository(const std::string& root) {
  std::error_code error;
  if (!fs::is_directory(root, error)) return absl::NotFoundError(absl::StrCat("no model repository folder ", root));
  std::vector<ModelSpec> specs;
  ASSIGN_OR_RETURN(const std::vector<fs::path> entries, SortedEntries(root));
  for (const fs::path& entry : entries) {
    if (fs::is_directory(entry, error)) RETURN_IF_ERROR(ReadModel(entry, specs));
  }
  return specs;
}

}  // namespace loadstone
