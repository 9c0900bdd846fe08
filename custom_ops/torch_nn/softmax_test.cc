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
using ::testing::Pointwise;

TEST(SoftmaxTest, ImplicitDimIsTheFirstOfThree) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> softmax, BuildLayer("torch.nn.Softmax", {}));
  const std::vector<float> expected = {0.2689414f, 0.7310586f};
  EXPECT_THAT(Numbers((*softmax)(Ramp({2, 1, 1}))), Pointwise(FloatNear(1e-6f), expected));
  EXPECT_EQ(softmax->ToString(), "Softmax(dim=None)");
}

TEST(SoftmaxTest, FilesBefore02LackTheDim) {
  ModuleDef def{.class_name = "torch.nn.modules.activation.LogSoftmax"};
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> softmax, BuildLayer(def));
  EXPECT_EQ(softmax->ToString(), "LogSoftmax(dim=None)");
}

TEST(SoftmaxTest, Softmax2dNeedsThreeOrFourDimensions) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> softmax, BuildLayer("torch.nn.Softmax2d", {}));
  EXPECT_THROW((*softmax)(Ramp({2, 2})), c10::Error);
}

}  // namespace
}  // namespace loadstone::testing
