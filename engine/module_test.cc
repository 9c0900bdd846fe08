#include "engine/module.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include "engine/base/status_matchers.h"
#include "engine/module_state.h"
#include "engine/testing/fakes.h"

namespace loadstone {
namespace {

using testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Lt;
using ::testing::Property;
using ::testing::Throws;

constexpr absl::StatusCode kNotFound = absl::StatusCode::kNotFound;

// Gives what it was given.
class Echo : public Module {
 public:
  explicit Echo(ModuleState& state) : Module(state) {}
  c10::IValue Forward(const Inputs& inputs) const override { return inputs.args.at(0); }
  std::string ExtraRepr() const override {
    const Attribute* extra = FindNamed(attributes(), "extra");
    return extra == nullptr ? "" : *extra->text();
  }
};

// Refuses every input.
class Refusing : public TensorModule {
 public:
  explicit Refusing(ModuleState& state) : TensorModule(state) {}
  at::Tensor ForwardTensor(const at::Tensor& input) const override { TORCH_CHECK_VALUE(false, "wants no input"); }
};

// Calls its first child.
class Caller : public Module {
 public:
  explicit Caller(ModuleState& state) : Module(state) {}
  c10::IValue Forward(const Inputs& inputs) const override { return (*children().front().value)(inputs); }
};

template <typename T = Echo>
std::shared_ptr<Module> Make(ModuleParts parts) {
  return BuildModule<T>(std::move(parts)).value();
}

std::shared_ptr<Module> Leaf(std::string class_name, std::string extra = "") {
  ModuleParts parts{.class_name = std::move(class_name)};
  if (!extra.empty()) parts.attributes.push_back({"extra", extra});
  return Make(std::move(parts));
}

std::shared_ptr<Module> Parent(NamedList<std::shared_ptr<Module>> children, std::string extra = "") {
  ModuleParts parts{.class_name = "shop.Parent"};
  parts.children = std::move(children);
  if (!extra.empty()) parts.attributes.push_back({"extra", extra});
  return Make(std::move(parts));
}

std::vector<std::string> Names(const std::vector<std::pair<std::string, at::Tensor>>& named) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : named) names.push_back(name);
  return names;
}

std::vector<std::string> Names(const std::vector<std::pair<std::string, const Module*>>& named) {
  std::vector<std::string> names;
  for (const auto& [name, module] : named) names.push_back(name);
  return names;
}

// The expected texts are what Python's print gave for nn.Modules of these shapes.
TEST(ModuleToStringTest, NothingInIt) { EXPECT_EQ(Leaf("shop.Empty")->ToString(), "Empty()"); }

TEST(ModuleToStringTest, ClassWithoutAPackage) { EXPECT_EQ(Leaf("Empty")->ToString(), "Empty()"); }

TEST(ModuleToStringTest, OneLineOfExtra) { EXPECT_EQ(Leaf("shop.One", "a=1")->ToString(), "One(a=1)"); }

TEST(ModuleToStringTest, SeveralLinesOfExtra) {
  EXPECT_EQ(Leaf("shop.Lines", "a=1\nb=2")->ToString(), "Lines(\n  a=1\n  b=2\n)");
}

TEST(ModuleToStringTest, OneChild) {
  EXPECT_EQ(Parent({{"a", Leaf("shop.One", "a=1")}})->ToString(), "Parent(\n  (a): One(a=1)\n)");
}

TEST(ModuleToStringTest, ExtraChildrenAndNoneInsideEachOther) {
  const std::shared_ptr<Module> inner = Parent({{"c", Leaf("shop.Lines", "a=1\nb=2")}, {"d", nullptr}});
  EXPECT_EQ(Parent({{"a", Leaf("shop.One", "a=1")}, {"b", inner}}, "x=1")->ToString(),
            "Parent(\n"
            "  x=1\n"
            "  (a): One(a=1)\n"
            "  (b): Parent(\n"
            "    (c): Lines(\n"
            "      a=1\n"
            "      b=2\n"
            "    )\n"
            "    (d): None\n"
            "  )\n"
            ")");
}

TEST(ModuleToStringTest, SeveralLinesOfExtraAndAChild) {
  EXPECT_EQ(Parent({{"a", Leaf("shop.Empty")}}, "x=1\ny=2")->ToString(),
            "Parent(\n  x=1\n  y=2\n  (a): Empty()\n)");
}

