#include "loaders/safetensors/tensors.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/Storage.h>

#include "absl/strings/str_cat.h"
#include "engine/base/logging.h"
#include "engine/base/status_macros.h"
#include "loaders/safetensors/strict_json.h"
#include "loaders/torch_format/strided_view.h"

namespace loadstone {
namespace {

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

c10::DimVector ContiguousStrides(const std::vector<int64_t>& sizes) {
  c10::DimVector strides(sizes.size());
  int64_t stride = 1;
  for (size_t i = sizes.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= std::max<int64_t>(sizes[i], 1);  // SafetensorsEntry: does not overflow
  }
  return strides;
}

absl::StatusOr<std::shared_ptr<const SafetensorsHeader>> Parse(const ByteSource& source) {
  ASSIGN_OR_RETURN(SafetensorsHeader header, ParseSafetensorsHeader(source.bytes()));
  return std::make_shared<const SafetensorsHeader>(std::move(header));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const SafetensorsHeader>> ReadSafetensorsHeader(const ByteSource& source) {
  return source.Parsed<SafetensorsHeader>(&Parse);
}

absl::StatusOr<at::Tensor> MakeTensor(const Named<SafetensorsEntry>& entry, const SafetensorsHeader& header,
                                      const ByteSource& source) {
  const SafetensorsEntry& value = entry.value;
  const absl::string_view bytes =
      source.bytes().substr(header.data_begin + value.begin, value.end - value.begin);
  const bool aligned = reinterpret_cast<uintptr_t>(bytes.data()) % c10::elementSize(value.type) == 0;
  const std::string where = absl::StrCat("tensor ", Quoted(entry.name));
  if (!aligned) VLOG(1) << source.path() << ": " << where << " is not aligned in the file: copied";
  absl::StatusOr<at::Tensor> tensor =
      MakeView(aligned ? ViewOf(bytes, source.memory()) : CopyOf(bytes), value.type,
               {.offset = 0, .sizes = c10::DimVector(value.sizes), .strides = ContiguousStrides(value.sizes)});
  if (!tensor.ok()) return Annotate(tensor.status(), where);
  return tensor;
}

}  // namespace loadstone
