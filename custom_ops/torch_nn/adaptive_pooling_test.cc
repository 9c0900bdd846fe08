#include <memory>

#include <c10/util/Exception.h>

#include "custom_ops/torch_nn/layer_test_util.h"
#include "engine/base/status_matchers.h"
#include "engine/module.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone::testing {
namespace {

using ::testing::HasSubstr;

TEST(AdaptivePoolTest, NoneKeepsTheInputsSize) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> pool,
                       BuildLayer("torch.nn.AdaptiveAvgPool2d", {{Attribute::Tuple({{}, 1})}, {}}));
  EXPECT_EQ((*pool)(Ramp({1, 3, 4})).sizes(), at::IntArrayRef({1, 3, 1}));
  EXPECT_EQ(pool->ToString(), "AdaptiveAvgPool2d(output_size=(None, 1))");
}

TEST(AdaptivePoolTest, ReturnsIndicesWhenAsked) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> pool,
                       BuildLayer("torch.nn.AdaptiveMaxPool1d", {{1}, {{"return_indices", true}}}));
  const c10::IValue output = (*pool)(Inputs{Ramp({1, 4})});
  ASSERT_TRUE(output.isTuple());
  EXPECT_EQ(output.toTupleRef().elements()[1].toTensor().item<int64_t>(), 3);
}

TEST(AdaptivePoolTest, OldFilesLackReturnIndices) {
  ModuleDef def{.class_name = "torch.nn.modules.pooling.AdaptiveMaxPool2d", .attributes = {{"output_size", 1}}};
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> pool, BuildLayer(def));
  EXPECT_EQ((*pool)(Ramp({1, 2, 2})).item<float>(), 0.5f);
}

TEST(AdaptivePoolTest, SizeOfAnotherLengthIsRefused) {
  EXPECT_THAT(BuildLayer("torch.nn.AdaptiveAvgPool2d", {{Attribute::Tuple({1})}, {}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("output_size has 1 elements, needs 2")));
}

TEST(AdaptivePoolTest, InputOfTooFewDimensionsIsAnError) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> pool, BuildLayer("torch.nn.AdaptiveAvgPool3d", {{1}, {}}));
  EXPECT_THROW((*pool)(Ramp({2, 2})), c10::Error);
}

}  // namespace
}  // namespace loadstone::testing
