#include "engine/internal/model_repository.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/near_misses.h"
#include "engine/base/status_macros.h"
#include "engine/byte_source.h"
#include "engine/json_attribute.h"

namespace loadstone {
namespace {

namespace fs = std::filesystem;

// Order kept: later renames see the result of earlier ones.
using Json = nlohmann::ordered_json;

constexpr size_t kMaxJsonBytes = size_t{1} << 20;
constexpr size_t kMaxFolderEntries = 100'000;
constexpr size_t kMaxJsonNames = 10'000;  // an ordered object looks at all of its names to find one

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

// The folder that nothing of a repository may lead out of, whatever its links say.
class Root {
 public:
  static absl::StatusOr<Root> Open(const fs::path& folder) {
    std::error_code error;
    fs::path real = fs::canonical(folder, error);
    if (!error) return Root(std::move(real));
    return absl::NotFoundError(absl::StrCat("cannot resolve ", folder.string(), ": ", error.message()));
  }

  // InvalidArgument: a link out of the root, or one that leads nowhere.
  absl::Status Check(const fs::path& path) const {
    std::error_code error;
    const fs::path real = fs::canonical(path, error);
    if (error) return absl::InvalidArgumentError(absl::StrCat("cannot resolve ", path.string(), ": ", error.message()));
    if (std::mismatch(real_.begin(), real_.end(), real.begin(), real.end()).first == real_.end()) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(
        absl::StrCat(path.string(), " leads to ", real.string(), ", outside of the model repository ", real_.string()));
  }

  // The same of a model's folder and all that is in it.
  absl::Status CheckAll(const fs::path& path) const {
    RETURN_IF_ERROR(Check(path));
    std::error_code error;
    if (!fs::is_directory(path, error)) return absl::OkStatus();
    size_t entries = 0;
    for (fs::recursive_directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
      RETURN_IF_ERROR(Check(entry->path()));
      if (++entries <= kMaxFolderEntries) continue;
      return absl::InvalidArgumentError(
          absl::StrCat(path.string(), " holds more than ", kMaxFolderEntries, " files and folders"));
    }
    if (!error) return absl::OkStatus();
    return absl::NotFoundError(absl::StrCat("cannot read folder ", path.string(), ": ", error.message()));
  }

