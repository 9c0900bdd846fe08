#include <memory>
#include <vector>

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

TEST(NormalizationTest, LayerNormTakesAnIntOrATuple) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> norm, BuildLayer("torch.nn.LayerNorm", {{4}, {{"bias", false}}}));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> wide,
                       BuildLayer("torch.nn.LayerNorm", {{Attribute::List({3, 4})}, {{"elementwise_affine", false}}}));
  EXPECT_EQ(norm->ToString(), "LayerNorm((4,), eps=1e-05, elementwise_affine=True, bias=False)");
  EXPECT_EQ(wide->ToString(), "LayerNorm((3, 4), eps=1e-05, elementwise_affine=False, bias=False)");
}

TEST(NormalizationTest, RmsNormsEpsMayBeNone) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> norm, BuildLayer("torch.nn.RMSNorm", {{4}, {}}));
  EXPECT_EQ(norm->ToString(), "RMSNorm((4,), eps=None, elementwise_affine=True)");
  EXPECT_EQ((*norm)(Ramp({2, 4})).sizes(), at::IntArrayRef({2, 4}));
}

TEST(NormalizationTest, GroupNormChecksItsGroups) {
  EXPECT_THAT(ConstructLayer("torch.nn.GroupNorm", {{0, 4}, {}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("must be divisible by num_groups (0)")));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, ConstructLayer("torch.nn.GroupNorm", {{2, 4}, {}}));
  *FindNamed(def->attributes, "num_groups") = 0;
  EXPECT_THAT(BuildLayer(*def),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("num_groups is 0, must be positive")));
}

TEST(NormalizationTest, CrossMapLrn2d) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> norm, BuildLayer("torch.nn.CrossMapLRN2d", {{3, 3.0, 1.0}, {}}));
  const std::vector<float> expected = {-0.3913043f, -0.1276596f, 0.1071429f, 0.3272727f};
  EXPECT_THAT(Numbers((*norm)(Ramp({1, 4, 1, 1}))), Pointwise(FloatNear(1e-6f), expected));
  EXPECT_EQ(norm->ToString(), "CrossMapLRN2d(3, alpha=3.0, beta=1.0, k=1)");
}

TEST(NormalizationTest, LocalResponseNorm) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> norm,
                       BuildLayer("torch.nn.LocalResponseNorm", {{2, 2.0, 1.0}, {}}));
  const std::vector<float> expected = {-0.4f, -0.1304348f, 0.1578947f, 0.3913043f};
  EXPECT_THAT(Numbers((*norm)(Ramp({1, 4, 1}))), Pointwise(FloatNear(1e-6f), expected));
  EXPECT_EQ(norm->ToString(), "LocalResponseNorm(2, alpha=2.0, beta=1.0, k=1.0)");
}

}  // namespace
}  // namespace loadstone::testing
