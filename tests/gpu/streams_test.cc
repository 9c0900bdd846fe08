// Work in queues of its own, waited for.
#include <thread>
#include <vector>

#include <ATen/ops/allclose.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include "tests/gpu/gpu_test_base.h"
#include "tools/tensor_io/npy.h"

namespace loadstone::testing {
namespace {

using StreamsTest = GpuTest;

TEST_F(StreamsTest, EachServableHasItsOwn) {
  const c10::Stream first = gpu_->NewStream();
  const c10::Stream second = gpu_->NewStream();
  EXPECT_NE(first, second);
  EXPECT_NE(first, c10::Stream(c10::Stream::DEFAULT, gpu_->torch_device()));
  EXPECT_EQ(first.device(), gpu_->torch_device());
}

TEST_F(StreamsTest, SynchronizeReturnsWhenTheWorkIsDone) {
  const c10::StreamGuard guard(gpu_->NewStream());
  at::Tensor product = at::ones({2048, 2048}, at::TensorOptions(gpu_->torch_device()));
  for (int i = 0; i < 50; ++i) product = at::mm(product, product).div_(2048);
  ASSERT_OK(gpu_->Synchronize());
  EXPECT_TRUE(c10::impl::VirtualGuardImpl(c10::kCUDA).queryStream(guard.current_stream()));
  EXPECT_EQ(product[0][0].item<float>(), 1);
}

TEST_F(StreamsTest, ManyThreadsAndModelsGetWhatPythonGives) {
  constexpr int kThreads = 8;
  constexpr int kRuns = 25;
  ASSERT_OK_AND_ASSIGN(const ServableHandle one, Load(DigitsSpec("full_module.pth"), "cuda:0"));
  ASSERT_OK_AND_ASSIGN(const ServableHandle other, Load(DigitsSpec("checkpoint.pth"), "cuda:0"));
  ASSERT_OK_AND_ASSIGN(const at::Tensor images, ReadNpyFile(TestDataPath("digits/images.npy")));
  ASSERT_OK_AND_ASSIGN(const at::Tensor logits, ReadNpyFile(TestDataPath("digits/logits.npy")));
  std::vector<int> equal(kThreads);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        for (int run = 0; run < kRuns; ++run) {
          const absl::StatusOr<c10::IValue> output = (i % 2 == 0 ? one : other)->Run({images});
          // Copied in another stream than it was computed in: it must be complete.
          if (output.ok() && at::allclose(output->toTensor().cpu(), logits, 1e-4, 1e-4)) ++equal[i];
        }
      });
    }
  }
  EXPECT_EQ(equal, std::vector<int>(kThreads, kRuns));
}

}  // namespace
}  // namespace loadstone::testing