TEST(ModuleToStringTest, ModulesSharedOnEveryLevelDoNotPrintForEver) {
  std::shared_ptr<Module> module = Leaf("shop.Empty");
  for (int i = 0; i < 60; ++i) module = Parent({{"a", module}, {"b", module}});
  const std::string text = module->ToString();
  EXPECT_THAT(text.size(), Lt(size_t{10} << 20));
  EXPECT_THAT(text, EndsWith("...\n)"));
}

class ModuleTreeTest : public ::testing::Test {
 protected:
  static std::shared_ptr<Module> Layer(NamedList<at::Tensor> parameters, NamedList<at::Tensor> buffers = {}) {
    ModuleParts parts{.class_name = "shop.Layer"};
    parts.parameters = std::move(parameters);
    parts.buffers = std::move(buffers);
    return Make(std::move(parts));
  }

  const at::Tensor weight_ = at::ones({2});
  const std::shared_ptr<Module> first_ =
      Layer({{"weight", weight_}, {"bias", at::Tensor()}}, {{"mean", at::zeros({2})}, {"none", at::Tensor()}});
  const std::shared_ptr<Module> second_ = Layer({{"weight", at::ones({3})}, {"tied", weight_}});
  const std::shared_ptr<Module> root_ =
      Parent({{"body", Parent({{"first", first_}, {"second", second_}})}, {"absent", nullptr}, {"again", first_}});
};

TEST_F(ModuleTreeTest, FindWalksThePath) {
  ASSERT_OK_AND_ASSIGN(const Module* module, root_->Find("body.second"));
  EXPECT_EQ(module, second_.get());
}

TEST_F(ModuleTreeTest, FindOfNothingIsTheModuleItself) {
  ASSERT_OK_AND_ASSIGN(const Module* module, root_->Find(""));
  EXPECT_EQ(module, root_.get());
}

TEST_F(ModuleTreeTest, FindSaysHowFarThePathLeads) {
  EXPECT_THAT(root_->Find("body.frist.conv"),
              StatusIs(kNotFound, HasSubstr("'body' (shop.Parent) has no module 'frist'; did you mean first?")));
}

TEST_F(ModuleTreeTest, FindFailsAtTheRoot) {
  EXPECT_THAT(root_->Find("bdoy"), StatusIs(kNotFound, HasSubstr("the model (shop.Parent) has no module 'bdoy'")));
}

TEST_F(ModuleTreeTest, FindSaysThatAModuleIsNone) {
  EXPECT_THAT(root_->Find("absent"), StatusIs(kNotFound, HasSubstr("it is None")));
}

TEST_F(ModuleTreeTest, FindOfEmptyNamesIsNotFound) {
  EXPECT_THAT(root_->Find("."), StatusIs(kNotFound, HasSubstr("has no module ''")));
  EXPECT_THAT(root_->Find("body."), StatusIs(kNotFound, HasSubstr("'body'")));
}

TEST_F(ModuleTreeTest, FindParameterGivesTheTensor) {
  ASSERT_OK_AND_ASSIGN(const at::Tensor weight, root_->FindParameter("body.first.weight"));
  EXPECT_TRUE(weight.is_same(weight_));
}

TEST_F(ModuleTreeTest, FindParameterNamesTheNearest) {
  EXPECT_THAT(root_->FindParameter("body.first.wieght"),
              StatusIs(kNotFound, HasSubstr("no parameter 'body.first.wieght'; did you mean weight?")));
}

TEST_F(ModuleTreeTest, FindParameterOfNoneIsNotFound) {
  EXPECT_THAT(root_->FindParameter("body.first.bias"), StatusIs(kNotFound, HasSubstr("it is None")));
}

TEST_F(ModuleTreeTest, FindParameterOfAnUnknownModuleIsNotFound) {
  EXPECT_THAT(root_->FindParameter("nobody.weight"), StatusIs(kNotFound, HasSubstr("has no module 'nobody'")));
}

TEST_F(ModuleTreeTest, FindParameterTakesNoBuffer) {
  EXPECT_THAT(root_->FindParameter("body.first.mean"), StatusIs(kNotFound, HasSubstr("no parameter")));
}

