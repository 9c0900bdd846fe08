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

TEST(ConvTest, PadsByItsMode) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> conv,
                       BuildLayer("torch.nn.Conv2d", {{1, 1, 2}, {{"padding", 1}, {"padding_mode", "reflect"}}}));
  const std::vector<float> expected = {-1.055556f,  -0.8333333f, -1.055556f,  -0.1666667f, 0.05555555f,
                                       -0.1666667f, -1.055556f,  -0.8333333f, -1.055556f};
  EXPECT_THAT(Numbers((*conv)(Ramp({1, 2, 2}))), Pointwise(FloatNear(1e-6f), expected));
}

TEST(ConvTest, SameKeepsTheSize) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> conv,
                       BuildLayer("torch.nn.Conv1d", {{1, 1, 2}, {{"padding", "same"}}}));
  const std::vector<float> expected = {-0.3333333f, -0.3333334f, -0.3333333f, -0.75f};
  EXPECT_THAT(Numbers((*conv)(Ramp({1, 4}))), Pointwise(FloatNear(1e-6f), expected));
}

TEST(ConvTest, PrintsWhatDiffersFromTheDefaults) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> plain, BuildLayer("torch.nn.Conv2d", {{3, 8, 3}, {}}));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> other,
                       BuildLayer("torch.nn.Conv2d", {{4, 8, Attribute::Tuple({3, 1})},
                                                      {{"padding", "same"},
                                                       {"dilation", 2},
                                                       {"groups", 2},
                                                       {"bias", false},
                                                       {"padding_mode", "circular"}}}));
  EXPECT_EQ(plain->ToString(), "Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1))");
  EXPECT_EQ(other->ToString(),
            "Conv2d(4, 8, kernel_size=(3, 1), stride=(1, 1), padding=same, dilation=(2, 2), groups=2, bias=False, "
            "padding_mode=circular)");
}

TEST(ConvTest, TransposedTakesAnOutputSize) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> conv,
                       BuildLayer("torch.nn.ConvTranspose1d", {{1, 1, 2}, {{"stride", 2}}}));
  const std::vector<float> expected = {-0.25f, -0.75f, -0.75f, -0.25f, -0.5f};
  const c10::IValue output = (*conv)(Inputs{Ramp({1, 2}), std::vector<int64_t>{5}});
  EXPECT_THAT(Numbers(output.toTensor()), Pointwise(FloatNear(1e-6f), expected));
  EXPECT_THROW((*conv)(Inputs{Ramp({1, 2}), std::vector<int64_t>{9}}), c10::Error);
  EXPECT_EQ(conv->ToString(), "ConvTranspose1d(1, 1, kernel_size=(2,), stride=(2,))");
}

TEST(ConvTest, OldFilesLackThePaddingMode) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def,
                       ConstructLayer("torch.nn.Conv1d", {{1, 1, 2}, {{"padding", 1}}}));
  std::erase_if(def->attributes, [](const Named<Attribute>& attribute) {
    return attribute.name == "padding_mode" || attribute.name == "_reversed_padding_repeated_twice";
  });
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> conv, BuildLayer(*def));
  EXPECT_EQ(conv->ToString(), "Conv1d(1, 1, kernel_size=(2,), stride=(1,), padding=(1,))");
  EXPECT_EQ((*conv)(Ramp({1, 4})).sizes(), at::IntArrayRef({1, 5}));
}

TEST(ConvTest, ReversedPaddingIsDerivedInFilesBefore15) {
  ASSERT_OK_AND_ASSIGN(
      const std::shared_ptr<ModuleDef> def,
      ConstructLayer("torch.nn.Conv2d",
                     {{1, 1, 1}, {{"padding", Attribute::Tuple({1, 0})}, {"padding_mode", "circular"}}}));
  std::erase_if(def->attributes,
                [](const Named<Attribute>& attribute) { return attribute.name == "_reversed_padding_repeated_twice"; });
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> conv, BuildLayer(*def));
  EXPECT_EQ((*conv)(Ramp({1, 3, 3})).sizes(), at::IntArrayRef({1, 5, 3}));
}

TEST(ConvTest, ArgumentsThatPythonRefusesAreRefused) {
  const auto refused = [](NamedList<Attribute> keyword, const char* message) {
    EXPECT_THAT(BuildLayer("torch.nn.Conv2d", {{4, 8, 3}, std::move(keyword)}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  refused({{"groups", 0}}, "groups must be a positive integer");
  refused({{"groups", 3}}, "in_channels must be divisible by groups");
  refused({{"padding", "same"}, {"stride", 2}}, "padding='same' is not supported for strided convolutions");
  refused({{"padding", "some"}}, "padding is 'some'");
  refused({{"padding_mode", "mirror"}}, "padding_mode is 'mirror'");
  refused({{"stride", Attribute::Tuple({1, 1, 1})}}, "'stride' is (1, 1, 1)");
}

TEST(ConvTest, HostileStateIsRefused) {
  const auto refused = [](absl::string_view name, Attribute value, const char* message) {
    ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, ConstructLayer("torch.nn.Conv2d", {{4, 8, 3}, {}}));
    *FindNamed(def->attributes, name) = std::move(value);
    EXPECT_THAT(BuildLayer(*def), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  refused("groups", 0, "groups is 0, must be positive");
  refused("dilation", int64_t{1} << 62, "at most 2147483647 is possible");
  refused("padding", {}, "'padding' is None");
}

TEST(ConvTest, WeightOfAnotherRankIsRefused) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, ConstructLayer("torch.nn.Conv2d", {{4, 8, 3}, {}}));
  def->parameters[0].value = Ramp({8, 4, 3});
  EXPECT_THAT(BuildLayer(*def),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("weight is [8, 4, 3], needs 4 dimensions")));
}

}  // namespace
}  // namespace loadstone::testing
