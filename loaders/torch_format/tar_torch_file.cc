#include "loaders/torch_format/tar_torch_file.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "loaders/archive/tar_archive.h"
#include "loaders/torch_format/little_endian.h"
#include "loaders/torch_format/scalar_types.h"

namespace loadstone {
namespace {

constexpr int64_t kMaxDimensions = 64;

// Pickles and numbers, one after the other.
class Stream {
 public:
  Stream(absl::string_view name, absl::string_view bytes, const pickle::UnpickleOptions& options)
      : name_(name), bytes_(bytes), options_(options) {}

  absl::StatusOr<pickle::Value> NextPickle() {
    absl::StatusOr<std::unique_ptr<const pickle::Document>> document = pickle::Unpickle(bytes_, options_);
    if (!document.ok()) return Annotate(document.status(), absl::StrCat("tar member ", name_));
    bytes_.remove_prefix((*document)->bytes_consumed());
    document_ = *std::move(document);  // the value before this one is gone
    return document_->root();
  }
  absl::StatusOr<int64_t> NextCount() {
    ASSIGN_OR_RETURN(const pickle::Value value, NextPickle());
    if (value.kind() == pickle::Kind::kInt && value.int_value() >= 0) return value.int_value();
    return absl::DataLossError(absl::StrCat("tar member ", name_, " does not begin with a count"));
  }
  absl::StatusOr<int64_t> NextInt64() {
    if (bytes_.size() < sizeof(int64_t)) return CutShort();
    const int64_t value = LoadInt64(bytes_);
    bytes_.remove_prefix(sizeof(int64_t));
    return value;
  }
  absl::StatusOr<c10::DimVector> NextInt64s(int64_t count) {
    c10::DimVector values;
    for (int64_t i = 0; i < count; ++i) {
      ASSIGN_OR_RETURN(const int64_t value, NextInt64());
      values.push_back(value);
    }
    return values;
  }
  absl::StatusOr<absl::string_view> NextBytes(int64_t count, uint64_t item_size) {
    if (count < 0 || static_cast<uint64_t>(count) > bytes_.size() / item_size) return CutShort();
    const absl::string_view bytes = bytes_.substr(0, static_cast<size_t>(count) * item_size);
    bytes_.remove_prefix(bytes.size());
    return bytes;
  }

 private:
  absl::Status CutShort() const { return absl::DataLossError(absl::StrCat("tar member ", name_, " is cut short")); }

