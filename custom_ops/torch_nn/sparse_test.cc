#include <memory>
#include <vector>

#include <ATen/ops/arange.h>
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

at::Tensor Words(int64_t count) { return at::arange(count); }

TEST(EmbeddingTest, MaxNormShortensRowsOfACopy) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> embedding,
                       BuildLayer("torch.nn.Embedding", {{2, 2}, {{"max_norm", 0.25}}}));
  const std::vector<float> expected = {-0.2371708f, -0.07905693f, 0.07905693f, 0.2371708f};
  EXPECT_THAT(Numbers((*embedding)(Words(2))), Pointwise(FloatNear(1e-6f), expected));
  ASSERT_OK_AND_ASSIGN(const at::Tensor weight, embedding->FindParameter("weight"));
  EXPECT_EQ(Numbers(weight), Numbers(Ramp({2, 2})));
}

TEST(EmbeddingTest, PrintsWhatDiffersFromTheDefaults) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> plain, BuildLayer("torch.nn.Embedding", {{3, 2}, {}}));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> other,
                       BuildLayer("torch.nn.Embedding", {{3, 2},
                                                         {{"padding_idx", -1},
                                                          {"max_norm", 1},
                                                          {"norm_type", 1.0},
                                                          {"scale_grad_by_freq", true},
                                                          {"sparse", true}}}));
  EXPECT_EQ(plain->ToString(), "Embedding(3, 2)");
  EXPECT_EQ(other->ToString(),
            "Embedding(3, 2, padding_idx=2, max_norm=1, norm_type=1.0, scale_grad_by_freq=True, sparse=True)");
}

TEST(EmbeddingTest, WordsBeyondTheRowsAreAnError) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> embedding, BuildLayer("torch.nn.Embedding", {{2, 2}, {}}));
  EXPECT_THROW((*embedding)(Words(3)), c10::Error);
}

TEST(EmbeddingTest, PaddingBeyondTheRowsIsRefused) {
  EXPECT_THAT(ConstructLayer("torch.nn.Embedding", {{2, 2, 2}, {}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("Padding_idx must be within num_embeddings")));
}

TEST(EmbeddingBagTest, SumsBags) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> bag,
                       BuildLayer("torch.nn.EmbeddingBag", {{3, 2}, {{"mode", "sum"}}}));
  const std::vector<float> expected = {-0.5f, -0.3f, 0.2f, 0.6f};
  EXPECT_THAT(Numbers((*bag)(Inputs{Words(3), Words(2)}).toTensor()), Pointwise(FloatNear(1e-6f), expected));
  EXPECT_EQ(bag->ToString(), "EmbeddingBag(3, 2, mode='sum')");
}

TEST(EmbeddingBagTest, OldFilesLackLaterAttributes) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, ConstructLayer("torch.nn.EmbeddingBag", {{3, 2}, {}}));
  std::erase_if(def->attributes, [](const Named<Attribute>& attribute) {
    return attribute.name == "include_last_offset" || attribute.name == "padding_idx";
  });
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> bag, BuildLayer(*def));
  EXPECT_EQ(bag->ToString(), "EmbeddingBag(3, 2, mode='mean')");
}

TEST(EmbeddingBagTest, UnknownModeIsRefused) {
  EXPECT_THAT(BuildLayer("torch.nn.EmbeddingBag", {{3, 2}, {{"mode", "median"}}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("mode is 'median'")));
}

}  // namespace
}  // namespace loadstone::testing
