#include "loaders/torch_format/storage_table.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>

#include "absl/strings/str_cat.h"
#include "engine/base/logging.h"
#include "engine/base/status_macros.h"

namespace loadstone {
namespace {

// Covers every element type, and an untyped storage whose tensors' types are not known yet.
constexpr uintptr_t kAlignment = 16;

c10::Storage MakeStorage(c10::DataPtr pointer, size_t bytes) {
  return c10::Storage(c10::Storage::use_byte_size_t(), static_cast<int64_t>(bytes), std::move(pointer),
                      /*allocator=*/nullptr, /*resizable=*/false);
}

void DeleteMemory(void* context) { delete static_cast<std::shared_ptr<const void>*>(context); }

// Writable through a private mapping or an owned buffer (ByteSource::memory): never through to the file.
c10::Storage ViewOf(absl::string_view bytes, const std::shared_ptr<const void>& memory) {
  void* data = const_cast<char*>(bytes.data());
  return MakeStorage({data, new std::shared_ptr<const void>(memory), &DeleteMemory, c10::Device(c10::kCPU)},
                     bytes.size());
}

c10::Storage CopyOf(absl::string_view bytes) {
  c10::DataPtr pointer = c10::GetCPUAllocator()->allocate(bytes.size());
  if (!bytes.empty()) std::memcpy(pointer.mutable_get(), bytes.data(), bytes.size());
  return MakeStorage(std::move(pointer), bytes.size());
}

// Bytes that are stored in one order: a complex number is two of them.
uint64_t SwapUnit(c10::ScalarType type) {
  const uint64_t size = c10::elementSize(type);
  return c10::isComplexType(type) ? size / 2 : size;
}

c10::Storage SwappedCopyOf(absl::string_view bytes, uint64_t unit) {
  c10::Storage storage = CopyOf(bytes);
  char* data = static_cast<char*>(storage.mutable_data());
  for (size_t at = 0; at + unit <= bytes.size(); at += unit) std::reverse(data + at, data + at + unit);
  return storage;
}

}  // namespace

absl::StatusOr<c10::Storage> StorageTable::Find(const StorageId& id, c10::ScalarType type) {
  if (!id.view.has_value()) return FindWhole(id, type);
  if (const auto known = views_.find(id.view->key); known != views_.end()) return known->second;
  ASSIGN_OR_RETURN(c10::Storage whole, FindWhole(id, type));
  const uint64_t item_size = c10::elementSize(id.type);
  const absl::string_view bytes(static_cast<const char*>(whole.data()), whole.nbytes());
  // The part keeps the whole: its bytes may be of the file or a copy.
  c10::Storage part = ViewOf(bytes.substr(static_cast<size_t>(id.view->offset) * item_size,
                                          static_cast<size_t>(id.view->count) * item_size),
                             std::make_shared<c10::Storage>(whole));
  views_[id.view->key] = part;
  return part;
}

absl::StatusOr<c10::Storage> StorageTable::FindWhole(const StorageId& id, c10::ScalarType type) {
  const uint64_t item_size = c10::elementSize(id.type);
  const auto check_size = [&](uint64_t bytes) -> absl::Status {
    if (bytes % item_size == 0 && bytes / item_size == static_cast<uint64_t>(id.count)) return absl::OkStatus();
    return absl::DataLossError(absl::StrCat("storage ", id.key, " has ", bytes, " bytes, its tensor says ", id.count,
                                            " elements of ", item_size, " bytes"));
  };
  const uint64_t unit = file_.byte_order() == ByteOrder::kBig ? SwapUnit(type) : 1;
  c10::Storage& storage = whole_[std::make_pair(id.key, unit)];
  if (storage) {
    RETURN_IF_ERROR(check_size(storage.nbytes()));
    return storage;
  }
  ASSIGN_OR_RETURN(const StorageBytes stored, file_.ReadStorage(id));
  RETURN_IF_ERROR(check_size(stored.bytes.size()));
  if (unit > 1) {
    VLOG(1) << "storage " << id.key << " is big-endian: copied and swapped";
    storage = SwappedCopyOf(stored.bytes, unit);
  } else if (reinterpret_cast<uintptr_t>(stored.bytes.data()) % kAlignment != 0) {
    VLOG(1) << "storage " << id.key << " is not aligned in the file: copied";
    storage = CopyOf(stored.bytes);
  } else {
    storage = ViewOf(stored.bytes, stored.memory);
  }
  return storage;
}

}  // namespace loadstone
