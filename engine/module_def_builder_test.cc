#include "engine/module_def_builder.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include "engine/base/status_matchers.h"
#include "engine/plugin_registry.h"
#include "engine/testing/fakes.h"

namespace loadstone {
namespace {

using testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
using ConstructFunction = std::function<void(AttributeReader&, ModuleDefBuilder&)>;

class ModuleDefBuilderTest : public ::testing::Test {
 protected:
  void Add(const char* name, ConstructFunction construct, const char* signature = "") {
    ModuleClass added;
    added.name = name;
    added.signature = signature;
    added.construct = std::move(construct);
    ASSERT_OK(registry_->AddModuleClass(std::move(added)));
  }
  absl::StatusOr<std::shared_ptr<ModuleDef>> Make(absl::string_view name, std::vector<Attribute> positional = {}) {
    return Construct(name, {std::move(positional), {}}, *registry_);
  }

  const std::unique_ptr<PluginRegistry> registry_ = testing::NewRegistry();
};

TEST_F(ModuleDefBuilderTest, ParameterHasAShapeAndNoStorage) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, Make("tiny.Linear", {int64_t{1} << 20, int64_t{1} << 30}));
  EXPECT_EQ(def->class_name, "tiny.Linear");
  const at::Tensor* weight = FindNamed(def->parameters, "weight");
  ASSERT_NE(weight, nullptr);
  EXPECT_TRUE(weight->is_meta());
  EXPECT_THAT(weight->sizes().vec(), ElementsAre(int64_t{1} << 30, int64_t{1} << 20));
}

TEST_F(ModuleDefBuilderTest, NoParameterIsANameWithoutAValue) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, Make("tiny.Linear", {1, 2, false}));
  const at::Tensor* bias = FindNamed(def->parameters, "bias");
  ASSERT_NE(bias, nullptr);
  EXPECT_FALSE(bias->defined());
}

TEST_F(ModuleDefBuilderTest, ParameterAndAttributeSetTwiceKeepTheirPlace) {
  Add("shop.Net", [](AttributeReader&, ModuleDefBuilder& self) {
    self.Attribute("width", 1);
    self.Attribute("depth", 2);
    self.Attribute("width", 3);
    self.Parameter("a", {1});
    self.Parameter("b", {1});
    self.Parameter("a", at::full({2}, 5));
  });
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, Make("shop.Net"));
  ASSERT_EQ(def->attributes.size(), 2);
  EXPECT_EQ(*def->attributes[0].value.int_value(), 3);
  ASSERT_EQ(def->parameters.size(), 2);
  EXPECT_EQ(def->parameters[0].value.numel(), 2);
}

TEST_F(ModuleDefBuilderTest, BufferIsPersistentUnlessSaidOtherwise) {
  Add("shop.Net", [](AttributeReader&, ModuleDefBuilder& self) {
    self.Buffer("kept", at::ones({1}));
    self.Buffer("left_out", at::ones({1}), ModuleDefBuilder::Persistence::kNotPersistent);
    self.Buffer("none", at::Tensor());
  });
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, Make("shop.Net"));
  EXPECT_EQ(def->buffers.size(), 3);
  EXPECT_THAT(def->non_persistent_buffers, ElementsAre("left_out"));
}

TEST_F(ModuleDefBuilderTest, BufferSetAgainHasItsLastPersistence) {
  Add("shop.Net", [](AttributeReader&, ModuleDefBuilder& self) {
    self.Buffer("mean", at::ones({1}), ModuleDefBuilder::Persistence::kNotPersistent);
    self.Buffer("mean", at::ones({1}), ModuleDefBuilder::Persistence::kNotPersistent);
    self.Buffer("mean", at::ones({1}));
  });
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, Make("shop.Net"));
  EXPECT_THAT(def->non_persistent_buffers, IsEmpty());
}

TEST_F(ModuleDefBuilderTest, ChildIsConstructedOrGivenOrNone) {
  Add("shop.Net", [](AttributeReader&, ModuleDefBuilder& self) {
    const std::shared_ptr<ModuleDef> shared = self.New("tiny.Linear", {1, 1});
    self.Child("head", "tiny.Linear", {2, 3}, {{"bias", false}});
    self.Child("first", shared);
    self.Child("second", shared);
    self.Child("none", std::shared_ptr<ModuleDef>());
  });
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, Make("shop.Net"));
  ASSERT_EQ(def->children.size(), 4);
  EXPECT_EQ(def->children[0].value->class_name, "tiny.Linear");
  EXPECT_EQ(def->children[1].value, def->children[2].value);
  EXPECT_EQ(def->children[3].value, nullptr);
}

TEST_F(ModuleDefBuilderTest, SuperLaysOutOnTheSameObject) {
  Add("shop.Wide", [](AttributeReader& arguments, ModuleDefBuilder& self) {
    self.Super("tiny.Linear", {arguments.Int("width"), 2});
    self.Attribute("wide", true);
  }, "width");
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, Make("shop.Wide", {7}));
  EXPECT_EQ(def->class_name, "shop.Wide");
  EXPECT_THAT(FindNamed(def->parameters, "weight")->sizes().vec(), ElementsAre(2, 7));
  EXPECT_NE(FindNamed(def->attributes, "wide"), nullptr);
}

