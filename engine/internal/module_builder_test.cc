#include "engine/internal/module_builder.h"

#include <memory>
#include <string>
#include <utility>

#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "engine/testing/fakes.h"

namespace loadstone {
namespace {

using testing::BlockDef;
using testing::LinearDef;
using testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Lt;
using ::testing::Not;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

std::shared_ptr<ModuleDef> Def(std::string class_name, NamedList<std::shared_ptr<ModuleDef>> children = {}) {
  std::shared_ptr<ModuleDef> def = BlockDef(std::move(children));
  def->class_name = std::move(class_name);
  return def;
}

// `levels` blocks, one inside the other, around `inner`.
std::shared_ptr<ModuleDef> Nested(int levels, std::shared_ptr<ModuleDef> inner) {
  for (int i = 0; i < levels; ++i) inner = BlockDef({{"b", std::move(inner)}});
  return inner;
}

class ModuleBuilderTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::shared_ptr<Module>> Build(const std::shared_ptr<ModuleDef>& def) {
    return BuildModules(*def, *registry_);
  }

  const std::unique_ptr<PluginRegistry> registry_ = testing::NewRegistry();
};

TEST_F(ModuleBuilderTest, TreeIsBuiltInOrder) {
  const std::shared_ptr<ModuleDef> def = BlockDef({{"first", LinearDef(2, 3)}, {"none", nullptr}, {"second", LinearDef(3, 1)}});
  def->attributes.push_back({"extra", "tiny"});
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> module, Build(def));
  EXPECT_EQ(module->ToString(),
            "Block(\n"
            "  tiny\n"
            "  (first): Linear(in_features=2, out_features=3)\n"
            "  (none): None\n"
            "  (second): Linear(in_features=3, out_features=1)\n"
            ")");
  EXPECT_EQ((*module)(at::ones({1, 2})).item<float>(), 10.0f);
}

TEST_F(ModuleBuilderTest, TensorsMoveWithoutACopy) {
  const std::shared_ptr<ModuleDef> def = LinearDef(2, 3);
  const void* data = def->parameters.front().value.const_data_ptr();
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> module, Build(def));
  EXPECT_EQ(module->FindParameter("weight")->const_data_ptr(), data);
}

TEST_F(ModuleBuilderTest, EveryMissingClassIsListedWithItsPaths) {
  const std::shared_ptr<ModuleDef> def =
      Def("shop.Net", {{"head", Def("shop.Head")}, {"body", BlockDef({{"0", Def("shop.Layer")}, {"1", Def("shop.Layer")}})}});
  EXPECT_THAT(Build(def),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("3 classes are not registered"), HasSubstr("shop.Net, used by the model itself"),
                             HasSubstr("shop.Head, used by head\n"), HasSubstr("shop.Layer, used by body.0, body.1\n"),
                             HasSubstr("PluginRegistry::AddModuleClass"))));
}

TEST_F(ModuleBuilderTest, OneMissingClassIsOneClass) {
  EXPECT_THAT(Build(BlockDef({{"head", Def("shop.Head")}})),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("1 class is not registered")));
}

TEST_F(ModuleBuilderTest, ManyUsesOfAMissingClassAreCounted) {
  NamedList<std::shared_ptr<ModuleDef>> children;
  for (int i = 0; i < 1000; ++i) children.push_back({absl::StrCat(i), Def("shop.Layer")});
  EXPECT_THAT(Build(BlockDef(std::move(children))),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("used by 0, 1, 2 and 997 more")));
}

TEST_F(ModuleBuilderTest, SharedDefIsBuiltOnce) {
  const std::shared_ptr<ModuleDef> shared = LinearDef(2, 2);
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> module,
                       Build(BlockDef({{"a", shared}, {"b", BlockDef({{"inner", shared}})}})));
  EXPECT_EQ(*module->Find("a"), *module->Find("b.inner"));
}

TEST_F(ModuleBuilderTest, ModulesSharedOnEveryLevelAreBuiltOnce) {
  std::shared_ptr<ModuleDef> def = LinearDef(1, 1);
  for (int i = 0; i < 60; ++i) def = BlockDef({{"a", def}, {"b", def}});
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> module, Build(def));
  EXPECT_EQ(module->named_modules().size(), 61);
}

TEST_F(ModuleBuilderTest, ModuleThatContainsItselfIsInvalid) {
  const std::shared_ptr<ModuleDef> child = BlockDef();
  const std::shared_ptr<ModuleDef> def = BlockDef({{"child", child}});
  child->children.push_back({"parent", def});
  EXPECT_THAT(Build(def), StatusIs(kInvalid, HasSubstr("child.parent is a module that contains itself")));
  child->children.clear();
}

TEST_F(ModuleBuilderTest, HooksOfUsersAreUnimplemented) {
  const std::shared_ptr<ModuleDef> linear = LinearDef(1, 1);
  linear->hooks.push_back({"_forward_hooks", Attribute::Symbol{"shop.scale_output"}});
  EXPECT_THAT(Build(BlockDef({{"head", linear}})),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("head (tiny.Linear) has _forward_hooks shop.scale_output")));
}

TEST_F(ModuleBuilderTest, ManyHooksAreCounted) {
  const std::shared_ptr<ModuleDef> linear = LinearDef(1, 1);
  for (int i = 0; i < 1000; ++i) linear->hooks.push_back({"_forward_hooks", Attribute::Symbol{"shop.scale"}});
  EXPECT_THAT(Build(linear), StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("and 980 more")));
}

