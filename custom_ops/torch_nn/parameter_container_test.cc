#include <memory>

#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include "custom_ops/torch_nn/layer_test_util.h"
#include "engine/base/status_matchers.h"
#include "engine/module.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadstone::testing {
namespace {

using ::testing::HasSubstr;

Attribute Zeros() { return at::zeros({2, 3}); }

TEST(ParameterListTest, PrintsItsValues) {
  const Attribute values = Attribute::List({Zeros(), at::zeros({4}, at::kHalf), 5, {}});
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> list, BuildLayer("torch.nn.ParameterList", {{values}, {}}));
  EXPECT_EQ(list->ToString(),
            "ParameterList(\n"
            "    (0): Parameter containing: [torch.float32 of size 2x3]\n"
            "    (1): Parameter containing: [torch.float16 of size 4]\n"
            "    (2): Object of type: int\n"
            "    (3): Object of type: NoneType\n"
            ")");
}

TEST(ParameterListTest, OneValuePrintsInline) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> list,
                       BuildLayer("torch.nn.ParameterList", {{Attribute::List({Zeros()})}, {}}));
  EXPECT_EQ(list->ToString(), "ParameterList(  (0): Parameter containing: [torch.float32 of size 2x3])");
}

TEST(ParameterListTest, OldFilesHaveNoSize) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def,
                       ConstructLayer("torch.nn.ParameterList", {{Attribute::List({Zeros()})}, {}}));
  def->attributes.clear();
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> list, BuildLayer(*def));
  EXPECT_EQ(list->ToString(), "ParameterList(  (0): Parameter containing: [torch.float32 of size 2x3])");
}

TEST(ParameterListTest, SizeBeyondItsValuesIsRefused) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, ConstructLayer("torch.nn.ParameterList", {}));
  def->attributes = {{"_size", int64_t{1} << 40}};
  EXPECT_THAT(BuildLayer(*def), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'_size' is 1099511627776")));
}

TEST(ParameterListTest, CannotBeCalled) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> list, BuildLayer("torch.nn.ParameterList", {}));
  EXPECT_THROW((*list)(Inputs{1}), c10::Error);
}

TEST(ParameterDictTest, PrintsTensorTypes) {
  Attribute::Dict values;
  values.entries.emplace_back("b", Zeros());
  values.entries.emplace_back("a", at::zeros({4}, at::kHalf));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> dict, BuildLayer("torch.nn.ParameterDict", {{values}, {}}));
  EXPECT_EQ(dict->ToString(),
            "ParameterDict(\n"
            "    (a): Parameter containing: [torch.HalfTensor of size 4]\n"
            "    (b): Parameter containing: [torch.FloatTensor of size 2x3]\n"
            ")");
}

TEST(ParameterDictTest, OldFilesHaveNoKeys) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, ConstructLayer("torch.nn.ParameterDict", {}));
  def->attributes.clear();
  def->parameters.push_back({"w", at::zeros({2})});
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> dict, BuildLayer(*def));
  EXPECT_THAT(dict->ToString(), HasSubstr("(w): Parameter containing: [torch.FloatTensor of size 2]"));
}

}  // namespace
}  // namespace loadstone::testing