TEST_F(ModuleDefBuilderTest, UnknownClassIsFailedPreconditionAndSaysWhere) {
  Add("shop.Net", [](AttributeReader&, ModuleDefBuilder& self) { self.Child("head", "tiny.Liner", {1, 2}); });
  EXPECT_THAT(Make("shop.Net"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("in shop.Net"), HasSubstr("'tiny.Liner' is not registered; did you mean tiny.Linear?"))));
}

TEST_F(ModuleDefBuilderTest, UnknownSuperIsFailedPrecondition) {
  Add("shop.Net", [](AttributeReader&, ModuleDefBuilder& self) { self.Super("shop.Base"); });
  EXPECT_THAT(Make("shop.Net"), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("shop.Base")));
}

TEST_F(ModuleDefBuilderTest, ClassWithoutConstructIsUnimplemented) {
  Add("shop.Net", nullptr);
  EXPECT_THAT(Make("shop.Net"), StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("constructor arguments")));
}

TEST_F(ModuleDefBuilderTest, WrongArgumentsAreInvalid) {
  EXPECT_THAT(Make("tiny.Linear", {1}), StatusIs(kInvalid, HasSubstr("missing 1 required argument: 'out_features'")));
  EXPECT_THAT(Make("tiny.Linear", {1, "two"}), StatusIs(kInvalid, HasSubstr("'out_features' is 'two' (str)")));
}

TEST_F(ModuleDefBuilderTest, NegativeSizeIsInvalid) {
  EXPECT_THAT(Make("tiny.Linear", {1, -2}), StatusIs(kInvalid, HasSubstr("parameter weight")));
}

TEST_F(ModuleDefBuilderTest, FunctionReturnsWhatItMade) {
  Add("shop.make_linear", [](AttributeReader&, ModuleDefBuilder& self) { self.Return(self.New("tiny.Linear", {2, 3})); });
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def, Make("shop.make_linear"));
  EXPECT_EQ(def->class_name, "tiny.Linear");
}

TEST_F(ModuleDefBuilderTest, FunctionThatCouldNotMakeItFails) {
  Add("shop.make_linear", [](AttributeReader&, ModuleDefBuilder& self) { self.Return(self.New("tiny.Linear", {2})); });
  EXPECT_THAT(Make("shop.make_linear"), StatusIs(kInvalid, HasSubstr("in shop.make_linear: ")));
}

TEST_F(ModuleDefBuilderTest, OverflowingSizeIsInvalid) {
  const int64_t huge = int64_t{1} << 40;
  EXPECT_THAT(Make("tiny.Linear", {huge, huge}), StatusIs(kInvalid, HasSubstr("parameter weight")));
}

TEST_F(ModuleDefBuilderTest, ExceptionOfAConstructorIsInvalid) {
  Add("shop.Net", [](AttributeReader&, ModuleDefBuilder& self) { self.Buffer("mean", at::zeros({-1})); });
  EXPECT_THAT(Make("shop.Net"), StatusIs(kInvalid, HasSubstr("shop.Net()")));
}

TEST_F(ModuleDefBuilderTest, FirstMistakeIsKept) {
  Add("shop.Net", [](AttributeReader&, ModuleDefBuilder& self) {
    self.Fail("first");
    self.Fail("second");
    self.Child("head", "shop.Nothing");
  });
  EXPECT_THAT(Make("shop.Net"), StatusIs(kInvalid, "shop.Net(): first"));
}

TEST_F(ModuleDefBuilderTest, NothingIsMadeAfterAMistake) {
  int made = 0;
  Add("shop.Counted", [&made](AttributeReader&, ModuleDefBuilder&) { ++made; });
  Add("shop.Net", [](AttributeReader&, ModuleDefBuilder& self) {
    self.Fail("first");
    EXPECT_EQ(self.New("shop.Counted"), nullptr);
    self.Super("shop.Counted");
  });
  EXPECT_THAT(Make("shop.Net"), StatusIs(kInvalid, HasSubstr("first")));
  EXPECT_EQ(made, 0);
}

TEST_F(ModuleDefBuilderTest, FailedModuleAsAnArgumentIsAnError) {
  Add("shop.Net", [](AttributeReader&, ModuleDefBuilder& self) {
    self.Child("head", "tiny.Linear", {Attribute(self.New("tiny.Linear", {1})), 2});
  });
  EXPECT_THAT(Make("shop.Net"), StatusIs(kInvalid, HasSubstr("'out_features'")));
}

TEST_F(ModuleDefBuilderTest, ClassThatConstructsItselfStops) {
  Add("shop.Net", [](AttributeReader&, ModuleDefBuilder& self) { self.Child("inner", "shop.Net"); });
  EXPECT_THAT(Make("shop.Net"), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("deeper than 200")));
}

TEST_F(ModuleDefBuilderTest, ClassThatConstructsItselfTwiceStopsSoon) {
  Add("shop.Net", [](AttributeReader&, ModuleDefBuilder& self) {
    self.Child("left", "shop.Net");
    self.Child("right", "shop.Net");
  });
  EXPECT_THAT(Make("shop.Net"), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("deeper than 200")));
}

TEST_F(ModuleDefBuilderTest, ClassThatIsItsOwnSuperStops) {
  Add("shop.Net", [](AttributeReader&, ModuleDefBuilder& self) { self.Super("shop.Net"); });
  EXPECT_THAT(Make("shop.Net"), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("deeper than 200")));
}

}  // namespace
}  // namespace loadstone
