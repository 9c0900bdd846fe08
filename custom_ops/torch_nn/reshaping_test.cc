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

TEST(FlattenTest, KeepsTheBatchByDefault) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> flatten, BuildLayer("torch.nn.Flatten", {}));
  EXPECT_EQ((*flatten)(Ramp({2, 3, 4})).sizes(), at::IntArrayRef({2, 12}));
  EXPECT_EQ(flatten->ToString(), "Flatten(start_dim=1, end_dim=-1)");
}

TEST(UnflattenTest, SplitsADimension) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> unflatten,
                       BuildLayer("torch.nn.Unflatten", {{1, Attribute::Tuple({2, 3})}, {}}));
  EXPECT_EQ((*unflatten)(Ramp({2, 6})).sizes(), at::IntArrayRef({2, 2, 3}));
  EXPECT_THROW((*unflatten)(Ramp({2, 5})), c10::Error);
  EXPECT_EQ(unflatten->ToString(), "Unflatten(dim=1, unflattened_size=(2, 3))");
}

TEST(ShuffleTest, MovesChannelsIntoPixelsAndBack) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> shuffle, BuildLayer("torch.nn.PixelShuffle", {{2}, {}}));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> unshuffle, BuildLayer("torch.nn.PixelUnshuffle", {{2}, {}}));
  const at::Tensor input = Ramp({8, 2, 3});
  EXPECT_EQ((*shuffle)(input).sizes(), at::IntArrayRef({2, 4, 6}));
  EXPECT_EQ(Numbers((*unshuffle)((*shuffle)(input))), Numbers(input));
  EXPECT_EQ(shuffle->ToString(), "PixelShuffle(upscale_factor=2)");
}

TEST(ShuffleTest, FactorOfZeroIsRefused) {
  EXPECT_THAT(BuildLayer("torch.nn.ChannelShuffle", {{0}, {}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("groups is 0, must be positive")));
}

TEST(FoldTest, UndoesUnfold) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> unfold, BuildLayer("torch.nn.Unfold", {{2}, {{"stride", 2}}}));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> fold,
                       BuildLayer("torch.nn.Fold", {{Attribute::Tuple({4, 6}), 2}, {{"stride", 2}}}));
  const at::Tensor input = Ramp({1, 3, 4, 6});
  EXPECT_EQ(Numbers((*fold)((*unfold)(input))), Numbers(input));
  EXPECT_EQ(unfold->ToString(), "Unfold(kernel_size=2, dilation=1, padding=0, stride=2)");
  EXPECT_EQ(fold->ToString(), "Fold(output_size=(4, 6), kernel_size=2, dilation=1, padding=0, stride=2)");
}

}  // namespace
}  // namespace loadstone::testing
