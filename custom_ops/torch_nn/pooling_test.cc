#include <limits>
#include <memory>

#include "custom_ops/torch_nn/layer_test_util.h"
#include "engine/base/status_matchers.h"
#include "engine/module.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(MaxPoolTest, ReturnsIndicesWhenAsked) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> pool,
                       BuildLayer("torch.nn.MaxPool1d", {{2}, {{"return_indices", true}}}));
  const c10::IValue output = (*pool)(Inputs{Ramp({1, 4})});
  ASSERT_TRUE(output.isTuple());
  EXPECT_EQ(output.toTupleRef().elements()[1].toTensor().sum().item<int64_t>(), 1 + 3);
}

TEST(MaxPoolTest, PrintsSizesAsTheyWereGiven) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> pool,
                       BuildLayer("torch.nn.MaxPool2d", {{Attribute::Tuple({3, 2})}, {{"stride", 2}}}));
  EXPECT_EQ(pool->ToString(), "MaxPool2d(kernel_size=(3, 2), stride=2, padding=0, dilation=1, ceil_mode=False)");
}

TEST(MaxPoolTest, OldFilesLackReturnIndices) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, ConstructLayer("torch.nn.MaxPool1d", {{2}, {}}));
  std::erase_if(def->attributes, [](const Named<Attribute>& attribute) { return attribute.name == "return_indices"; });
  EXPECT_OK(BuildLayer(*def));
}

TEST(MaxPoolTest, KernelOfAnotherLengthIsRefused) {
  EXPECT_THAT(BuildLayer("torch.nn.MaxPool2d", {{Attribute::Tuple({1, 2, 3})}, {}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'kernel_size' is (1, 2, 3)")));
}

TEST(MaxPoolTest, KernelOfAbsurdSizeIsRefused) {
  EXPECT_THAT(BuildLayer("torch.nn.MaxPool2d", {{int64_t{1} << 62}, {}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at most 2147483647 is possible")));
}

TEST(AvgPoolTest, OldFilesLackLaterAttributes) {
  ModuleDef def{.class_name = "torch.nn.modules.pooling.AvgPool3d", .attributes = {{"kernel_size", 2}, {"stride", 2}}};
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> pool, BuildLayer(def));
  EXPECT_EQ(pool->ToString(), "AvgPool3d(kernel_size=2, stride=2, padding=0)");
  EXPECT_NEAR((*pool)(Ramp({1, 2, 2, 2})).item<float>(), 0, 1e-6);
}

TEST(LpPoolTest, InfiniteNorm) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> pool,
                       BuildLayer("torch.nn.LPPool1d", {{std::numeric_limits<double>::infinity(), 2}, {}}));
  EXPECT_THAT(Numbers((*pool)(Ramp({1, 4}))), ElementsAre(0.5f, 0.5f));
  EXPECT_EQ(pool->ToString(), "LPPool1d(norm_type=inf, kernel_size=2, stride=None, ceil_mode=False)");
}

}  // namespace
}  // namespace loadstone::testing
