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

TEST(BatchNormTest, UsesTheBatchWithoutRunningStatistics) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> norm,
                       BuildLayer("torch.nn.BatchNorm1d", {{1}, {{"track_running_stats", false}}}));
  const std::vector<float> expected = {-1.341593f, -0.4471975f, 0.4471975f, 1.341593f};
  EXPECT_THAT(Numbers((*norm)(Ramp({4, 1}))), Pointwise(FloatNear(1e-6f), expected));
  EXPECT_THROW((*norm)(Ramp({1, 1})), c10::Error);
}

TEST(BatchNormTest, ChecksTheInputsDimensions) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> norm, BuildLayer("torch.nn.BatchNorm2d", {{1}, {}}));
  EXPECT_THROW((*norm)(Ramp({1, 2, 2})), c10::Error);
  EXPECT_EQ(norm->ToString(),
            "BatchNorm2d(1, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)");
}

TEST(BatchNormTest, FilesBefore04LackBatchesTrackedAndTheSwitch) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, ConstructLayer("torch.nn.BatchNorm1d", {{1}, {}}));
  std::erase_if(def->attributes, [](const Named<Attribute>& a) { return a.name == "track_running_stats"; });
  std::erase_if(def->buffers, [](const Named<at::Tensor>& b) { return b.name == "num_batches_tracked"; });
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> norm, BuildLayer(*def));
  EXPECT_THAT(norm->ToString(), HasSubstr("track_running_stats=True"));
  ASSERT_OK_AND_ASSIGN(const at::Tensor batches, norm->FindBuffer("num_batches_tracked"));
  EXPECT_EQ(batches.item<int64_t>(), 0);
}

TEST(InstanceNormTest, TakesNoBatch) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> norm, BuildLayer("torch.nn.InstanceNorm1d", {{1}, {}}));
  const std::vector<float> expected = {-1.341593f, -0.4471975f, 0.4471975f, 1.341593f};
  EXPECT_THAT(Numbers((*norm)(Ramp({1, 4}))), Pointwise(FloatNear(1e-6f), expected));
}

TEST(InstanceNormTest, FilesBefore04DidNotTrackAndTheirStatisticsStayAsTheyAre) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def,
                       ConstructLayer("torch.nn.InstanceNorm1d", {{1}, {{"track_running_stats", true}}}));
  std::erase_if(def->attributes, [](const Named<Attribute>& a) { return a.name == "track_running_stats"; });
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> norm, BuildLayer(*def));
  (*norm)(Ramp({1, 4}));
  EXPECT_THAT(norm->ToString(), HasSubstr("track_running_stats=False"));
  ASSERT_OK_AND_ASSIGN(const at::Tensor mean, norm->FindBuffer("running_mean"));
  EXPECT_EQ(mean.item<float>(), 0);
}

}  // namespace
}  // namespace loadstone::testing
