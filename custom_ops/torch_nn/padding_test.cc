#include <memory>

#include <c10/util/Exception.h>

#include "custom_ops/torch_nn/layer_test_util.h"
#include "engine/base/status_matchers.h"
#include "engine/module.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(PaddingTest, ConstantPadPutsItsValueAround) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> pad,
                       BuildLayer("torch.nn.ConstantPad1d", {{Attribute::Tuple({1, 2}), 3.5}, {}}));
  EXPECT_THAT(Numbers((*pad)(Ramp({1, 2}))), ElementsAre(3.5f, -0.5f, 0.5f, 3.5f, 3.5f));
  EXPECT_EQ(pad->ToString(), "ConstantPad1d(padding=(1, 2), value=3.5)");
}

TEST(PaddingTest, OldZeroPad2dHasNoValue) {
  ModuleDef def{.class_name = "torch.nn.modules.padding.ZeroPad2d",
                .attributes = {{"padding", Attribute::Tuple({1, 0, 0, 0})}}};
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> pad, BuildLayer(def));
  EXPECT_THAT(Numbers((*pad)(Ramp({1, 1, 2}))), ElementsAre(0, -0.5f, 0.5f));
  EXPECT_EQ(pad->ToString(), "ZeroPad2d((1, 0, 0, 0))");
}

TEST(PaddingTest, OneNumberIsForAllSides) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> pad, BuildLayer("torch.nn.ReflectionPad2d", {{1}, {}}));
  EXPECT_EQ(pad->ToString(), "ReflectionPad2d((1, 1, 1, 1))");
  EXPECT_THROW((*pad)(Ramp({1, 1, 1})), c10::Error);
}

TEST(PaddingTest, CircularPadChecksTheInputsDimensions) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> pad, BuildLayer("torch.nn.CircularPad1d", {{1}, {}}));
  EXPECT_THROW((*pad)(Ramp({4})), c10::Error);
}

TEST(PaddingTest, AbsurdAmountsAreRefused) {
  EXPECT_THAT(BuildLayer("torch.nn.ReplicationPad1d", {{int64_t{1} << 62}, {}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at most 2147483647 is possible")));
}

}  // namespace
}  // namespace loadstone::testing
