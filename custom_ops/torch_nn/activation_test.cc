#include <memory>
#include <string>

#include "custom_ops/torch_nn/layer_test_util.h"
#include "engine/base/status_matchers.h"
#include "engine/module.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Text(absl::string_view class_name, const Arguments& arguments = {}) {
  const absl::StatusOr<std::shared_ptr<Module>> module = BuildLayer(class_name, arguments);
  return module.ok() ? (*module)->ToString() : module.status().ToString();
}

TEST(ActivationTest, InplaceWritesIntoTheInput) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> relu, BuildLayer("torch.nn.ReLU", {{true}, {}}));
  const at::Tensor input = Ramp({2});
  EXPECT_TRUE((*relu)(input).is_same(input));
  EXPECT_THAT(Numbers(input), ElementsAre(0, 0.5f));
}

TEST(ActivationTest, OtherwiseTheInputStays) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> relu, BuildLayer("torch.nn.ReLU", {}));
  const at::Tensor input = Ramp({2});
  EXPECT_THAT(Numbers((*relu)(input)), ElementsAre(0, 0.5f));
  EXPECT_THAT(Numbers(input), ElementsAre(-0.5f, 0.5f));
}

TEST(ActivationTest, PrintsInplaceWherePythonDoes) {
  EXPECT_EQ(Text("torch.nn.ReLU"), "ReLU()");
  EXPECT_EQ(Text("torch.nn.ReLU", {{true}, {}}), "ReLU(inplace=True)");
  EXPECT_EQ(Text("torch.nn.ReLU6", {{true}, {}}), "ReLU6(inplace=True)");
  EXPECT_EQ(Text("torch.nn.Hardswish", {{true}, {}}), "Hardswish()");
  EXPECT_EQ(Text("torch.nn.LeakyReLU", {{0.2, true}, {}}), "LeakyReLU(negative_slope=0.2, inplace=True)");
}

TEST(ActivationTest, PrintsNumbersAsTheyWereGiven) {
  EXPECT_EQ(Text("torch.nn.Threshold", {{0.1, 20}, {}}), "Threshold(threshold=0.1, value=20)");
  EXPECT_EQ(Text("torch.nn.Threshold", {{0.1, 20.0}, {}}), "Threshold(threshold=0.1, value=20.0)");
  EXPECT_EQ(Text("torch.nn.Hardtanh", {{}, {{"max_value", 2}}}), "Hardtanh(min_val=-1.0, max_val=2)");
  EXPECT_EQ(Text("torch.nn.RReLU"), "RReLU(lower=0.125, upper=0.3333333333333333)");
  EXPECT_EQ(Text("torch.nn.Softshrink"), "Softshrink(0.5)");
  EXPECT_EQ(Text("torch.nn.GELU"), "GELU(approximate='none')");
  EXPECT_EQ(Text("torch.nn.PReLU", {{3}, {}}), "PReLU(num_parameters=3)");
}

TEST(ActivationTest, OldFilesLackLaterAttributes) {
  ModuleDef gelu{.class_name = "torch.nn.modules.activation.GELU"};
  ModuleDef relu{.class_name = "torch.nn.modules.activation.ReLU"};
  ModuleDef relu6{.class_name = "torch.nn.modules.activation.ReLU6"};
  EXPECT_OK(BuildLayer(gelu));
  EXPECT_OK(BuildLayer(relu));
  EXPECT_OK(BuildLayer(relu6));
}

TEST(ActivationTest, HardtanhNeedsAnInterval) {
  EXPECT_THAT(BuildLayer("torch.nn.Hardtanh", {{2, 1}, {}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("min_val cannot be greater than max_val")));
}

TEST(ActivationTest, NumbersOfAnotherTypeAreRefused) {
  EXPECT_THAT(BuildLayer("torch.nn.ELU", {{"one"}, {}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'alpha' is 'one' (str), needs a float")));
}

}  // namespace
}  // namespace loadstone::testing
