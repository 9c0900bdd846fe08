// A GPU's memory: what is said of it, and what happens when there is too little.
#include <sys/mman.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <ATen/ops/allclose.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/zeros.h>

#include "engine/testing/fakes.h"
#include "tests/gpu/gpu_test_base.h"
#include "tools/tensor_io/npy.h"

namespace loadstone::testing {
namespace {

using ::testing::HasSubstr;

constexpr absl::StatusCode kExhausted = absl::StatusCode::kResourceExhausted;

class MemoryTest : public GpuTest {
 protected:
  static std::unique_ptr<Module> NewModule(at::Tensor weights) {
    ModuleParts parts{.class_name = "tiny.Linear"};
    parts.parameters = {{"weight", std::move(weights)}, {"bias", at::Tensor()}};
    absl::StatusOr<std::unique_ptr<Module>> module = LinearClass().build(std::move(parts));
    EXPECT_OK(module);
    return *std::move(module);
  }

  // Address space without memory behind it, so that the host need not have as much.
  static at::Tensor Unbacked(int64_t bytes) {
    void* const memory =
        mmap(nullptr, static_cast<size_t>(bytes), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    EXPECT_NE(memory, MAP_FAILED);
    const auto unmap = [bytes](void* start) { munmap(start, static_cast<size_t>(bytes)); };
    return at::from_blob(memory, {bytes}, unmap, at::TensorOptions(at::kByte));
  }

  int64_t TotalBytes() const {
    const absl::StatusOr<DeviceMemory> memory = gpu_->Memory();
    EXPECT_OK(memory);
    return memory->total_bytes;
  }

  void ExpectDigitsRun() {
    ASSERT_OK_AND_ASSIGN(const ServableHandle model, Load(DigitsSpec("state_dict.pth"), "cuda:0"));
    ASSERT_OK_AND_ASSIGN(const at::Tensor images, ReadNpyFile(TestDataPath("digits/images.npy")));
    ASSERT_OK_AND_ASSIGN(const at::Tensor logits, ReadNpyFile(TestDataPath("digits/logits.npy")));
    ASSERT_OK_AND_ASSIGN(const c10::IValue output, model->Run({images}));
    EXPECT_TRUE(at::allclose(output.toTensor().cpu(), logits, /*rtol=*/1e-4, /*atol=*/1e-4));
  }
};

TEST_F(MemoryTest, FiguresFollowWhatIsPlaced) {
  constexpr int64_t kBytes = int64_t{256} << 20;
  const std::unique_ptr<Module> module = NewModule(at::zeros({kBytes}, at::kByte));
  ASSERT_OK(gpu_->Place(*module));
  ASSERT_OK_AND_ASSIGN(const DeviceMemory memory, gpu_->Memory());
  EXPECT_GE(memory.reserved_bytes, kBytes);
  EXPECT_GE(memory.used_bytes, memory.reserved_bytes);
  EXPECT_GE(memory.total_bytes, memory.used_bytes);
  RecordProperty("total_bytes", std::to_string(memory.total_bytes));
  RecordProperty("used_bytes", std::to_string(memory.used_bytes));
}

TEST_F(MemoryTest, WeightsThatDoNotFitAreResourceExhaustedAndHurtNobody) {
  {
    const std::unique_ptr<Module> module = NewModule(Unbacked(2 * TotalBytes()));
    EXPECT_THAT(gpu_->Place(*module), StatusIs(kExhausted, HasSubstr("cuda:0: ")));
  }
  ASSERT_OK(gpu_->Health());
  ExpectDigitsRun();
}

TEST_F(MemoryTest, InputsThatDoNotFitAreResourceExhaustedAndHurtNobody) {
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, Load(DigitsSpec("full_module.pth"), "cuda:0"));
  // One image, repeated: it becomes large on the GPU only.
  const at::Tensor images = at::zeros({1, 1, 8, 8}).expand({TotalBytes() / (8 * 8 * 4) + 1, 1, 8, 8});
  EXPECT_THAT(model->Run({images}), StatusIs(kExhausted, HasSubstr("full_module.pth")));
  ASSERT_OK(gpu_->Health());
  ExpectDigitsRun();
}

// More than its memory in all.
TEST_F(MemoryTest, MemoryOfModulesThatWentIsTakenAgain) {
  const int64_t bytes = TotalBytes() / 16 * 5;
  for (int i = 0; i < 4; ++i) {
    const std::unique_ptr<Module> module = NewModule(Unbacked(bytes));
    ASSERT_OK(gpu_->Place(*module)) << i;
  }
}

}  // namespace
}  // namespace loadstone::testing
