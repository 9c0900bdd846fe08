// One loaded model, many threads. Run it under ThreadSanitizer and AddressSanitizer too.
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/allclose.h>

#include "engine/base/status_matchers.h"
#include "engine/engine.h"
#include "tests/integration/test_models.h"
#include "tools/tensor_io/npy.h"

namespace loadstone {
namespace {

constexpr int kThreads = 8;
constexpr int kCallsPerThread = 20;
constexpr int64_t kRows = 8;  // images in each call

TEST(ConcurrencyTest, EightThreadsAcquireAndRunOneModel) {
  at::set_num_threads(1);
  ASSERT_OK_AND_ASSIGN(const at::Tensor images, ReadNpyFile(testing::TestDataPath("digits/images.npy")));
  ASSERT_OK_AND_ASSIGN(const at::Tensor logits, ReadNpyFile(testing::TestDataPath("digits/logits.npy")));
  const std::unique_ptr<Engine> engine = testing::EngineWithBuiltins();
  ASSERT_OK(engine->AddModel(testing::DigitsSpec("full_module.pth")));

  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int call = 0; call < kCallsPerThread; ++call) {
        const absl::StatusOr<ServableHandle> model = engine->Acquire("digits");
        if (!model.ok()) return;
        const int64_t first = (thread * kCallsPerThread + call) * 2 % (images.size(0) - kRows);
        const absl::StatusOr<c10::IValue> output = (*model)->Run({images.slice(0, first, first + kRows)});
        if (!output.ok()) return;
        const at::Tensor expected = logits.slice(0, first, first + kRows);
        if (at::allclose(output->toTensor(), expected, /*rtol=*/1e-4, /*atol=*/1e-4)) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, kThreads * kCallsPerThread);
}

}  // namespace
}  // namespace loadstone
