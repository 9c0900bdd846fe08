#include <memory>
#include <vector>

#include <ATen/ops/ones.h>
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

std::shared_ptr<ModuleDef> Layer(absl::string_view name, const Arguments& arguments = {}) {
  absl::StatusOr<std::shared_ptr<ModuleDef>> layer = ConstructLayer(name, arguments);
  EXPECT_OK(layer);
  return layer.ok() ? *layer : nullptr;
}

std::shared_ptr<ModuleDef> LinearAndRelu() {
  return Layer("torch.nn.Sequential", {{Layer("torch.nn.Linear", {{1, 2}, {}}), Layer("torch.nn.ReLU")}, {}});
}

TEST(SequentialTest, RunsItsChildrenInOrder) {
  const std::shared_ptr<ModuleDef> def = LinearAndRelu();
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> sequential, BuildLayer(*def));
  EXPECT_THAT(Numbers((*sequential)(at::ones({1}))), ElementsAre(0, 1));
}

TEST(SequentialTest, TakesNamesFromADict) {
  Attribute::Dict layers;
  layers.entries.emplace_back("first", Layer("torch.nn.ReLU"));
  layers.entries.emplace_back("second", Layer("torch.nn.Tanh"));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> sequential, BuildLayer("torch.nn.Sequential", {{layers}, {}}));
  EXPECT_EQ(sequential->ToString(), "Sequential(\n  (first): ReLU()\n  (second): Tanh()\n)");
}

TEST(SequentialTest, WithoutChildrenGivesItsInputBack) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> sequential, BuildLayer("torch.nn.Sequential", {}));
  EXPECT_EQ((*sequential)(Inputs{7}).toInt(), 7);
}

TEST(SequentialTest, ChildOfNoneIsAnErrorOfTheCall) {
  const std::shared_ptr<ModuleDef> def = LinearAndRelu();
  def->children[1].value = nullptr;
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> sequential, BuildLayer(*def));
  EXPECT_THROW((*sequential)(at::ones({1})), c10::Error);
}

TEST(SequentialTest, OtherValuesAreNoModules) {
  EXPECT_THAT(ConstructLayer("torch.nn.Sequential", {{3}, {}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'0' is int, needs a module")));
}

TEST(ModuleListTest, PrintsEqualNeighboursOnce) {
  const std::vector<Attribute> layers = {Layer("torch.nn.ReLU"), Layer("torch.nn.ReLU"), LinearAndRelu(),
                                         LinearAndRelu(), Layer("torch.nn.ReLU")};
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> list,
                       BuildLayer("torch.nn.ModuleList", {{Attribute::List(layers)}, {}}));
  EXPECT_EQ(list->ToString(),
            "ModuleList(\n"
            "  (0-1): 2 x ReLU()\n"
            "  (2-3): 2 x Sequential(\n"
            "    (0): Linear(in_features=1, out_features=2, bias=True)\n"
            "    (1): ReLU()\n"
            "  )\n"
            "  (4): ReLU()\n"
            ")");
}

TEST(ModuleListTest, EmptyPrintsOnOneLine) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> list, BuildLayer("torch.nn.ModuleList", {}));
  EXPECT_EQ(list->ToString(), "ModuleList()");
}

TEST(ModuleListTest, HasNoForward) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> list, BuildLayer("torch.nn.ModuleList", {}));
  EXPECT_THROW((*list)(at::ones({1})), c10::Error);
}

TEST(ModuleDictTest, TakesADictOrPairs) {
  Attribute::Dict dict;
  dict.entries.emplace_back("b", Layer("torch.nn.ReLU"));
  const std::vector<Attribute> pairs = {Attribute::Tuple({"b", Layer("torch.nn.ReLU")})};
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> of_dict, BuildLayer("torch.nn.ModuleDict", {{dict}, {}}));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> of_pairs,
                       BuildLayer("torch.nn.ModuleDict", {{Attribute::List(pairs)}, {}}));
  EXPECT_EQ(of_dict->ToString(), "ModuleDict(\n  (b): ReLU()\n)");
  EXPECT_EQ(of_pairs->ToString(), of_dict->ToString());
}

TEST(ModuleTest, BareModuleHoldsChildren) {
  const std::shared_ptr<ModuleDef> def = Layer("torch.nn.Module");
  def->children.push_back({"block", Layer("torch.nn.ReLU")});
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> module, BuildLayer(*def));
  EXPECT_EQ(module->ToString(), "Module(\n  (block): ReLU()\n)");
}

}  // namespace
}  // namespace loadstone::testing
