// The four ways the trained digits model was saved: each gives what Python gives, through Engine::Acquire.
#include <memory>
#include <string>
#include <vector>

#include <ATen/ops/allclose.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/sum.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/status_matchers.h"
#include "engine/engine.h"
#include "engine/python_format.h"
#include "tests/integration/test_models.h"
#include "tools/tensor_io/npy.h"

namespace loadstone {
namespace {

using testing::DigitsSpec;
using testing::EngineWithBuiltins;
using testing::ReadText;
using testing::TestDataPath;

at::Tensor ReadArray(absl::string_view name) {
  absl::StatusOr<at::Tensor> array = ReadNpyFile(TestDataPath(absl::StrCat("digits/", name)));
  EXPECT_OK(array);
  return *std::move(array);
}

class DigitsTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    engine_ = EngineWithBuiltins();
    ASSERT_OK(engine_->AddModel(DigitsSpec(GetParam())));
  }
  std::unique_ptr<Engine> engine_;
};

TEST_P(DigitsTest, OutputsEqualPythonsOnTheWholeTestSet) {
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine_->Acquire("digits"));
  ASSERT_OK_AND_ASSIGN(const c10::IValue output, model->Run({ReadArray("images.npy")}));
  ASSERT_TRUE(output.isTensor());
  EXPECT_TRUE(at::allclose(output.toTensor(), ReadArray("logits.npy"), /*rtol=*/1e-5, /*atol=*/1e-5));
}

TEST_P(DigitsTest, AccuracyEqualsPythons) {
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine_->Acquire("digits"));
  ASSERT_OK_AND_ASSIGN(const c10::IValue output, model->Run({ReadArray("images.npy")}));
  const int64_t right = at::eq(at::argmax(output.toTensor(), 1), ReadArray("labels.npy")).sum().item<int64_t>();
  EXPECT_EQ(right, 447);  // of 450: expected.json
}

TEST_P(DigitsTest, PrintsAsPython) {
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine_->Acquire("digits"));
  EXPECT_EQ(model->module().ToString() + "\n", ReadText(TestDataPath("digits/print.txt")));
}

std::string ListTensors(const std::vector<std::pair<std::string, at::Tensor>>& tensors) {
  std::string text;
  for (const auto& [name, tensor] : tensors) {
    absl::StrAppend(&text, name, " ", PythonTuple({tensor.sizes().data(), tensor.sizes().size()}), "\n");
  }
  return text;
}

TEST_P(DigitsTest, NamesItsTensorsAsPythonInPythonsOrder) {
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine_->Acquire("digits"));
  EXPECT_EQ(ListTensors(model->module().named_parameters()), ReadText(TestDataPath("digits/named_parameters.txt")));
  EXPECT_EQ(ListTensors(model->module().named_buffers()), ReadText(TestDataPath("digits/named_buffers.txt")));
}

TEST_P(DigitsTest, NamesItsModulesAsPythonInPythonsOrder) {
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine_->Acquire("digits"));
  std::string text;
  for (const auto& [name, module] : model->module().named_modules()) {
    absl::StrAppend(&text, name, " ", module->class_name(), "\n");
  }
  EXPECT_EQ(text, ReadText(TestDataPath("digits/named_modules.txt")));
}

TEST_P(DigitsTest, LayersAreFoundByPath) {
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine_->Acquire("digits"));
  ASSERT_OK_AND_ASSIGN(const Module* conv, model->module().Find("layer1.0.conv1"));
  EXPECT_EQ(conv->class_name(), "torch.nn.modules.conv.Conv2d");
  ASSERT_OK_AND_ASSIGN(const at::Tensor weight, model->module().FindParameter("layer1.0.conv1.weight"));
  EXPECT_EQ(weight.sizes(), at::IntArrayRef({16, 16, 3, 3}));
  EXPECT_THAT(model->module().Find("layer1.0.conv3"),
              testing::StatusIs(absl::StatusCode::kNotFound, ::testing::HasSubstr("did you mean conv1 or conv2?")));
}

TEST_P(DigitsTest, WeightsAreNotCopied) {
  ASSERT_OK_AND_ASSIGN(const ServableHandle first, engine_->Acquire("digits"));
  ASSERT_OK_AND_ASSIGN(const ServableHandle second, engine_->Acquire("digits"));
  ASSERT_OK_AND_ASSIGN(const at::Tensor weight, first->module().FindParameter("fc.weight"));
  EXPECT_FALSE(weight.storage().resizable());  // a view of the file's mapping
  EXPECT_EQ(&first->module(), &second->module());
}

INSTANTIATE_TEST_SUITE_P(AllFiles, DigitsTest,
                         ::testing::Values("full_module.pth", "state_dict.pth", "checkpoint.pth", "gpu_full_module.pth"),
                         [](const ::testing::TestParamInfo<std::string>& info) {
                           return std::string(absl::string_view(info.param).substr(0, info.param.size() - 4));
                         });

}  // namespace
}  // namespace loadstone
