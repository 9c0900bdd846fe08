#include "loaders/torch_format/legacy_torch_file.h"

#include <cstdint>
#include <memory>
#include <utility>

#include <c10/core/ScalarType.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "loaders/torch_format/little_endian.h"

namespace loadstone {
namespace {

// 0x1950A86A20F9469CFC6C, torch.serialization.MAGIC_NUMBER, as a pickle's LONG holds it.
constexpr absl::string_view kMagicNumber("\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19", 10);
constexpr absl::string_view kMagicText = "119547037146038801333356";  // the same, as protocol 0 writes it
constexpr int64_t kProtocol = 1001;
constexpr size_t kMagicLooked = 64;  // a first pickle is 15 to 31 bytes

// The next pickle of the stream; `position` moves past it.
absl::StatusOr<std::unique_ptr<const pickle::Document>> NextPickle(absl::string_view bytes, size_t& position,
                                                                   absl::string_view what,
                                                                   const pickle::UnpickleOptions& options) {
  absl::StatusOr<std::unique_ptr<const pickle::Document>> document =
      pickle::Unpickle(bytes.substr(position), options);
  if (!document.ok()) {
    return Annotate(document.status(), absl::StrCat("legacy stream, ", what, " (a pickle at byte ", position, ")"));
  }
  position += (*document)->bytes_consumed();
  return document;
}

bool IsMagic(pickle::Value value) { return value.kind() == pickle::Kind::kBigInt && value.bytes() == kMagicNumber; }

}  // namespace

bool LegacyTorchFile::BeginsAs(absl::string_view bytes) {
  const absl::string_view head = bytes.substr(0, kMagicLooked);
  return (absl::StartsWith(head, "\x80") && absl::StrContains(head, kMagicNumber)) ||
         (absl::StartsWith(head, "L") && absl::StrContains(head, kMagicText));
}

absl::StatusOr<std::shared_ptr<const TorchFile>> LegacyTorchFile::Open(const ByteSource& source,
                                                                       const pickle::UnpickleOptions& options) {
  std::shared_ptr<LegacyTorchFile> file(new LegacyTorchFile());
  file->memory_ = source.memory();
  const absl::string_view bytes = source.bytes();
  size_t position = 0;
  ASSIGN_OR_RETURN(const auto magic, NextPickle(bytes, position, "magic number", options));
  if (!IsMagic(magic->root())) return absl::DataLossError("legacy stream with another magic number");
  ASSIGN_OR_RETURN(const auto protocol, NextPickle(bytes, position, "protocol version", options));
  if (protocol->root().kind() != pickle::Kind::kInt || protocol->root().int_value() != kProtocol) {
    return absl::DataLossError(absl::StrCat("legacy stream of another protocol than ", kProtocol));
  }
  ASSIGN_OR_RETURN(const auto sys_info, NextPickle(bytes, position, "sys_info", options));
  ASSIGN_OR_RETURN(file->document_, NextPickle(bytes, position, "object", options));
  ASSIGN_OR_RETURN(const auto keys, NextPickle(bytes, position, "storage keys", options));
  RETURN_IF_ERROR(file->FindStorages(bytes.substr(position), *keys));
  return std::shared_ptr<const TorchFile>(std::move(file));
}

// After the last pickle: for each key an int64 count of elements and the elements.
absl::Status LegacyTorchFile::FindStorages(absl::string_view bytes, const pickle::Document& keys) {
  // How long an element is stands only in the object's persistent ids.
  absl::flat_hash_map<absl::string_view, StorageId> ids;
  for (const pickle::PersistentId* id : document_->persistent_ids()) {
    if (NameOf(pickle::Value::Of(id)) != nullptr) continue;  // a module's class
    ASSIGN_OR_RETURN(const StorageId parsed, ParseStorageId(*id));
    ids.try_emplace(parsed.key, parsed);
  }
  if (keys.root().kind() != pickle::Kind::kList) return absl::DataLossError("the list of storage keys is no list");
  for (const pickle::Value& item : keys.root().items()) {
    absl::string_view key;
    const auto id = item.AsText(&key) ? ids.find(key) : ids.end();
    if (id == ids.end()) return absl::DataLossError(absl::StrCat("storage ", key, " belongs to no tensor"));
    if (bytes.size() < sizeof(int64_t)) {
      return absl::DataLossError(absl::StrCat("the file is cut short before storage ", key));
    }
    const int64_t count = LoadInt64(bytes);
    bytes.remove_prefix(sizeof(int64_t));
    if (count != id->second.count) {
      return absl::DataLossError(absl::StrCat("storage ", key, " holds ", count, " elements, its tensors say ",
                                              id->second.count));
    }
    const uint64_t item_size = c10::elementSize(id->second.type);
    if (static_cast<uint64_t>(count) > bytes.size() / item_size) {
      return absl::DataLossError(absl::StrCat("the file is cut short in storage ", key, ": ", count, " elements of ",
                                              item_size, " bytes, ", bytes.size(), " bytes are left"));
    }
    const size_t size = static_cast<size_t>(count) * item_size;
    if (!storages_.try_emplace(id->second.key, bytes.substr(0, size)).second) {
      return absl::DataLossError(absl::StrCat("storage ", key, " is there twice"));
    }
    bytes.remove_prefix(size);
  }
  return absl::OkStatus();
}

absl::StatusOr<StorageBytes> LegacyTorchFile::ReadStorage(const StorageId& id) const {
  const auto found = storages_.find(id.key);
  if (found == storages_.end()) {
    return absl::DataLossError(absl::StrCat("storage ", id.key, " is not in the file"));
  }
  return StorageBytes{found->second, memory_};
}

}  // namespace loadstone