 private:
  explicit Root(fs::path real) : real_(std::move(real)) {}
  fs::path real_;
};

// items() would go through a text or array too.
absl::Status CheckIsObject(absl::string_view field, const Json& json) {
  if (json.is_object()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("field '", field, "' must be a JSON object, not a ", json.type_name()));
}

// A path relative to the model's folder.
absl::Status CheckLiesBelow(absl::string_view field, const std::string& path) {
  const fs::path parts(path);
  const bool below = !parts.has_root_path() && std::find(parts.begin(), parts.end(), "..") == parts.end();
  return below ? absl::OkStatus()
               : absl::InvalidArgumentError(absl::StrCat("field '", field, "': ", path,
                                                         " does not lie below the model's folder"));
}

absl::Status ApplyArchitecture(const Json& json, ModelSpec& spec) {
  RETURN_IF_ERROR(CheckIsObject("architecture", json));
  Architecture architecture;
  for (const auto& [field, value] : json.items()) {
    if (field == "class") {
      architecture.class_name = value.get<std::string>();
    } else if (field == "args") {
      absl::StatusOr<Arguments> arguments = ArgumentsFromJson(value);
      if (!arguments.ok()) return Annotate(arguments.status(), "field 'architecture.args'");
      architecture.arguments = *std::move(arguments);
    } else if (field == "file") {
      spec.architecture_file = value.get<std::string>();
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("architecture has no field '", field, "'", DidYouMean(field, {"class", "args", "file"})));
    }
  }
  if (!spec.architecture_file.empty()) {
    if (json.size() == 1) return CheckLiesBelow("architecture.file", spec.architecture_file);
    return absl::InvalidArgumentError("architecture has a file, so no class and args");
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
  } else if (field == "ignore_hooks") {
    spec.unknown_hooks = value.get<bool>() ? UnknownHooks::kIgnore : UnknownHooks::kRefuse;
  } else if (field == "weights_key") {
    spec.weights_key = value.get<std::string>();
  } else if (field == "device") {
    spec.device = value.get<std::string>();
  } else if (field == "source") {
    spec.source = value.get<std::string>();
    return CheckLiesBelow(field, spec.source);
  } else if (field == "plugins") {
    spec.plugins = value.get<std::vector<std::string>>();
  } else if (field == "key_renames") {
    RETURN_IF_ERROR(CheckIsObject(field, value));
    for (const auto& [prefix, replacement] : value.items()) {
      spec.key_renames.emplace_back(prefix, replacement.get<std::string>());
    }
  } else {
    return absl::InvalidArgumentError(absl::StrCat(
        "no field '", field, "'",
        DidYouMean(field, {"architecture", "device", "ignore_hooks", "key_renames", "loader", "plugins", "source",
                           "strict", "weights_key"})));
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

// The number that names a version's folder; nullopt for all else.
std::optional<int64_t> VersionOf(const fs::path& entry) {
  const std::string name = entry.filename().string();
  int64_t version;
  // SimpleAtoi takes signs and spaces as well.
  if (!std::all_of(name.begin(), name.end(), absl::ascii_isdigit) || !absl::SimpleAtoi(name, &version)) {
    return std::nullopt;
  }
  std::error_code error;
  if (version <= 0 || !fs::is_directory(entry, error)) return std::nullopt;
  return version;
}

absl::Status ApplyModelJsonFile(const std::string& path, ModelSpec& spec) {
  const absl::StatusOr<std::shared_ptr<ByteSource>> source = ByteSource::Map(path);  // no FIFO makes it wait
  if (!source.ok()) return absl::InvalidArgumentError(source.status().message());
  const absl::Status applied = ApplyModelJson((*source)->bytes(), spec);
  RETURN_IF_ERROR((*source)->CheckIntact());
  return Annotate(applied, path);
}

absl::Status ReadModel(const fs::path& folder, const Root& root, std::vector<ModelSpec>& specs) {
  RETURN_IF_ERROR(root.Check(folder));
  ModelSpec base;
  base.name = folder.filename().string();
  const fs::path config = folder / "model.json";
  std::error_code error;
  if (fs::symlink_status(config, error).type() != fs::file_type::not_found) {
    RETURN_IF_ERROR(root.Check(config));
    RETURN_IF_ERROR(ApplyModelJsonFile(config.string(), base));
    if (!base.architecture_file.empty()) {
      base.architecture_file = (folder / base.architecture_file).string();
      RETURN_IF_ERROR(root.Check(base.architecture_file));
    }
    if (!base.source.empty()) {
      base.source = (folder / base.source).string();
      RETURN_IF_ERROR(root.Check(base.source));
    }
  }
  std::map<int64_t, fs::path> versions;
  ASSIGN_OR_RETURN(const std::vector<fs::path> entries, SortedEntries(folder));
  for (const fs::path& entry : entries) {
    const std::optional<int64_t> version = VersionOf(entry);
    if (!version.has_value()) continue;
    const auto [first, inserted] = versions.try_emplace(*version, entry);
    if (inserted) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(first->second.string(), " and ", entry.string(), " are both version ", *version));
  }
  for (const auto& [version, version_folder] : versions) {
    RETURN_IF_ERROR(root.Check(version_folder));
    ModelSpec spec = base;
    spec.version = version;
    ASSIGN_OR_RETURN(spec.path, FindModelFile(version_folder));
    RETURN_IF_ERROR(root.CheckAll(spec.path));
    specs.push_back(std::move(spec));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ApplyModelJson(absl::string_view text, ModelSpec& spec) {
  if (text.size() > kMaxJsonBytes) {
    return absl::InvalidArgumentError(absl::StrCat("has ", text.size(), " bytes, limit ", kMaxJsonBytes));
  }
  try {
    size_t names = 0;
    const auto keep = [&names](int, Json::parse_event_t event, const Json&) {
      return event != Json::parse_event_t::key || ++names <= kMaxJsonNames;
    };
    const Json json = Json::parse(text.begin(), text.end(), keep);
    if (names > kMaxJsonNames) {
      return absl::InvalidArgumentError(absl::StrCat("has ", names, " names, limit ", kMaxJsonNames));
    }
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
  ASSIGN_OR_RETURN(const Root real_root, Root::Open(root));
  std::vector<ModelSpec> specs;
  ASSIGN_OR_RETURN(const std::vector<fs::path> entries, SortedEntries(root));
  for (const fs::path& entry : entries) {
    if (fs::is_directory(entry, error)) RETURN_IF_ERROR(ReadModel(entry, real_root, specs));
  }
  return specs;
}

}  // namespace loadstone
