// Numbers: sequence_layer_numbers.py, torch 2.13.0.
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/full.h>
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
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

// TransformerEncoder(TransformerEncoderLayer(4, 2, dim_feedforward=3, activation="gelu", batch_first=True), 2)
absl::StatusOr<std::shared_ptr<Module>> BuildEncoder() {
  const absl::StatusOr<std::shared_ptr<ModuleDef>> layer = ConstructLayer(
      "torch.nn.TransformerEncoderLayer",
      {{4, 2}, {{"dim_feedforward", 3}, {"activation", "gelu"}, {"batch_first", true}}});
  if (!layer.ok()) return layer.status();
  return BuildLayer("torch.nn.TransformerEncoder", {{*layer, 2}, {}});
}

at::Tensor EncodePadded(const Module& encoder, int64_t padded_position) {
  at::Tensor padding = at::zeros({1, 3}, at::kBool);
  padding.select(1, padded_position).fill_(true);
  Inputs inputs{Ramp({1, 3, 4})};
  inputs.kwargs = {{"src_key_padding_mask", padding}};
  return encoder(inputs).toTensor();
}

TEST(TransformerEncoderTest, PaddingAtTheEndComesOutAsZeros) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> encoder, BuildEncoder());
  EXPECT_THAT(Numbers(EncodePadded(*encoder, 2)),
              Pointwise(FloatNear(1e-4), {1.34163, 0.447209, -0.447209, -1.34163, 1.34163, 0.447209, -0.447209,
                                          -1.34163, 0.0, 0.0, 0.0, 0.0}));
}

TEST(TransformerEncoderTest, PaddingElsewhereIsOnlyHidden) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> encoder, BuildEncoder());
  EXPECT_THAT(Numbers(EncodePadded(*encoder, 0)),
              Pointwise(FloatNear(1e-4), {-1.34164, -0.447213, 0.447213, 1.34164, -1.34164, -0.447213, 0.447213,
                                          1.34164, -1.34164, -0.447213, 0.447213, 1.34164}));
}

TEST(TransformerEncoderTest, ClonesAreSeparateAndPrintTogether) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> encoder, BuildEncoder());
  EXPECT_EQ(encoder->named_parameters().size(), 24u);
  EXPECT_THAT(encoder->ToString(), HasSubstr("(0-1): 2 x TransformerEncoderLayer("));
}

TEST(TransformerEncoderTest, NoLayersIsAnErrorOfForward) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> layer,
                       ConstructLayer("torch.nn.TransformerEncoderLayer", {{4, 2}, {{"dim_feedforward", 3}}}));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> encoder,
                       BuildLayer("torch.nn.TransformerEncoder", {{layer, 0}, {}}));
  EXPECT_THROW((*encoder)(Inputs{Ramp({1, 3, 4})}), c10::Error);
}

TEST(TransformerEncoderTest, ConstructorNeedsALayerAndALimitedNumber) {
  EXPECT_THAT(BuildLayer("torch.nn.TransformerEncoder", {{1, 2}, {}}),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("'encoder_layer' needs a module")));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> layer,
                       ConstructLayer("torch.nn.TransformerEncoderLayer", {{4, 2}, {}}));
  EXPECT_THAT(BuildLayer("torch.nn.TransformerEncoder", {{layer, int64_t{1} << 50}, {}}),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("num_layers")));
}

TEST(TransformerTest, GivesWhatPythonDoes) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> transformer,
                       BuildLayer("torch.nn.Transformer",
                                  {{4, 1, 1, 1}, {{"dim_feedforward", 3}, {"norm_first", true}}}));
  at::Tensor causal = at::zeros({2, 2});
  causal.select(0, 0).select(0, 1).fill_(-std::numeric_limits<double>::infinity());
  Inputs inputs{Ramp({2, 1, 4}), Ramp({2, 1, 4})};
  inputs.kwargs = {{"tgt_mask", causal}};
  EXPECT_THAT(Numbers((*transformer)(inputs).toTensor()),
              Pointwise(FloatNear(1e-4), {-1.34164, -0.447212, 0.447212, 1.34164, -1.34164, -0.447212, 0.447212,
                                          1.34164}));
}

