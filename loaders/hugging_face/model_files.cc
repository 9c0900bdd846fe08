#include "loaders/hugging_face/model_files.h"

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/byte_source.h"
#include "engine/json_attribute.h"

namespace loadstone::hugging_face {
namespace {

constexpr size_t kMaxJsonBytes = size_t{1} << 20;
constexpr absl::string_view kWeights[] = {"model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"};

}  // namespace

absl::StatusOr<Attribute> ReadJsonFile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::shared_ptr<ByteSource> source, ByteSource::Map(path));
  const absl::string_view text = source->bytes();
  if (text.size() > kMaxJsonBytes) {
    return absl::DataLossError(absl::StrCat(path, " has ", text.size(), " bytes, limit ", kMaxJsonBytes));
  }
  const auto json = nlohmann::json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  RETURN_IF_ERROR(source->CheckIntact());
  if (json.is_discarded()) return absl::DataLossError(absl::StrCat(path, " is not JSON"));
  absl::StatusOr<Attribute> value = AttributeFromJson(json);
  if (!value.ok()) return absl::DataLossError(absl::StrCat(path, ": ", value.status().message()));
  return value;
}

absl::StatusOr<Attribute::Dict> ReadJsonObject(const std::string& path) {
  ASSIGN_OR_RETURN(const Attribute value, ReadJsonFile(path));
  if (value.dict() == nullptr) return absl::DataLossError(absl::StrCat(path, " holds no JSON object"));
  return *value.dict();
}

bool FileExists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

absl::StatusOr<std::string> FindWeights(const std::string& folder) {
  for (const absl::string_view name : kWeights) {
    const std::string path = absl::StrCat(folder, "/", name);
    if (FileExists(path)) return path;
  }
  if (FileExists(absl::StrCat(folder, "/pytorch_model.bin.index.json"))) {
    return absl::UnimplementedError(
        "the weights are pytorch_model.bin in several parts, which is not read; save them as "
        "safetensors");
  }
  return absl::NotFoundError(
      absl::StrCat("there is no ", kWeights[0], ", ", kWeights[1], " or ", kWeights[2], " in ", folder));
}

absl::StatusOr<std::string> SubFolder(const std::string& folder, const std::string& name) {
  if (name.empty()) return folder;
  const bool plain = name != "." && name != ".." && !absl::StrContains(name, '/') && !absl::StrContains(name, '\\') &&
                     !absl::StrContains(name, '\0');
  if (!plain) return absl::DataLossError(absl::StrCat("'", name, "' is not the name of a folder in ", folder));
  return absl::StrCat(folder, "/", name);
}

}  // namespace loadstone::hugging_face