  absl::string_view name_;
  absl::string_view bytes_;
  const pickle::UnpickleOptions& options_;
  std::unique_ptr<const pickle::Document> document_;
};

absl::StatusOr<absl::string_view> FindMember(const std::vector<TarMember>& members, absl::string_view name) {
  for (const TarMember& member : members) {
    if (member.name == name) return member.bytes;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("a tar archive that torch.save did not write: it has no member '", name, "'"));
}

}  // namespace

bool TarTorchFile::BeginsAs(absl::string_view bytes) { return BeginsAsTar(bytes); }

absl::StatusOr<std::shared_ptr<const TorchFile>> TarTorchFile::Open(const ByteSource& source,
                                                                    const pickle::UnpickleOptions& options) {
  std::shared_ptr<TarTorchFile> file(new TarTorchFile());
  file->memory_ = source.memory();
  ASSIGN_OR_RETURN(const std::vector<TarMember> members, ReadTar(source.bytes()));
  ASSIGN_OR_RETURN(const absl::string_view object, FindMember(members, "pickle"));
  ASSIGN_OR_RETURN(const absl::string_view storages, FindMember(members, "storages"));
  ASSIGN_OR_RETURN(const absl::string_view tensors, FindMember(members, "tensors"));
  RETURN_IF_ERROR(file->ReadStorages(storages, options));
  RETURN_IF_ERROR(file->ReadTensors(tensors, options));
  absl::StatusOr<std::unique_ptr<const pickle::Document>> document = pickle::Unpickle(object, options);
  if (!document.ok()) return Annotate(document.status(), "tar member pickle");
  file->document_ = *std::move(document);
  return std::shared_ptr<const TorchFile>(std::move(file));
}

absl::Status TarTorchFile::ReadStorages(absl::string_view member, const pickle::UnpickleOptions& options) {
  Stream stream("storages", member, options);
  ASSIGN_OR_RETURN(const int64_t count, stream.NextCount());
  for (int64_t i = 0; i < count; ++i) {
    // (key, location, storage class)
    ASSIGN_OR_RETURN(const pickle::Value id, stream.NextPickle());
    std::optional<c10::ScalarType> type;
    if (id.kind() == pickle::Kind::kTuple && id.items().size() == 3 && id.items()[0].kind() == pickle::Kind::kInt &&
        id.items()[2].kind() == pickle::Kind::kName) {
      type = ScalarTypeOfStorageClass(id.items()[2].name().name);
    }
    if (!type.has_value()) return absl::DataLossError(absl::StrCat("tar storage ", i, " has no (key, location, class)"));
    const std::string key = absl::StrCat(id.items()[0].int_value());
    ASSIGN_OR_RETURN(const int64_t elements, stream.NextInt64());
    ASSIGN_OR_RETURN(const absl::string_view bytes, stream.NextBytes(elements, c10::elementSize(*type)));
    if (!storages_.try_emplace(key, Storage{*type, elements, bytes}).second) {
      return absl::DataLossError(absl::StrCat("tar storage ", key, " is there twice"));
    }
  }
  ASSIGN_OR_RETURN(const pickle::Value views, stream.NextPickle());
  return ReadStorageViews(views);
}

// [(view key, root key, offset, elements), ...]
absl::Status TarTorchFile::ReadStorageViews(const pickle::Value& views) {
  if (views.kind() != pickle::Kind::kList) return absl::DataLossError("tar member storages has no list of views");
  for (const pickle::Value& view : views.items()) {
    if (view.kind() != pickle::Kind::kTuple || view.items().size() != 4) {
      return absl::DataLossError("a view of a tar storage is no tuple of 4 items");
    }
    int64_t numbers[4];
    for (size_t i = 0; i < 4; ++i) {
      if (view.items()[i].kind() != pickle::Kind::kInt) return absl::DataLossError("a view of a tar storage has no ints");
      numbers[i] = view.items()[i].int_value();
    }
    const auto root = storages_.find(absl::StrCat(numbers[1]));
    if (root == storages_.end()) return absl::DataLossError(absl::StrCat("tar storage ", numbers[1], " is not there"));
    const Storage whole = root->second;
    if (numbers[2] < 0 || numbers[3] < 0 || numbers[2] > whole.count || numbers[3] > whole.count - numbers[2]) {
      return absl::DataLossError(absl::StrCat("a view of ", numbers[3], " elements at ", numbers[2],
                                              " of tar storage ", numbers[1], ", which has ", whole.count));
    }
    const uint64_t item_size = c10::elementSize(whole.type);
    const Storage part{whole.type, numbers[3],
                       whole.bytes.substr(static_cast<size_t>(numbers[2]) * item_size,
                                          static_cast<size_t>(numbers[3]) * item_size)};
    if (!storages_.try_emplace(absl::StrCat(numbers[0]), part).second) {
      return absl::DataLossError(absl::StrCat("tar storage ", numbers[0], " is there twice"));
    }
  }
  return absl::OkStatus();
}

absl::Status TarTorchFile::ReadTensors(absl::string_view member, const pickle::UnpickleOptions& options) {
  Stream stream("tensors", member, options);
  ASSIGN_OR_RETURN(const int64_t count, stream.NextCount());
  for (int64_t i = 0; i < count; ++i) {
    // (key, storage key or None, tensor class), then dimensions, sizes, strides and offset as int64.
    ASSIGN_OR_RETURN(const pickle::Value id, stream.NextPickle());
    if (id.kind() != pickle::Kind::kTuple || id.items().size() != 3 || id.items()[0].kind() != pickle::Kind::kInt) {
      return absl::DataLossError(absl::StrCat("tar tensor ", i, " has no (key, storage, class)"));
    }
    const std::string key = absl::StrCat(id.items()[0].int_value());
    StoredTensor tensor;
    const pickle::Value storage_key = id.items()[1];
    // An int32 and 4 bytes of whatever was on the writer's stack (legacy_load skips them).
    ASSIGN_OR_RETURN(const int64_t dimensions_and_rest, stream.NextInt64());
    const auto dimensions = static_cast<int32_t>(dimensions_and_rest & 0xFFFFFFFF);
    if (dimensions < 0 || dimensions > kMaxDimensions) {
      return absl::DataLossError(absl::StrCat("tar tensor ", key, " has ", dimensions, " dimensions"));
    }
    ASSIGN_OR_RETURN(tensor.geometry.sizes, stream.NextInt64s(dimensions));
    ASSIGN_OR_RETURN(tensor.geometry.strides, stream.NextInt64s(dimensions));
    ASSIGN_OR_RETURN(tensor.geometry.offset, stream.NextInt64());
    if (storage_key.kind() == pickle::Kind::kInt) {
      const auto storage = storages_.find(absl::StrCat(storage_key.int_value()));
      if (storage == storages_.end()) {
        return absl::DataLossError(absl::StrCat("tar tensor ", key, " names storage ", storage_key.int_value(),
                                                ", which is not there"));
      }
      tensor.storage.type = storage->second.type;
      tensor.storage.key = storage->first;
      tensor.storage.count = storage->second.count;
    }
    if (!tensors_.try_emplace(key, std::move(tensor)).second) {
      return absl::DataLossError(absl::StrCat("tar tensor ", key, " is there twice"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<StorageBytes> TarTorchFile::ReadStorage(const StorageId& id) const {
  if (id.key.empty()) return StorageBytes{"", memory_};  // a tensor without a storage has no elements
  const auto found = storages_.find(id.key);
  if (found == storages_.end()) return absl::DataLossError(absl::StrCat("tar storage ", id.key, " is not there"));
  return StorageBytes{found->second.bytes, memory_};
}

absl::StatusOr<StoredTensor> TarTorchFile::FindTensor(absl::string_view key) const {
  const auto found = tensors_.find(key);
  if (found == tensors_.end()) return absl::DataLossError(absl::StrCat("tar tensor ", key.substr(0, 40), " is not there"));
  return found->second;
}

}  // namespace loadstone
