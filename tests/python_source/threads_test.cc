// Many threads in one model whose forward writes to itself: each call sees its own writes only.
#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "engine/engine.h"
#include "engine/testing/temp_folder.h"
#include "gtest/gtest.h"
#include "tests/differential/python_values.h"
#include "tests/differential/record_file.h"
#include "tests/integration/test_models.h"
#include "tests/python_source/exact.h"

namespace loadstone::testing {
namespace {

constexpr int kThreads = 8;
constexpr int kCalls = 10'000;

struct Call {
  Inputs inputs;
  c10::IValue expected;
};

TEST(ThreadsTest, DetectorAnswersEveryImageSizeRight) {
  at::set_num_threads(1);
  const char* const path = std::getenv("SIZES");
  ASSERT_NE(path, nullptr);
  ASSERT_OK_AND_ASSIGN(const std::vector<Sample> samples, ReadSamples(path));
  ASSERT_EQ(samples.size(), 12u);
  std::vector<Call> calls;
  for (const Sample& sample : samples) {
    ASSERT_OK_AND_ASSIGN(const Attribute inputs, ReadValue(sample.inputs));
    ASSERT_OK_AND_ASSIGN(const Attribute output, ReadValue(sample.output));
    Call call;
    ASSERT_OK_AND_ASSIGN(call.inputs, ToInputs(inputs));
    ASSERT_OK_AND_ASSIGN(call.expected, ToIValue(output));
    calls.push_back(std::move(call));
  }
  const TempFolder folder;
  folder.Write("source/yolo_like.py", ReadText("tests/python_source/models/yolo_like.py"));
  ModelSpec spec;
  spec.name = "detector";
  spec.path = folder.Write("detector.pth", samples[0].module);
  spec.source = folder.Path("source");
  spec.device = "cpu";
  const std::unique_ptr<Engine> engine = EngineWithBuiltins();
  ASSERT_OK(engine->AddModel(spec));
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine->Acquire("detector"));

  std::atomic<int> next = 0;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      at::set_num_threads(1);
      for (int at = next++; at < kCalls; at = next++) {
        // Neighbouring calls have other sizes.
        const Call& call = calls[at * 7 % calls.size()];
        const absl::StatusOr<c10::IValue> actual = model->Run(call.inputs);
        const c10::InferenceMode inference_mode;
        if (!actual.ok() || !ExactDifference(*actual, call.expected).empty()) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0) << "of " << kCalls << " calls";
}

}  // namespace
}  // namespace loadstone::testing
