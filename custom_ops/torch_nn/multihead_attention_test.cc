// Numbers: sequence_layer_numbers.py, torch 2.13.0.
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include "custom_ops/torch_nn/layer_test_util.h"
#include "engine/base/status_matchers.h"
#include "engine/module.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone::testing {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

constexpr char kClass[] = "torch.nn.MultiheadAttention";

c10::IValue Item(const c10::IValue& tuple, size_t index) { return tuple.toTupleRef().elements()[index]; }

std::vector<std::string> ParameterNames(const ModuleDef& module) {
  std::vector<std::string> names;
  for (const Named<at::Tensor>& entry : module.parameters) {
    names.push_back(entry.value.defined() ? entry.name : entry.name + "=None");
  }
  return names;
}

TEST(MultiheadAttentionTest, PrintsItsOutputProjection) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> attention, BuildLayer(kClass, {{4, 2}, {}}));
  EXPECT_EQ(attention->ToString(),
            "MultiheadAttention(\n"
            "  (out_proj): NonDynamicallyQuantizableLinear(in_features=4, out_features=4, bias=True)\n"
            ")");
}

TEST(MultiheadAttentionTest, ConstructorLaysOutPackedOrSeparateProjections) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> packed, ConstructLayer(kClass, {{4, 2}, {}}));
  EXPECT_THAT(ParameterNames(*packed), ElementsAre("in_proj_weight", "q_proj_weight=None", "k_proj_weight=None",
                                                   "v_proj_weight=None", "in_proj_bias"));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> separate,
                       ConstructLayer(kClass, {{4, 2}, {{"kdim", 3}, {"add_bias_kv", true}, {"bias", false}}}));
  EXPECT_THAT(ParameterNames(*separate),
              ElementsAre("q_proj_weight", "k_proj_weight", "v_proj_weight", "in_proj_weight=None",
                          "in_proj_bias=None", "bias_k", "bias_v"));
}

TEST(MultiheadAttentionTest, SelfAttentionHidesPaddedKeys) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> attention, BuildLayer(kClass, {{4, 2}, {{"batch_first", true}}}));
  const at::Tensor x = Ramp({1, 2, 4});
  at::Tensor mask = at::zeros({1, 2}, at::kBool);
  mask.select(1, 1).fill_(true);
  const c10::IValue result = (*attention)(Inputs{x, x, x, mask});
  EXPECT_THAT(Numbers(Item(result, 0).toTensor()),
              Pointwise(FloatNear(1e-5), {0.565755, 0.166971, -0.231814, -0.630598, 0.565755, 0.166971, -0.231814,
                                          -0.630598}));
  EXPECT_THAT(Numbers(Item(result, 1).toTensor()), Pointwise(FloatNear(1e-6), {1.0, 0.0, 1.0, 0.0}));
}

TEST(MultiheadAttentionTest, UnbatchedWithOtherKeySizesAndExtraPositions) {
  ASSERT_OK_AND_ASSIGN(
      const std::shared_ptr<Module> attention,
      BuildLayer(kClass, {{4, 2}, {{"kdim", 3}, {"vdim", 2}, {"add_bias_kv", true}, {"add_zero_attn", true}}}));
  Inputs inputs{Ramp({2, 4}), Ramp({3, 3}), Ramp({3, 2})};
  inputs.kwargs = {{"average_attn_weights", false}};
  const c10::IValue result = (*attention)(inputs);
  EXPECT_THAT(Numbers(Item(result, 0).toTensor()),
              Pointwise(FloatNear(1e-5), {-0.00608602, 0.00720268, 0.0204914, 0.0337801, 0.0128807, 0.0244766,
                                          0.0360725, 0.0476683}));
  EXPECT_THAT(Numbers(Item(result, 1).toTensor()),
              Pointwise(FloatNear(1e-5), {0.249286, 0.206984, 0.17186,  0.167216, 0.204653, 0.16612,  0.191971,
                                          0.221845, 0.2265,   0.193564, 0.236278, 0.20446,  0.176927, 0.176179,
                                          0.206157, 0.158652, 0.191076, 0.230127, 0.231221, 0.188924}));
}

TEST(MultiheadAttentionTest, WeightsAreNoneUnlessNeeded) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> attention, BuildLayer(kClass, {{4, 2}, {{"batch_first", true}}}));
  const at::Tensor x = Ramp({1, 2, 4});
  Inputs fused{x, x, x};
  fused.kwargs = {{"need_weights", false}};
  EXPECT_TRUE(Item((*attention)(fused), 1).isNone());
  Inputs unfused{x, Ramp({1, 3, 4}), Ramp({1, 3, 4})};
  unfused.kwargs = {{"need_weights", false}};
  EXPECT_TRUE(Item((*attention)(unfused), 1).isNone());
}

TEST(MultiheadAttentionTest, IntegerMaskIsRefused) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> attention, BuildLayer(kClass, {{4, 2}, {}}));
  const at::Tensor x = Ramp({2, 1, 4});
  EXPECT_THROW((*attention)(Inputs{x, x, x, at::zeros({1, 2}, at::kLong)}), c10::Error);
}

TEST(MultiheadAttentionTest, CausalHintWithoutMaskIsRefused) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> attention, BuildLayer(kClass, {{4, 2}, {}}));
  const at::Tensor x = Ramp({2, 1, 4});
  Inputs inputs{x, x, x};
  inputs.kwargs = {{"is_causal", true}};
  EXPECT_THROW((*attention)(inputs), c10::Error);
}

TEST(MultiheadAttentionTest, FileOfAnOldReleaseLacksAttributes) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, ConstructLayer(kClass, {{4, 2}, {}}));
  def->attributes = {{"embed_dim", 4}, {"num_heads", 2}, {"dropout", 0.0}};
  const at::Tensor x = Ramp({2, 1, 4});
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> attention, BuildLayer(*def));
  EXPECT_EQ(Item((*attention)(Inputs{x, x, x}), 0).toTensor().sizes(), x.sizes());
}

TEST(MultiheadAttentionTest, WeightsThatDoNotFitAreInvalidArgument) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, ConstructLayer(kClass, {{4, 2}, {}}));
  *FindNamed(def->parameters, "in_proj_bias") = Ramp({4});
  EXPECT_THAT(BuildLayer(*def),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("in_proj_bias has shape [4], needs [12]")));
  *FindNamed(def->attributes, "num_heads") = Attribute(0);
  EXPECT_THAT(BuildLayer(*def), StatusIs(StatusCode::kInvalidArgument, HasSubstr("divisible by num_heads 0")));
  def->children.clear();
  EXPECT_THAT(BuildLayer(*def), StatusIs(StatusCode::kInvalidArgument, HasSubstr("out_proj")));
}

TEST(MultiheadAttentionTest, ConstructorRefusesWhatPythonRefuses) {
  EXPECT_THAT(BuildLayer(kClass, {{4, 3}, {}}), StatusIs(StatusCode::kInvalidArgument, HasSubstr("divisible")));
  EXPECT_THAT(BuildLayer(kClass, {{0, 1}, {}}), StatusIs(StatusCode::kInvalidArgument, HasSubstr("greater than 0")));
}

}  // namespace
}  // namespace loadstone::testing