TEST_F(ModuleTreeTest, FindBufferGivesTheTensor) {
  ASSERT_OK_AND_ASSIGN(const at::Tensor mean, root_->FindBuffer("again.mean"));
  EXPECT_EQ(mean.numel(), 2);
  EXPECT_THAT(root_->FindBuffer("again.weight"), StatusIs(kNotFound, HasSubstr("no buffer")));
}

TEST_F(ModuleTreeTest, NamedModulesAreInOrderAndEachOnce) {
  EXPECT_THAT(Names(root_->named_modules()), ElementsAre("", "body", "body.first", "body.second"));
}

TEST_F(ModuleTreeTest, NamedParametersAreInOrderWithoutNoneAndEachOnce) {
  EXPECT_THAT(Names(root_->named_parameters()), ElementsAre("body.first.weight", "body.second.weight"));
}

TEST_F(ModuleTreeTest, NamedBuffersAreWithoutNone) {
  EXPECT_THAT(Names(root_->named_buffers()), ElementsAre("body.first.mean"));
}

TEST_F(ModuleTreeTest, ForEachTensorVisitsEverySlotOnceAndMayChangeIt) {
  int visits = 0;
  root_->ForEachTensor([&](at::Tensor& tensor) {
    ++visits;
    tensor = at::full({1}, 7);
  });
  EXPECT_EQ(visits, 4);
  EXPECT_EQ(root_->FindParameter("body.first.weight")->item<int64_t>(), 7);
}

TEST(ModuleCallTest, ErrorCarriesTheClassesItPassed) {
  ModuleParts parts{.class_name = "shop.Caller"};
  parts.children.push_back({"inner", Make<Refusing>({.class_name = "shop.Refusing"})});
  const std::shared_ptr<Module> caller = Make<Caller>(std::move(parts));
  EXPECT_THAT([&] { (*caller)(Inputs{at::ones({1})}); },
              Throws<c10::ValueError>(Property(
                  &c10::Error::what_without_backtrace,
                  AllOf(HasSubstr("wants no input"), HasSubstr("in shop.Refusing"), HasSubstr("in shop.Caller")))));
}

TEST(ModuleCallTest, ErrorOfATensorCallCarriesTheClass) {
  const std::shared_ptr<Module> refusing = Make<Refusing>({.class_name = "shop.Refusing"});
  EXPECT_THAT([&] { (*refusing)(at::ones({1})); },
              Throws<c10::ValueError>(Property(&c10::Error::what_without_backtrace, HasSubstr("in shop.Refusing"))));
}

TEST(ModuleCallTest, TensorCallOfAModuleThatGivesNoTensorThrows) {
  class Number : public Module {
   public:
    explicit Number(ModuleState& state) : Module(state) {}
    c10::IValue Forward(const Inputs& inputs) const override { return 3; }
  };
  const std::shared_ptr<Module> number = Make<Number>({.class_name = "shop.Number"});
  EXPECT_THAT([&] { (*number)(at::ones({1})); },
              Throws<c10::TypeError>(
                  Property(&c10::Error::what_without_backtrace, HasSubstr("gives Int where one tensor is needed"))));
}

class TensorModuleTest : public ::testing::Test {
 protected:
  const std::shared_ptr<Module> block_ =
      testing::BlockClass().build(ModuleParts{.class_name = "tiny.Block"}).value();
};

TEST_F(TensorModuleTest, TakesOneTensorByPosition) {
  EXPECT_EQ((*block_)(Inputs{at::full({1}, 5)}).toTensor().item<int64_t>(), 5);
}

TEST_F(TensorModuleTest, TakesOneTensorByKeyword) {
  Inputs inputs;
  inputs.kwargs.push_back({"input", at::full({1}, 5)});
  EXPECT_EQ((*block_)(inputs).toTensor().item<int64_t>(), 5);
}

TEST_F(TensorModuleTest, RefusesTwoInputs) {
  EXPECT_THAT([&] { (*block_)(Inputs{at::ones({1}), at::ones({1})}); },
              Throws<c10::TypeError>(Property(&c10::Error::what_without_backtrace, HasSubstr("2 inputs were given"))));
}

TEST_F(TensorModuleTest, RefusesWhatIsNoTensor) {
  EXPECT_THAT([&] { (*block_)(Inputs{3}); },
              Throws<c10::TypeError>(Property(&c10::Error::what_without_backtrace, HasSubstr("Int was given"))));
}

}  // namespace
}  // namespace loadstone
