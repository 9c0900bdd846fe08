#include "loaders/safetensors/safetensors_index_loader.h"

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "loaders/safetensors/strict_json.h"
#include "loaders/safetensors/tensors.h"
#include "loaders/safetensors/weight_map.h"

namespace loadstone {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxFiles = 10'000;  // a process may hold 65,530 mappings

struct Shard {
  std::shared_ptr<ByteSource> source;
  std::shared_ptr<const SafetensorsHeader> header;
  absl::flat_hash_map<absl::string_view, const Named<SafetensorsEntry>*> unread;  // of `header`, by name
};
using Shards = absl::flat_hash_map<std::string, Shard>;

absl::StatusOr<std::shared_ptr<const WeightMap>> Parse(const ByteSource& source) {
  ASSIGN_OR_RETURN(WeightMap map, ParseWeightMap(source.bytes()));
  return std::make_shared<const WeightMap>(std::move(map));
}

// A bare name may still be a link. The cache of the Hugging Face Hub links index and files alike to one folder: such
// files lie where the index itself really lies.
absl::Status CheckFolder(const fs::path& index, const fs::path& file) {
  std::error_code error;
  const fs::path real_file = fs::canonical(file, error);
  if (error) return absl::OkStatus();  // Map says why it cannot be read
  const fs::path folder = fs::canonical(file.parent_path(), error);
  const fs::path index_folder = error ? folder : fs::canonical(index, error).parent_path();
  if (!error && (real_file.parent_path() == folder || real_file.parent_path() == index_folder)) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat(file.string(), " is a link to ", real_file.string(), ", outside the folder of its index"));
}

absl::StatusOr<Shard> OpenShard(const ByteSource& index, const std::string& file) {
  const fs::path index_path = index.path();
  const fs::path folder = index_path.has_parent_path() ? index_path.parent_path() : ".";
  const fs::path path = folder / file;
  RETURN_IF_ERROR(CheckFolder(index_path, path));
  Shard shard;
  ASSIGN_OR_RETURN(shard.source, index.MapPart(path.string()));
  ASSIGN_OR_RETURN(shard.header, ReadSafetensorsHeader(*shard.source));
  for (const Named<SafetensorsEntry>& entry : shard.header->entries) shard.unread[entry.name] = &entry;
  return shard;
}

absl::Status CheckCount(const WeightMap& map) {
  absl::flat_hash_set<absl::string_view> files;
  for (const Named<std::string>& file : map.files) files.insert(file.value);
  if (files.size() <= kMaxFiles) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("the index names ", files.size(), " files, limit ", kMaxFiles));
}

absl::Status CheckAllRead(const Shards& shards) {
  for (const auto& [file, shard] : shards) {
    if (shard.unread.empty()) continue;
    return absl::DataLossError(absl::StrCat(Quoted(file), " holds tensor ", Quoted(shard.unread.begin()->first),
                                            ", which the index does not send there"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status SafetensorsIndexLoader::CanLoad(const ByteSource& source) const {
  return source.Parsed<WeightMap>(&Parse).status();
}

absl::StatusOr<ModelContent> SafetensorsIndexLoader::Load(const ModelSpec& spec, const ByteSource& source) const {
  ASSIGN_OR_RETURN(const std::shared_ptr<const WeightMap> map, source.Parsed<WeightMap>(&Parse));
  RETURN_IF_ERROR(CheckCount(*map));
  Shards shards;
  StateDict weights;
  for (const Named<std::string>& file : map->files) {
    auto known = shards.find(file.value);
    if (known == shards.end()) {
      absl::StatusOr<Shard> shard = OpenShard(source, file.value);
      if (!shard.ok()) return Annotate(shard.status(), Quoted(file.value));
      known = shards.emplace(file.value, *std::move(shard)).first;
    }
    Shard& shard = known->second;
    const auto entry = shard.unread.find(file.name);
    if (entry == shard.unread.end()) {
      return absl::DataLossError(absl::StrCat("the index sends tensor ", Quoted(file.name), " to ", Quoted(file.value),
                                              ", which does not hold it"));
    }
    ASSIGN_OR_RETURN(at::Tensor tensor, MakeTensor(*entry->second, *shard.header, *shard.source));
    weights.entries.push_back({file.name, std::move(tensor)});
    shard.unread.erase(entry);
  }
  RETURN_IF_ERROR(CheckAllRead(shards));
  return ModelContent(std::move(weights));
}

}  // namespace loadstone
