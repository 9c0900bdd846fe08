#include <memory>
#include <vector>

#include <c10/util/Exception.h>

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

std::shared_ptr<ModuleDef> LinearUpsample() {
  absl::StatusOr<std::shared_ptr<ModuleDef>> def =
      ConstructLayer("torch.nn.Upsample", {{}, {{"scale_factor", 1.6}, {"mode", "linear"}}});
  EXPECT_OK(def);
  return def.ok() ? *def : nullptr;
}

TEST(UpsampleTest, NewFilesDoNotRecomputeTheScale) {
  const std::shared_ptr<ModuleDef> def = LinearUpsample();
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> upsample, BuildLayer(*def));
  const std::vector<float> expected = {-0.5f, -0.28125f, 0.03125f, 0.34375f};
  EXPECT_THAT(Numbers((*upsample)(Ramp({1, 1, 3}))), Pointwise(FloatNear(1e-6f), expected));
  EXPECT_EQ(upsample->ToString(), "Upsample(scale_factor=1.6, mode='linear')");
}

TEST(UpsampleTest, OldFilesRecomputeTheScale) {
  const std::shared_ptr<ModuleDef> def = LinearUpsample();
  std::erase_if(def->attributes, [](const Named<Attribute>& a) { return a.name == "recompute_scale_factor"; });
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> upsample, BuildLayer(*def));
  const std::vector<float> expected = {-0.5f, -0.1875f, 0.1875f, 0.5f};
  EXPECT_THAT(Numbers((*upsample)(Ramp({1, 1, 3}))), Pointwise(FloatNear(1e-6f), expected));
}

TEST(UpsampleTest, OldFilesWithASizeStillRun) {
  ModuleDef def{.class_name = "torch.nn.modules.upsampling.Upsample",
                .attributes = {{"size", 6}, {"scale_factor", {}}, {"mode", "nearest"}}};
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> upsample, BuildLayer(def));
  EXPECT_EQ((*upsample)(Ramp({1, 1, 3})).sizes(), at::IntArrayRef({1, 1, 6}));
  EXPECT_EQ(upsample->ToString(), "Upsample(size=6, mode='nearest')");
}

TEST(UpsampleTest, FixedModesTakeTwoDimensions) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> upsample,
                       BuildLayer("torch.nn.UpsamplingBilinear2d", {{Attribute::Tuple({4, 5})}, {}}));
  EXPECT_EQ((*upsample)(Ramp({1, 1, 2, 2})).sizes(), at::IntArrayRef({1, 1, 4, 5}));
  EXPECT_THROW((*upsample)(Ramp({1, 1, 2})), c10::Error);
  EXPECT_EQ(upsample->ToString(), "UpsamplingBilinear2d(size=(4, 5), mode='bilinear')");
}

TEST(UpsampleTest, NeedsOneOfSizeAndScale) {
  EXPECT_THAT(BuildLayer("torch.nn.Upsample", {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("exactly one of size and scale_factor")));
}

TEST(UpsampleTest, NegativeScaleIsRefused) {
  EXPECT_THAT(BuildLayer("torch.nn.Upsample", {{}, {{"scale_factor", -2.0}}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("positive, finite numbers")));
}

}  // namespace
}  // namespace loadstone::testing
