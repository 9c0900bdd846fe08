#include "plugins/cuda/staged_upload.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <ATen/ops/empty.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace loadstone {
namespace {

constexpr int64_t kAlignment = 64;

c10::Stream CurrentStream(c10::Device device) { return c10::impl::VirtualGuardImpl(device.type()).getStream(device); }

}  // namespace

StagedUpload::StagedUpload(c10::Device device, int64_t buffer_bytes) : device_(device) {
  for (Buffer& buffer : buffers_) {
    buffer.bytes = at::empty({buffer_bytes}, at::TensorOptions(at::kByte).pinned_memory(!device.is_cpu()));
    if (!device.is_cpu()) buffer.sent.emplace(device.type());
  }
}

void StagedUpload::Copy(const void* from, at::Tensor to) {
  const char* source = static_cast<const char*>(from);
  for (int64_t done = 0; done < to.numel();) {
    const int64_t room = buffers_[current_].bytes.numel() - filled_;
    const int64_t part = std::min(room, to.numel() - done);
    const at::Tensor staged = buffers_[current_].bytes.narrow(0, filled_, part);
    std::memcpy(staged.mutable_data_ptr(), source + done, static_cast<size_t>(part));
    to.narrow(0, done, part).copy_(staged, /*non_blocking=*/true);
    done += part;
    filled_ = std::min(buffers_[current_].bytes.numel(), (filled_ + part + kAlignment - 1) / kAlignment * kAlignment);
    if (filled_ == buffers_[current_].bytes.numel()) NextBuffer();
  }
}

void StagedUpload::NextBuffer() {
  if (buffers_[current_].sent.has_value()) buffers_[current_].sent->record(CurrentStream(device_));
  current_ = 1 - current_;
  filled_ = 0;
  // Its last bytes were sent a whole buffer ago.
  if (buffers_[current_].sent.has_value()) buffers_[current_].sent->synchronize();
}

void StagedUpload::Finish() {
  if (!device_.is_cpu()) CurrentStream(device_).synchronize();
}

}  // namespace loadstone
