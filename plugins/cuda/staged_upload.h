// From host memory to a device through two buffers.
#ifndef LOADSTONE_PLUGINS_CUDA_STAGED_UPLOAD_H_
#define LOADSTONE_PLUGINS_CUDA_STAGED_UPLOAD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>
#include <c10/core/Event.h>

namespace loadstone {

// While one buffer is on its way to a GPU, the next bytes are read into the other: of a mapped file, the disk and the
// bus then work at the same time, and no page of the file is locked. On a GPU the buffers are pinned (page-locked), the
// only memory that it can fetch from by itself (CUDA C++ Programming Guide, "Page-Locked Host Memory").
// One thread. Errors are c10::Error, as ATen's.
class StagedUpload {
 public:
  static constexpr int64_t kBufferBytes = int64_t{32} << 20;

  explicit StagedUpload(c10::Device device, int64_t buffer_bytes = kBufferBytes);

  // Copies `to.nbytes()` bytes. `to` is one row of bytes on the device; they are there once Finish() returned, and `from`
  // is no longer needed when this returns.
  void Copy(const void* from, at::Tensor to);
  void Finish();

 private:
  struct Buffer {
    at::Tensor bytes;
    std::optional<c10::Event> sent;  // absent: copies to the host are done when they return
  };
  void NextBuffer();

  const c10::Device device_;
  std::array<Buffer, 2> buffers_;
  size_t current_ = 0;
  int64_t filled_ = 0;
};

}  // namespace loadstone

#endif  // LOADSTONE_PLUGINS_CUDA_STAGED_UPLOAD_H_
