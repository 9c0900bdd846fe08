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
using ::testing::FloatNear;

TEST(DistanceTest, VectorsTakeTheirInputsByName) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> similarity, BuildLayer("torch.nn.CosineSimilarity", {}));
  Inputs inputs;
  inputs.kwargs = {{"x1", Ramp({1, 4})}, {"x2", Ramp({1, 4})}};
  EXPECT_THAT(Numbers((*similarity)(inputs).toTensor()), ElementsAre(FloatNear(1, 1e-6f)));
}

TEST(DistanceTest, KeepdimKeepsADimension) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> distance,
                       BuildLayer("torch.nn.PairwiseDistance", {{1}, {{"keepdim", true}}}));
  EXPECT_EQ((*distance)(Inputs{Ramp({3, 4}), Ramp({3, 4})}).toTensor().sizes(), at::IntArrayRef({3, 1}));
  EXPECT_EQ(distance->ToString(), "PairwiseDistance()");
}

TEST(DistanceTest, AMissingInputIsAnError) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> distance, BuildLayer("torch.nn.PairwiseDistance", {}));
  EXPECT_THROW((*distance)(Inputs{Ramp({3, 4})}), c10::Error);
}

}  // namespace
}  // namespace loadstone::testing
