#include "custom_ops/torch_nn/functions.h"

#include <string>

#include <ATen/core/Tensor.h>
#include <ATen/ops/full.h>

#include "gtest/gtest.h"

namespace loadstone {
namespace {

float Call(absl::string_view name, double argument) {
  const UnaryFunction function = FindUnaryFunction(name);
  return function == nullptr ? -1e9f : function(at::full({1}, argument)).item<float>();
}

TEST(FindUnaryFunctionTest, EveryNameOfOneFunctionFindsIt) {
  EXPECT_EQ(Call("torch.nn.functional.relu", -2), 0);
  EXPECT_EQ(Call("torch.relu", -2), 0);
  EXPECT_EQ(Call("torch._C._VariableFunctionsClass.relu", 3), 3);
}

TEST(FindUnaryFunctionTest, GeluIsTheExactOneUnderItsOldAndNewName) {
  EXPECT_NEAR(Call("torch._C._nn.gelu", 1), 0.8413447, 1e-6);
  EXPECT_NEAR(Call("torch.nn.functional.gelu", 1), 0.8413447, 1e-6);
}

TEST(FindUnaryFunctionTest, FunctionsWithoutAnAtenNameAreComputed) {
  EXPECT_NEAR(Call("torch.nn.functional.softsign", 1), 0.5, 1e-6);
  EXPECT_NEAR(Call("torch.nn.functional.tanhshrink", 1), 0.2384058, 1e-6);
}

TEST(FindUnaryFunctionTest, OtherNamesAreUnknown) {
  EXPECT_EQ(FindUnaryFunction("shop.activations.relu"), nullptr);
  EXPECT_EQ(FindUnaryFunction("torch.nn.functional.conv2d"), nullptr);
  EXPECT_EQ(FindUnaryFunction("torch.load"), nullptr);
  EXPECT_EQ(FindUnaryFunction(""), nullptr);
}

}  // namespace
}  // namespace loadstone
