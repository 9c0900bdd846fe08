#include <memory>
#include <vector>

#include <ATen/ops/ones.h>

#include "custom_ops/torch_nn/layer_test_util.h"
#include "engine/base/status_matchers.h"
#include "engine/module.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone::testing {
namespace {

using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

TEST(LinearTest, WeightsTheInput) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> linear, BuildLayer("torch.nn.Linear", {{3, 2}, {}}));
  const std::vector<float> expected = {-1.4f, 1.4f};
  EXPECT_THAT(Numbers((*linear)(at::ones({3}))), Pointwise(FloatNear(1e-6f), expected));
  EXPECT_EQ(linear->ToString(), "Linear(in_features=3, out_features=2, bias=True)");
}

TEST(LinearTest, BiasMayBeAbsent) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> linear,
                       BuildLayer("torch.nn.Linear", {{3, 2}, {{"bias", false}}}));
  EXPECT_EQ(linear->ToString(), "Linear(in_features=3, out_features=2, bias=False)");
  EXPECT_EQ(linear->named_parameters().size(), 1);
}

TEST(LinearTest, BilinearTakesTwoInputs) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> bilinear, BuildLayer("torch.nn.Bilinear", {{2, 2, 2}, {}}));
  const std::vector<float> expected = {-0.5f, 0.5f};
  EXPECT_THAT(Numbers((*bilinear)(Inputs{Ramp({2}), Ramp({2})}).toTensor()), Pointwise(FloatNear(1e-6f), expected));
}

TEST(LinearTest, IdentityIgnoresItsArguments) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> identity, BuildLayer("torch.nn.Identity", {{54}, {{"x", 1}}}));
  EXPECT_EQ((*identity)(Inputs{7}).toInt(), 7);
  EXPECT_EQ(identity->ToString(), "Identity()");
}

TEST(LinearTest, OldNameOfAttentionsProjectionIsKnown) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, ConstructLayer("torch.nn.Linear", {{3, 2}, {}}));
  def->class_name = "torch.nn.modules.linear._LinearWithBias";
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> linear, BuildLayer(*def));
  EXPECT_EQ(linear->ToString(), "_LinearWithBias(in_features=3, out_features=2, bias=True)");
}

TEST(LinearTest, DtypeIsThatOfTheParameters) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def,
                       ConstructLayer("torch.nn.Linear", {{3, 2}, {{"dtype", "torch.float64"}}}));
  EXPECT_EQ(def->parameters[0].value.scalar_type(), at::kDouble);
}

TEST(LinearTest, WeightOfNoneIsRefused) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, ConstructLayer("torch.nn.Linear", {{3, 2}, {}}));
  def->parameters[0].value = at::Tensor();
  EXPECT_THAT(BuildLayer(*def), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("tensor 'weight' is None")));
}

TEST(LinearTest, NegativeSizeIsRefused) {
  EXPECT_THAT(ConstructLayer("torch.nn.Linear", {{-1, 2}, {}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("negative dimension")));
}

}  // namespace
}  // namespace loadstone::testing
