// The tensors of one file: the rebuild functions of torch/_utils.py, interpreted.
#ifndef LOADSTONE_LOADERS_TORCH_FORMAT_TENSOR_READER_H_
#define LOADSTONE_LOADERS_TORCH_FORMAT_TENSOR_READER_H_

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "loaders/pickle/value.h"
#include "loaders/torch_format/storage_table.h"
#include "loaders/torch_format/torch_file.h"

namespace loadstone {

// Borrows the file; its tensors outlive both. Not thread-safe.
class TensorReader {
 public:
  explicit TensorReader(const TorchFile& file);

  // Whether `value` is the record of a call that makes a tensor, or the key of one; neither is followed.
  static bool IsTensor(const pickle::Value& value);

  // The tensor; the same one for the same object. Never requires a gradient. Reaches only into its storage's bytes.
  // DataLoss: arguments that make no tensor, or reach past the storage (says where, both numbers).
  // Unimplemented: a kind of tensor that is not read. REQUIRES: IsTensor(value).
  absl::StatusOr<at::Tensor> Read(const pickle::Value& value);

 private:
  using Arguments = absl::Span<const pickle::Value>;
  struct Function;
  static const Function* FindFunction(const pickle::Value& callable);

  absl::StatusOr<at::Tensor> Call(const Function& function, Arguments arguments);
  absl::StatusOr<at::Tensor> RebuildTensor(Arguments arguments);         // v1 and v2
  absl::StatusOr<at::Tensor> RebuildTensorV3(Arguments arguments);
  absl::StatusOr<at::Tensor> RebuildParameter(Arguments arguments);
  absl::StatusOr<at::Tensor> RebuildFromType(Arguments arguments);
  absl::StatusOr<at::Tensor> RebuildQuantized(Arguments arguments);
  absl::StatusOr<at::Tensor> RebuildSparse(Arguments arguments);
  absl::StatusOr<at::Tensor> RebuildMeta(Arguments arguments);
  absl::StatusOr<at::Tensor> RebuildUninitialized(Arguments arguments);
  absl::StatusOr<at::Tensor> ReadStored(absl::string_view key);
  absl::StatusOr<StorageId> ReadStorageId(const pickle::Value& value);
  absl::StatusOr<at::Tensor> ReadArgument(const pickle::Value& value);

  const TorchFile& file_;
  StorageTable storages_;
  absl::flat_hash_map<const void*, at::Tensor> by_object_;
  int depth_ = 0;  // of tensors made from tensors
};

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_TORCH_FORMAT_TENSOR_READER_H_
