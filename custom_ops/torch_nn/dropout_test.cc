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

TEST(DropoutTest, GivesItsInputBack) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> dropout, BuildLayer("torch.nn.Dropout", {{0.9}, {}}));
  const at::Tensor input = Ramp({2});
  EXPECT_TRUE((*dropout)(input).is_same(input));
  EXPECT_EQ(dropout->ToString(), "Dropout(p=0.9, inplace=False)");
}

TEST(DropoutTest, ProbabilityAboveOneIsRefused) {
  EXPECT_THAT(BuildLayer("torch.nn.Dropout2d", {{1.5}, {}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("has to be between 0 and 1, but got 1.5")));
}

TEST(DropoutTest, OldFilesLackInplace) {
  ModuleDef def{.class_name = "torch.nn.modules.dropout.AlphaDropout", .attributes = {{"p", 0.5}}};
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> dropout, BuildLayer(def));
  EXPECT_EQ(dropout->ToString(), "AlphaDropout(p=0.5, inplace=False)");
}

TEST(DropoutTest, Dropout1dNeedsTwoOrThreeDimensions) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> dropout, BuildLayer("torch.nn.Dropout1d", {}));
  EXPECT_THROW((*dropout)(Ramp({2})), c10::Error);
}

}  // namespace
}  // namespace loadstone::testing
