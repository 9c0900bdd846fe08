#include "plugins/cuda/move_tensors.h"

#include <cstdint>
#include <cstring>
#include <numeric>
#include <vector>

#include <ATen/ops/empty.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "plugins/cuda/staged_upload.h"

namespace loadstone {
namespace {

std::vector<uint8_t> Counted(int64_t size) {
  std::vector<uint8_t> bytes(static_cast<size_t>(size));
  std::iota(bytes.begin(), bytes.end(), uint8_t{1});
  return bytes;
}

// Of every size around a buffer's and its alignment's, in one upload: what one leaves is where the next begins.
TEST(StagedUploadTest, BytesArriveWhateverTheirSizes) {
  constexpr int64_t kBuffer = 256;
  StagedUpload upload(c10::kCPU, kBuffer);
  std::vector<std::vector<uint8_t>> sent;
  std::vector<at::Tensor> arrived;
  for (const int64_t size : {0, 1, 63, 64, 65, 191, 192, 255, 256, 257, 511, 512, 513, 1000, 5000, 3, 300}) {
    sent.push_back(Counted(size));
    arrived.push_back(at::empty({size}, at::kByte));
    upload.Copy(sent.back().data(), arrived.back());
  }
  upload.Finish();
  for (size_t i = 0; i < sent.size(); ++i) {
    ASSERT_EQ(arrived[i].numel(), static_cast<int64_t>(sent[i].size()));
    if (!sent[i].empty()) {
      EXPECT_EQ(std::memcmp(arrived[i].const_data_ptr(), sent[i].data(), sent[i].size()), 0) << sent[i].size();
    }
  }
}

TEST(StagedUploadTest, SourceIsNotNeededAfterwards) {
  StagedUpload upload(c10::kCPU, 64);
  const at::Tensor arrived = at::empty({100}, at::kByte);
  std::vector<uint8_t> source = Counted(100);
  upload.Copy(source.data(), arrived);
  source.assign(100, 0);
  upload.Finish();
  EXPECT_EQ(std::memcmp(arrived.const_data_ptr(), Counted(100).data(), 100), 0);
}

}  // namespace
}  // namespace loadstone
