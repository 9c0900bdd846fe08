#include <memory>
#include <vector>

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

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(MaxUnpoolTest, PutsValuesBackWhereTheyWere) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> pool,
                       BuildLayer("torch.nn.MaxPool1d", {{2}, {{"return_indices", true}}}));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> unpool, BuildLayer("torch.nn.MaxUnpool1d", {{2}, {}}));
  const c10::IValue pooled = (*pool)(Inputs{Ramp({1, 2})});
  const auto& parts = pooled.toTupleRef().elements();
  EXPECT_THAT(Numbers((*unpool)(Inputs{parts[0], parts[1]}).toTensor()), ElementsAre(0, 0.5f));
  EXPECT_THAT(Numbers((*unpool)(Inputs{parts[0], parts[1], std::vector<int64_t>{3}}).toTensor()),
              ElementsAre(0, 0.5f, 0));
  EXPECT_EQ(unpool->ToString(), "MaxUnpool1d(kernel_size=(2,), stride=(2,), padding=(0,))");
}

TEST(MaxUnpoolTest, OutputSizeFarFromTheUsualIsAnError) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> unpool, BuildLayer("torch.nn.MaxUnpool1d", {{2}, {}}));
  const at::Tensor indices = at::zeros({1, 1}, at::kLong);
  EXPECT_THROW((*unpool)(Inputs{Ramp({1, 1}), indices, std::vector<int64_t>{9}}), c10::Error);
}

TEST(FractionalMaxPoolTest, NeedsEitherSizeOrRatio) {
  EXPECT_THAT(BuildLayer("torch.nn.FractionalMaxPool2d", {{2}, {}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("either an output_size or an output_ratio")));
  EXPECT_THAT(BuildLayer("torch.nn.FractionalMaxPool2d", {{2}, {{"output_ratio", 1.5}}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("output_ratio must be between 0 and 1")));
}

TEST(FractionalMaxPoolTest, SamplesBeyondTheUnitIntervalReadNothingElse) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> pool,
                       BuildLayer("torch.nn.FractionalMaxPool2d",
                                  {{2}, {{"output_size", 2}, {"_random_samples", at::full({1, 1, 2}, 1e30)}}}));
  EXPECT_EQ((*pool)(Ramp({1, 4, 4})).max().item<float>(), 0.5f);
}

}  // namespace
}  // namespace loadstone::testing