TEST(TransformerTest, UnequalBatchesAreRefused) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> transformer,
                       BuildLayer("torch.nn.Transformer", {{4, 1, 1, 1}, {{"dim_feedforward", 3}}}));
  EXPECT_THROW((*transformer)(Inputs{Ramp({2, 1, 4}), Ramp({2, 3, 4})}), c10::Error);
  EXPECT_THROW((*transformer)(Inputs{Ramp({2, 1, 4}), Ramp({2, 1, 5})}), c10::Error);
}

TEST(TransformerEncoderLayerTest, ActivationMayBeAModule) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> relu, ConstructLayer("torch.nn.ReLU", {}));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> layer,
                       BuildLayer("torch.nn.TransformerEncoderLayer", {{4, 2}, {{"activation", relu}}}));
  EXPECT_THAT(layer->ToString(), HasSubstr("(dropout2): Dropout(p=0.1, inplace=False)\n  (activation): ReLU()\n)"));
  EXPECT_EQ(*FindNamed(layer->attributes(), "activation_relu_or_gelu")->int_value(), 1);
}

TEST(TransformerEncoderLayerTest, UnknownActivationIsInvalidArgument) {
  EXPECT_THAT(BuildLayer("torch.nn.TransformerEncoderLayer", {{4, 2}, {{"activation", "tanh"}}}),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("activation should be relu/gelu, not tanh")));
  EXPECT_THAT(BuildLayer("torch.nn.TransformerEncoderLayer",
                         {{4, 2}, {{"activation", Attribute::Symbol{"shop.layers.swish"}}}}),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("shop.layers.swish")));
}

TEST(TransformerEncoderLayerTest, FileOfAnOldReleaseLacksActivationAndNormFirst) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def,
                       ConstructLayer("torch.nn.TransformerEncoderLayer", {{4, 2}, {}}));
  def->attributes.clear();
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> layer, BuildLayer(*def));
  EXPECT_EQ(*FindNamed(layer->attributes(), "activation_relu_or_gelu")->int_value(), 1);
  EXPECT_EQ((*layer)(Ramp({3, 1, 4})).sizes(), at::IntArrayRef({3, 1, 4}));
}

// In Python, cloning hides the module behind F.relu.
TEST(TransformerDecoderTest, ActivationThatIsAModuleIsHidden) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> tanh, ConstructLayer("torch.nn.Tanh", {}));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> layer,
                       ConstructLayer("torch.nn.TransformerDecoderLayer", {{4, 2}, {{"activation", tanh}}}));
  EXPECT_EQ(FindNamed(layer->attributes, "activation"), nullptr);
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> decoder,
                       ConstructLayer("torch.nn.TransformerDecoder", {{layer, 1}, {}}));
  const ModuleDef& clone = *decoder->children[0].value->children[0].value;
  EXPECT_EQ(FindNamed(clone.attributes, "activation")->symbol()->name, "torch.nn.functional.relu");
  EXPECT_NE(FindNamed(clone.children, "activation"), nullptr);
}

TEST(TransformerDecoderTest, FeedsEachLayerWithMemory) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> layer,
                       ConstructLayer("torch.nn.TransformerDecoderLayer", {{4, 2}, {{"dim_feedforward", 3}}}));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> decoder,
                       BuildLayer("torch.nn.TransformerDecoder", {{layer, 2}, {}}));
  const c10::IValue output = (*decoder)(Inputs{Ramp({2, 1, 4}), Ramp({5, 1, 4})});
  EXPECT_EQ(output.toTensor().sizes(), at::IntArrayRef({2, 1, 4}));
  EXPECT_THROW((*decoder)(Inputs{Ramp({2, 1, 4})}), c10::Error);
}

}  // namespace
}  // namespace loadstone::testing
