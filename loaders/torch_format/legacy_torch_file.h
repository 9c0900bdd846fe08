// The legacy stream: five pickles and the raw storages, one after the other. The default of PyTorch 0.1.10 to 1.5, and
// still written with _use_new_zipfile_serialization=False (torch/serialization.py, _legacy_save).
#ifndef LOADSTONE_LOADERS_TORCH_FORMAT_LEGACY_TORCH_FILE_H_
#define LOADSTONE_LOADERS_TORCH_FORMAT_LEGACY_TORCH_FILE_H_

#include <cstdint>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/byte_source.h"
#include "loaders/pickle/unpickler.h"
#include "loaders/torch_format/torch_file.h"

namespace loadstone {

class LegacyTorchFile : public TorchFile {
 public:
  static bool BeginsAs(absl::string_view bytes);
  // Errors: see OpenTorchFile.
  static absl::StatusOr<std::shared_ptr<const TorchFile>> Open(const ByteSource& source,
                                                               const pickle::UnpickleOptions& options);

  absl::string_view container() const override { return "legacy stream"; }
  const pickle::Document& document() const override { return *document_; }
  // Whatever the writer's machine was, storages are little-endian; its sys_info says nothing about them.
  ByteOrder byte_order() const override { return ByteOrder::kLittle; }
  absl::StatusOr<StorageBytes> ReadStorage(const StorageId& id) const override;

 private:
  LegacyTorchFile() = default;
  absl::Status FindStorages(absl::string_view bytes, const pickle::Document& keys);

  std::shared_ptr<const void> memory_;
  std::unique_ptr<const pickle::Document> document_;
  absl::flat_hash_map<absl::string_view, absl::string_view> storages_;  // by key, which lies in the pickle
};

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_TORCH_FORMAT_LEGACY_TORCH_FILE_H_
