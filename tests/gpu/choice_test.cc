// Where a model goes, and that it gives there what Python gives.
#include <string>
#include <vector>

#include <ATen/ops/allclose.h>

#include "tests/gpu/gpu_test_base.h"
#include "tools/tensor_io/npy.h"

namespace loadstone::testing {
namespace {

class ChoiceTest : public GpuTest {
 protected:
  // The device that a model of `wanted` goes to.
  absl::StatusOr<std::string> Choose(const std::string& wanted) {
    ASSIGN_OR_RETURN(const ServableHandle model, Load(DigitsSpec("full_module.pth"), wanted));
    return std::string(model->device().name());
  }
};

TEST_F(ChoiceTest, AutoIsTheFirstGpu) { EXPECT_THAT(Choose("auto"), IsOkAndHolds("cuda:0")); }

TEST_F(ChoiceTest, KindAloneIsTheFirstGpu) { EXPECT_THAT(Choose("cuda"), IsOkAndHolds("cuda:0")); }

TEST_F(ChoiceTest, CpuIsTheHost) { EXPECT_THAT(Choose("cpu"), IsOkAndHolds("cpu")); }

TEST_F(ChoiceTest, FirstOfAListThatIsThereIsTaken) {
  EXPECT_THAT(Choose("cuda:1,cpu"), IsOkAndHolds(CudaDeviceCount() > 1 ? "cuda:1" : "cpu"));
  EXPECT_THAT(Choose("cuda:99,cuda:0,cpu"), IsOkAndHolds("cuda:0"));
}

TEST_F(ChoiceTest, AbsentGpuIsNotReplaced) {
  EXPECT_THAT(Choose("cuda:99"), StatusIs(absl::StatusCode::kNotFound, ::testing::HasSubstr("'cuda:99'")));
}

class FilesOnTheGpuTest : public GpuTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(FilesOnTheGpuTest, OutputsEqualPythons) {
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, Load(DigitsSpec(GetParam()), "auto"));
  ASSERT_OK_AND_ASSIGN(const at::Tensor images, ReadNpyFile(TestDataPath("digits/images.npy")));
  ASSERT_OK_AND_ASSIGN(const at::Tensor logits, ReadNpyFile(TestDataPath("digits/logits.npy")));
  ASSERT_OK_AND_ASSIGN(const c10::IValue output, model->Run({images}));
  EXPECT_EQ(output.toTensor().device(), gpu_->torch_device());
  EXPECT_TRUE(at::allclose(output.toTensor().cpu(), logits, /*rtol=*/1e-4, /*atol=*/1e-4));
}

INSTANTIATE_TEST_SUITE_P(AllFiles, FilesOnTheGpuTest,
                         ::testing::Values("full_module.pth", "state_dict.pth", "checkpoint.pth",
                                           "gpu_full_module.pth"),
                         [](const ::testing::TestParamInfo<const char*>& info) {
                           const std::string name = info.param;
                           return name.substr(0, name.size() - 4);
                         });

}  // namespace
}  // namespace loadstone::testing
