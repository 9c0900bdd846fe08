#include <memory>

#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include "custom_ops/torch_nn/layer_test_util.h"
#include "engine/base/status_matchers.h"
#include "engine/module.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(LossTest, OldFilesHaveSizeAverageAndReduce) {
  ModuleDef def{.class_name = "torch.nn.modules.loss.MSELoss",
                .attributes = {{"size_average", false}, {"reduce", true}}};
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> loss, BuildLayer(def));
  EXPECT_EQ((*loss)(Inputs{at::ones({3}), at::zeros({3})}).toTensor().item<float>(), 3);
}

TEST(LossTest, LegacyArgumentsBecomeAReduction) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> loss, BuildLayer("torch.nn.L1Loss", {{}, {{"reduce", false}}}));
  EXPECT_THAT(Numbers((*loss)(Inputs{at::ones({2}), at::zeros({2})}).toTensor()), ElementsAre(1, 1));
}

TEST(LossTest, UnknownReductionIsRefused) {
  EXPECT_THAT(BuildLayer("torch.nn.MSELoss", {{}, {{"reduction", "median"}}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'median' is not a valid value for reduction")));
}

TEST(CrossEntropyLossTest, OldFilesLackLabelSmoothing) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, ConstructLayer("torch.nn.CrossEntropyLoss", {}));
  std::erase_if(def->attributes, [](const Named<Attribute>& attribute) { return attribute.name == "label_smoothing"; });
  EXPECT_OK(BuildLayer(*def));
}

TEST(BceWithLogitsLossTest, OldFilesLackThePositiveWeight) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, ConstructLayer("torch.nn.BCEWithLogitsLoss", {}));
  std::erase_if(def->buffers, [](const Named<at::Tensor>& buffer) { return buffer.name == "pos_weight"; });
  EXPECT_OK(BuildLayer(*def));
}

TEST(GaussianNllLossTest, TakesANumber) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> loss, BuildLayer("torch.nn.GaussianNLLLoss", {}));
  const c10::IValue output = (*loss)(Inputs{Ramp({3}), at::zeros({3}), 0.5});
  EXPECT_NEAR(output.toTensor().item<float>(), -0.1799069, 1e-6);
}

TEST(TripletMarginWithDistanceLossTest, ItsDistanceIsAChild) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> loss, BuildLayer("torch.nn.TripletMarginWithDistanceLoss", {}));
  EXPECT_EQ(loss->ToString(), "TripletMarginWithDistanceLoss(\n  (distance_function): PairwiseDistance()\n)");
}

}  // namespace
}  // namespace loadstone::testing
