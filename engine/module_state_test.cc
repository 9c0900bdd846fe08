#include "engine/module_state.h"

#include <memory>
#include <utility>

#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>

#include "engine/base/status_matchers.h"
#include "engine/testing/fakes.h"

namespace loadstone {
namespace {

using testing::IsOk;
using testing::StatusIs;
using ::testing::HasSubstr;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

ModuleParts Parts() {
  ModuleParts parts{.class_name = "shop.Layer"};
  parts.parameters = {{"weight", at::ones({2})}, {"bias", at::Tensor()}};
  parts.buffers = {{"mean", at::ones({3})}};
  parts.tensors = {{"scale", at::ones({4})}};
  parts.children = {{"block", testing::BlockClass().build(ModuleParts{.class_name = "tiny.Block"}).value()},
                    {"none", nullptr}};
  return parts;
}

TEST(ModuleStateTest, GivesWhatIsThere) {
  ModuleState state(Parts());
  EXPECT_EQ(state.Parameter("weight").numel(), 2);
  EXPECT_EQ(state.Buffer("mean").numel(), 3);
  EXPECT_EQ(state.TensorAttribute("scale").numel(), 4);
  EXPECT_EQ(state.Child("block").class_name(), "tiny.Block");
  EXPECT_THAT(state.status(), IsOk());
}

TEST(ModuleStateTest, NoneParameterIsUndefinedAndNoMistake) {
  ModuleState state(Parts());
  EXPECT_FALSE(state.Parameter("bias").defined());
  EXPECT_THAT(state.status(), IsOk());
}

TEST(ModuleStateTest, AbsentParameterIsNoted) {
  ModuleState state(Parts());
  EXPECT_FALSE(state.Parameter("gamma").defined());
  EXPECT_THAT(state.status(), StatusIs(kInvalid, "shop.Layer: has no parameter 'gamma'"));
}

TEST(ModuleStateTest, AbsentBufferIsNoted) {
  ModuleState state(Parts());
  state.Buffer("weight");
  EXPECT_THAT(state.status(), StatusIs(kInvalid, HasSubstr("no buffer 'weight'")));
}

TEST(ModuleStateTest, AbsentTensorAttributeIsNoted) {
  ModuleState state(Parts());
  state.TensorAttribute("mean");
  EXPECT_THAT(state.status(), StatusIs(kInvalid, HasSubstr("no tensor attribute 'mean'")));
}

TEST(ModuleStateTest, NoneChildIsNoted) {
  ModuleState state(Parts());
  state.Child("none");
  EXPECT_THAT(state.status(), StatusIs(kInvalid, HasSubstr("no child 'none'")));
}

TEST(ModuleStateTest, OptionalChildIsNullForNoneAndForAbsent) {
  ModuleState state(Parts());
  EXPECT_NE(state.OptionalChild("block"), nullptr);
  EXPECT_EQ(state.OptionalChild("none"), nullptr);
  EXPECT_EQ(state.OptionalChild("absent"), nullptr);
  EXPECT_THAT(state.status(), IsOk());
}

TEST(BuildModuleTest, MistakeOfTheConstructorIsTheResult) {
  EXPECT_THAT(testing::LinearClass().build(ModuleParts{.class_name = "tiny.Linear"}),
              StatusIs(kInvalid, HasSubstr("tiny.Linear: has no parameter 'weight'")));
}

TEST(BuildModuleTest, ReferencesOfTheConstructorFollowTheModulesTensors) {
  ModuleParts parts{.class_name = "tiny.Linear"};
  parts.parameters = {{"weight", at::ones({1, 1})}, {"bias", at::Tensor()}};
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Module> module, testing::LinearClass().build(std::move(parts)));
  module->ForEachTensor([](at::Tensor& tensor) { tensor = at::full({1, 1}, 3.0); });
  EXPECT_EQ((*module)(at::ones({1, 1})).item<float>(), 3.0f);
}

}  // namespace
}  // namespace loadstone
