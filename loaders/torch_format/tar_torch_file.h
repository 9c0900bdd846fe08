// The tar container: PyTorch 0.1.1 to 0.1.9 (torch/serialization.py, legacy_load).
#ifndef LOADSTONE_LOADERS_TORCH_FORMAT_TAR_TORCH_FILE_H_
#define LOADSTONE_LOADERS_TORCH_FORMAT_TAR_TORCH_FILE_H_

#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/byte_source.h"
#include "loaders/pickle/unpickler.h"
#include "loaders/torch_format/torch_file.h"

namespace loadstone {

class TarTorchFile : public TorchFile {
 public:
  static bool BeginsAs(absl::string_view bytes);
  // Errors: see OpenTorchFile.
  static absl::StatusOr<std::shared_ptr<const TorchFile>> Open(const ByteSource& source,
                                                               const pickle::UnpickleOptions& options);

  absl::string_view container() const override { return "tar"; }
  const pickle::Document& document() const override { return *document_; }
  ByteOrder byte_order() const override { return ByteOrder::kLittle; }
  absl::StatusOr<StorageBytes> ReadStorage(const StorageId& id) const override;
  absl::StatusOr<StoredTensor> FindTensor(absl::string_view key) const override;

 private:
  struct Storage {
    c10::ScalarType type;
    int64_t count;
    absl::string_view bytes;
  };
  TarTorchFile() = default;
  absl::Status ReadStorages(absl::string_view member, const pickle::UnpickleOptions& options);
  absl::Status ReadStorageViews(const pickle::Value& views);
  absl::Status ReadTensors(absl::string_view member, const pickle::UnpickleOptions& options);

  std::shared_ptr<const void> memory_;
  std::unique_ptr<const pickle::Document> document_;
  absl::flat_hash_map<std::string, Storage> storages_;       // by decimal key
  absl::flat_hash_map<std::string, StoredTensor> tensors_;   // by decimal key; its keys point into storages_
};

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_TORCH_FORMAT_TAR_TORCH_FILE_H_
