#include "plugins/cuda/move_tensors.h"

#include <cstdint>
#include <optional>

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <c10/core/Storage.h>
#include <c10/core/StorageImpl.h>
#include <c10/core/TensorImpl.h>

#include "absl/container/flat_hash_map.h"
#include "plugins/cuda/staged_upload.h"

namespace loadstone {
namespace {

// Nothing but elements in a storage: not sparse, quantized, or conjugated.
bool IsPlain(const at::Tensor& tensor) {
  return tensor.layout() == at::kStrided && tensor.has_storage() && !tensor.is_quantized() && !tensor.is_conj() &&
         !tensor.is_neg();
}

class Mover {
 public:
  explicit Mover(c10::Device device) : device_(device), upload_(device) {}

  void Move(at::Tensor& tensor) {
    const auto [entry, inserted] = moved_.try_emplace(tensor.unsafeGetTensorImpl());
    if (inserted) {
      entry->second.before = tensor;
      entry->second.after = tensor.is_cpu() && IsPlain(tensor) ? ViewOfMoved(tensor) : tensor.to(device_);
    }
    tensor = entry->second.after;
  }
  void Finish() { upload_.Finish(); }

 private:
  // What was moved is kept until the end, so that nothing new is taken for it.
  struct Moved {
    at::Tensor before, after;
  };

  at::Tensor ViewOfMoved(const at::Tensor& tensor) {
    const auto [entry, inserted] = storages_.try_emplace(tensor.storage().unsafeGetStorageImpl());
    if (inserted) {
      const auto bytes = static_cast<int64_t>(tensor.storage().nbytes());
      entry->second = at::empty({bytes}, at::TensorOptions(at::kByte).device(device_));
      upload_.Copy(tensor.storage().data(), entry->second);
    }
    return at::empty({0}, tensor.options().device(device_))
        .set_(entry->second.storage(), tensor.storage_offset(), tensor.sizes(), tensor.strides());
  }

  const c10::Device device_;
  StagedUpload upload_;
  absl::flat_hash_map<const c10::TensorImpl*, Moved> moved_;
  absl::flat_hash_map<const c10::StorageImpl*, at::Tensor> storages_;
};

}  // namespace

void MoveTensors(Module& module, c10::Device device) {
  std::optional<Mover> mover;  // a module that is there already needs no buffers
  module.ForEachTensor([&mover, device](at::Tensor& tensor) {
    if (tensor.device() == device) return;
    if (!mover.has_value()) mover.emplace(device);
    mover->Move(tensor);
  });
  if (mover.has_value()) mover->Finish();
}

}  // namespace loadstone
