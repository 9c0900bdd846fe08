// The storages of one file, each made once however many tensors view it.
#ifndef LOADSTONE_LOADERS_TORCH_FORMAT_STORAGE_TABLE_H_
#define LOADSTONE_LOADERS_TORCH_FORMAT_STORAGE_TABLE_H_

#include <string>
#include <utility>

#include <c10/core/ScalarType.h>
#include <c10/core/Storage.h>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "loaders/torch_format/storage_id.h"
#include "loaders/torch_format/torch_file.h"

namespace loadstone {

// Borrows the file, which must outlive it; the storages it hands out need neither. Not thread-safe.
class StorageTable {
 public:
  explicit StorageTable(const TorchFile& file) : file_(file) {}

  // The storage, for elements of `type`: the id's own, or a tensor's of an untyped storage. A view of the file's memory
  // when it is aligned and of this machine's byte order; else a copy, which verbosity 1 tells.
  // DataLoss: the file has no such storage, or of another size than the id's count says.
  absl::StatusOr<c10::Storage> Find(const StorageId& id, c10::ScalarType type);

 private:
  absl::StatusOr<c10::Storage> FindWhole(const StorageId& id, c10::ScalarType type);

  const TorchFile& file_;
  // By key, and by what the bytes were swapped for: two views of one storage share it unless swapped differently.
  absl::flat_hash_map<std::pair<absl::string_view, uint64_t>, c10::Storage> whole_;
  absl::flat_hash_map<absl::string_view, c10::Storage> views_;
};

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_TORCH_FORMAT_STORAGE_TABLE_H_
