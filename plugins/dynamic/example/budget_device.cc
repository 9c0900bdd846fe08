// "shop_budget": the host's processor, with a memory of a fixed size for weights.
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>

#include <ATen/ops/empty.h>
#include <c10/core/Storage.h>
#include <c10/core/TensorImpl.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "engine/device.h"
#include "shop.h"

namespace shop {
namespace {

constexpr int64_t kTotalBytes = int64_t{256} << 20;

using Counter = std::atomic<int64_t>;

// The bytes that one tensor takes of the device. They are given back when the tensor goes, maybe after the device went.
class Block {
 public:
  // Null: so many are not free.
  static std::unique_ptr<Block> Take(const std::shared_ptr<Counter>& used, int64_t bytes) {
    if (used->fetch_add(bytes) + bytes <= kTotalBytes) return std::unique_ptr<Block>(new Block(used, bytes));
    *used -= bytes;
    return nullptr;
  }
  static void Delete(void* block) { delete static_cast<Block*>(block); }
  ~Block() { *used_ -= bytes_; }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  void* memory() const { return memory_.get(); }

 private:
  Block(std::shared_ptr<Counter> used, int64_t bytes)
      : used_(std::move(used)), bytes_(bytes), memory_(new char[bytes]) {}

  const std::shared_ptr<Counter> used_;
  const int64_t bytes_;
  const std::unique_ptr<char[]> memory_;
};

class BudgetDevice : public loadstone::Device {
 public:
  absl::string_view name() const override { return "shop_budget"; }
  c10::Device torch_device() const override { return c10::Device(c10::kCPU); }

  absl::StatusOr<loadstone::DeviceMemory> Memory() const override {
    return loadstone::DeviceMemory{.total_bytes = kTotalBytes, .used_bytes = *used_};
  }

  absl::Status Place(loadstone::Module& module) const override {
    std::map<const c10::TensorImpl*, at::Tensor> placed;  // keeps what two names share shared
    absl::Status status;
    try {
      module.ForEachTensor([&](at::Tensor& tensor) {
        if (!status.ok() || IsHere(tensor)) return;
        at::Tensor& copy = placed[tensor.unsafeGetTensorImpl()];
        if (!copy.defined()) status = CopyHere(tensor, copy);
        if (status.ok()) tensor = copy;
      });
    } catch (const c10::Error& error) {
      return absl::InternalError(absl::StrCat(name(), ": ", error.what_without_backtrace()));
    }
    return status;
  }

  absl::Status Synchronize() const override { return absl::OkStatus(); }  // every operator returns when it is done

 private:
  static bool IsHere(const at::Tensor& tensor) {
    return tensor.has_storage() && tensor.storage().data_ptr().get_deleter() == &Block::Delete;
  }

  absl::Status CopyHere(const at::Tensor& tensor, at::Tensor& copy) const {
    const int64_t bytes = tensor.numel() * tensor.element_size();
    std::unique_ptr<Block> block = Block::Take(used_, bytes);
    if (block == nullptr) {
      return absl::ResourceExhaustedError(absl::StrCat(name(), ": a tensor needs ", bytes, " bytes, ",
                                                       kTotalBytes - *used_, " of ", kTotalBytes, " are free"));
    }
    void* const memory = block->memory();
    c10::DataPtr data(memory, block.release(), &Block::Delete, c10::Device(c10::kCPU));
    c10::Storage storage(c10::Storage::use_byte_size_t(), bytes, std::move(data), nullptr, /*resizable=*/false);
    copy = at::empty({0}, tensor.options()).set_(std::move(storage), 0, tensor.sizes());
    copy.copy_(tensor);
    return absl::OkStatus();
  }

  const std::shared_ptr<Counter> used_ = std::make_shared<Counter>(0);
};

}  // namespace

absl::Status RegisterBudgetDevice(loadstone::PluginRegistry& registry) {
  return registry.AddDevice(std::make_unique<BudgetDevice>());
}

}  // namespace shop