TEST_F(ModuleBuilderTest, HooksCanBeIgnored) {
  const std::shared_ptr<ModuleDef> linear = LinearDef(1, 1);
  linear->hooks.push_back({"_forward_hooks", Attribute::Symbol{"shop.scale_output"}});
  EXPECT_THAT(BuildModules(*linear, *registry_, UnknownHooks::kIgnore), testing::IsOk());
}

TEST_F(ModuleBuilderTest, KnownHookIsAppliedOnce) {
  ASSERT_OK(registry_->AddForwardHook({.name = "torch.Double", .apply = [](const Attribute&, ModuleDef& def) {
    def.parameters.front().value = def.parameters.front().value.add(1);
    return absl::OkStatus();
  }}));
  const std::shared_ptr<ModuleDef> linear = LinearDef(1, 1);
  linear->hooks.push_back({"_forward_pre_hooks", Attribute(Attribute::Object{.class_name = "torch.Double"})});
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> module, Build(linear));
  EXPECT_EQ(module->FindParameter("weight")->item<float>(), 2.0f);
}

TEST_F(ModuleBuilderTest, MetaParameterIsInvalid) {
  const std::shared_ptr<ModuleDef> linear = LinearDef(1, 1);
  linear->parameters.front().value = at::empty({1, 1}, at::TensorOptions().device(at::kMeta));
  EXPECT_THAT(Build(BlockDef({{"head", linear}})), StatusIs(kInvalid, HasSubstr("head: weight has a shape but no data")));
}

TEST_F(ModuleBuilderTest, MetaBufferIsInvalid) {
  const std::shared_ptr<ModuleDef> def = BlockDef();
  def->buffers.push_back({"mean", at::empty({1}, at::TensorOptions().device(at::kMeta))});
  EXPECT_THAT(Build(def), StatusIs(kInvalid, HasSubstr("the model itself: mean has a shape but no data")));
}

TEST_F(ModuleBuilderTest, MetaTensorAttributeIsInvalid) {
  const std::shared_ptr<ModuleDef> def = BlockDef();
  def->attributes.push_back({"scale", at::empty({1}, at::TensorOptions().device(at::kMeta))});
  EXPECT_THAT(Build(def), StatusIs(kInvalid, HasSubstr("scale has a shape but no data")));
}

TEST_F(ModuleBuilderTest, FiveHundredLevelsAreBuiltAndMoreRefused) {
  EXPECT_THAT(Build(Nested(500, BlockDef())), testing::IsOk());
  EXPECT_THAT(Build(Nested(501, BlockDef())),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("deeper than 500")));
}

TEST_F(ModuleBuilderTest, SharedModulesDoNotHideTheDepth) {
  const std::shared_ptr<ModuleDef> low = Nested(300, BlockDef());
  EXPECT_THAT(Build(BlockDef({{"low", low}, {"high", Nested(300, low)}})),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("deeper than 500")));
}

TEST_F(ModuleBuilderTest, LongPathsAreRefused) {
  std::shared_ptr<ModuleDef> def = BlockDef();
  for (int i = 0; i < 50; ++i) def = BlockDef({{std::string(1000, 'a'), def}});
  const absl::StatusOr<std::shared_ptr<Module>> module = Build(def);
  EXPECT_THAT(module, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("longer than 4096 bytes")));
  EXPECT_THAT(module.status().message().size(), Lt(1000));
}

TEST_F(ModuleBuilderTest, SetStateIsAppliedBeforeTheClassIsBuilt) {
  ModuleClass old = testing::BlockClass();
  old.name = "shop.Old";
  old.set_state = [](ModuleDef& state) { state.attributes.push_back({"extra", "upgraded"}); };
  ASSERT_OK(registry_->AddModuleClass(std::move(old)));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<Module> module, Build(Def("shop.Old")));
  EXPECT_EQ(module->ToString(), "Old(upgraded)");
}

TEST_F(ModuleBuilderTest, MistakeOfAClassSaysWhere) {
  const std::shared_ptr<ModuleDef> linear = LinearDef(1, 1);
  linear->parameters.clear();
  EXPECT_THAT(Build(BlockDef({{"head", linear}})),
              StatusIs(kInvalid, HasSubstr("head: tiny.Linear: has no parameter 'weight'")));
}

TEST_F(ModuleBuilderTest, ExceptionOfAClassIsInvalid) {
  ModuleClass thrower = testing::BlockClass();
  thrower.name = "shop.Thrower";
  thrower.set_state = [](ModuleDef& state) { state.buffers.push_back({"mean", at::zeros({-1})}); };
  ASSERT_OK(registry_->AddModuleClass(std::move(thrower)));
  EXPECT_THAT(Build(BlockDef({{"head", Def("shop.Thrower")}})), StatusIs(kInvalid, HasSubstr("head: ")));
}

TEST_F(ModuleBuilderTest, ClassThatMakesNothingIsInternal) {
  ModuleClass nothing;
  nothing.name = "shop.Nothing";
  nothing.build = [](ModuleParts) -> absl::StatusOr<std::unique_ptr<Module>> { return nullptr; };
  ASSERT_OK(registry_->AddModuleClass(std::move(nothing)));
  EXPECT_THAT(Build(Def("shop.Nothing")), StatusIs(absl::StatusCode::kInternal, HasSubstr("shop.Nothing")));
}

TEST_F(ModuleBuilderTest, ClassWithoutBuildIsUnimplemented) {
  ModuleClass base;
  base.name = "shop.Base";
  ASSERT_OK(registry_->AddModuleClass(std::move(base)));
  EXPECT_THAT(Build(Def("shop.Base")), StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("without a build")));
}

}  // namespace
}  // namespace loadstone
