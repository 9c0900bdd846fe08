// Weights on a GPU are those of the file, and share what they shared.
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ops/arange.h>

#include "engine/testing/fakes.h"
#include "tests/gpu/gpu_test_base.h"

namespace loadstone::testing {
namespace {

bool BitEqual(const at::Tensor& a, const at::Tensor& b) {
  if (a.scalar_type() != b.scalar_type() || a.sizes() != b.sizes()) return false;
  return std::memcmp(a.contiguous().const_data_ptr(), b.contiguous().const_data_ptr(), a.nbytes()) == 0;
}

class PlacementTest : public GpuTest {
 protected:
  // What device_conformance.cc places: any parameters and buffers will do.
  static std::unique_ptr<Module> NewModule(NamedList<at::Tensor> buffers) {
    ModuleParts parts{.class_name = "tiny.Linear"};
    parts.parameters = {{"weight", at::Tensor()}, {"bias", at::Tensor()}};
    parts.buffers = std::move(buffers);
    absl::StatusOr<std::unique_ptr<Module>> module = LinearClass().build(std::move(parts));
    EXPECT_OK(module);
    return *std::move(module);
  }
};

TEST_F(PlacementTest, WeightsOfAFileAreThereBitForBit) {
  ASSERT_OK_AND_ASSIGN(const ServableHandle there, Load(DigitsSpec("full_module.pth"), "cuda:0"));
  ASSERT_OK_AND_ASSIGN(const ServableHandle here, Load(DigitsSpec("full_module.pth"), "cpu"));
  auto placed = there->module().named_parameters();
  auto expected = here->module().named_parameters();
  for (auto& buffer : there->module().named_buffers()) placed.push_back(std::move(buffer));
  for (auto& buffer : here->module().named_buffers()) expected.push_back(std::move(buffer));
  ASSERT_EQ(placed.size(), expected.size());
  for (size_t i = 0; i < placed.size(); ++i) {
    EXPECT_EQ(placed[i].second.device(), gpu_->torch_device()) << placed[i].first;
    EXPECT_TRUE(BitEqual(placed[i].second.cpu(), expected[i].second)) << placed[i].first;
  }
}

TEST_F(PlacementTest, EveryDtypeArrivesBitForBit) {
  NamedList<at::Tensor> tensors;
  for (const at::ScalarType type : {at::kDouble, at::kFloat, at::kHalf, at::kBFloat16, at::kFloat8_e4m3fn, at::kLong,
                                    at::kInt, at::kShort, at::kChar, at::kByte, at::kBool, at::kComplexFloat}) {
    tensors.push_back({c10::toString(type), at::arange(-50, 50, at::kFloat).to(type)});
  }
  const std::unique_ptr<Module> module = NewModule(tensors);
  ASSERT_OK(gpu_->Place(*module));
  for (const Named<at::Tensor>& tensor : tensors) {
    ASSERT_OK_AND_ASSIGN(const at::Tensor placed, module->FindBuffer(tensor.name));
    EXPECT_EQ(placed.device(), gpu_->torch_device()) << tensor.name;
    EXPECT_TRUE(BitEqual(placed.cpu(), tensor.value)) << tensor.name;
  }
}

TEST_F(PlacementTest, ViewsGoOnSharingTheirStorage) {
  const at::Tensor base = at::arange(24, at::kFloat).reshape({4, 6});
  const std::unique_ptr<Module> module = NewModule({{"base", base}, {"rows", base.narrow(0, 1, 2)}, {"t", base.t()}});
  ASSERT_OK(gpu_->Place(*module));
  ASSERT_OK_AND_ASSIGN(const at::Tensor placed, module->FindBuffer("base"));
  ASSERT_OK_AND_ASSIGN(const at::Tensor rows, module->FindBuffer("rows"));
  ASSERT_OK_AND_ASSIGN(const at::Tensor transposed, module->FindBuffer("t"));
  EXPECT_TRUE(rows.is_alias_of(placed));
  EXPECT_TRUE(transposed.is_alias_of(placed));
  EXPECT_EQ(rows.storage_offset(), 6);
  EXPECT_EQ(transposed.strides(), base.t().strides());
  placed.add_(100);
  EXPECT_TRUE(BitEqual(rows.cpu(), base.narrow(0, 1, 2).add(100)));
  EXPECT_TRUE(BitEqual(transposed.cpu(), base.t().add(100)));
}

// Around the sizes of the pinned buffers that it goes through.
TEST_F(PlacementTest, LargeWeightsArriveBitForBit) {
  for (const int64_t bytes : {(int64_t{32} << 20) - 1, int64_t{32} << 20, (int64_t{96} << 20) + 1}) {
    const at::Tensor weights = at::arange(bytes, at::kLong).to(at::kByte);
    const std::unique_ptr<Module> module = NewModule({{"weights", weights}});
    ASSERT_OK(gpu_->Place(*module));
    ASSERT_OK_AND_ASSIGN(const at::Tensor placed, module->FindBuffer("weights"));
    EXPECT_TRUE(BitEqual(placed.cpu(), weights)) << bytes;
  }
}

}  // namespace
}  // namespace loadstone::testing
