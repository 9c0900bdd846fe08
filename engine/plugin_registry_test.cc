#include "engine/plugin_registry.h"

#include <memory>
#include <utility>

#include "engine/base/status_matchers.h"
#include "engine/class_provider.h"
#include "engine/testing/fakes.h"

namespace loadstone {
namespace {

using testing::FakeDevice;
using testing::FakeLoader;
using testing::IsOk;
using testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

absl::Status AddLoaderOf(PluginRegistry& registry, absl::string_view origin, const char* name) {
  return registry.Install(origin, [name](PluginRegistry& r) {
    return r.AddLoader(std::make_unique<FakeLoader>(name, absl::OkStatus()));
  });
}

absl::Status AddDeviceOf(PluginRegistry& registry, absl::string_view origin, const char* name) {
  return registry.Install(origin, [name](PluginRegistry& r) { return r.AddDevice(std::make_unique<FakeDevice>(name)); });
}

absl::Status AddClassOf(PluginRegistry& registry, absl::string_view origin) {
  return registry.Install(origin, [](PluginRegistry& r) { return r.AddModuleClass(testing::LinearClass()); });
}

TEST(PluginRegistryTest, WhatIsAddedIsFoundWithItsOrigin) {
  PluginRegistry registry;
  ASSERT_OK(AddLoaderOf(registry, "loaders/fake", "fake"));
  ASSERT_OK(AddDeviceOf(registry, "plugins/fake", "fake:0"));
  ASSERT_OK(AddClassOf(registry, "custom_ops/tiny"));
  ASSERT_OK_AND_ASSIGN(const Loader* loader, registry.FindLoader("fake"));
  EXPECT_EQ(loader, registry.loaders().front().value.get());
  EXPECT_EQ(registry.loaders().front().origin, "loaders/fake");
  ASSERT_OK_AND_ASSIGN(const Device* device, registry.FindDevice("fake:0"));
  EXPECT_EQ(device->name(), "fake:0");
  EXPECT_EQ(registry.devices().front().origin, "plugins/fake");
  ASSERT_OK_AND_ASSIGN(const ModuleClass* module_class, registry.FindModuleClass("tiny.Linear"));
  EXPECT_EQ(module_class, registry.module_classes().front().value.get());
  EXPECT_EQ(registry.module_classes().front().origin, "custom_ops/tiny");
}

TEST(PluginRegistryTest, LoaderTwiceNamesBothOrigins) {
  PluginRegistry registry;
  ASSERT_OK(AddLoaderOf(registry, "loaders/one", "fake"));
  EXPECT_THAT(AddLoaderOf(registry, "loaders/two", "fake"),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("by loaders/one and by loaders/two")));
}

TEST(PluginRegistryTest, DeviceTwiceNamesBothOrigins) {
  PluginRegistry registry;
  ASSERT_OK(AddDeviceOf(registry, "plugins/one", "fake"));
  EXPECT_THAT(AddDeviceOf(registry, "plugins/two", "fake"),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("by plugins/one and by plugins/two")));
}

TEST(PluginRegistryTest, ClassTwiceNamesBothOrigins) {
  PluginRegistry registry;
  ASSERT_OK(AddClassOf(registry, "custom_ops/one"));
  EXPECT_THAT(AddClassOf(registry, "custom_ops/two"),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       AllOf(HasSubstr("'tiny.Linear'"), HasSubstr("by custom_ops/one and by custom_ops/two"))));
}

TEST(PluginRegistryTest, DuplicateOutsideInstallSaysSo) {
  PluginRegistry registry;
  ASSERT_OK(registry.AddModuleClass(testing::LinearClass()));
  EXPECT_THAT(registry.AddModuleClass(testing::LinearClass()),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("code outside Install")));
}

TEST(PluginRegistryTest, FirstOfADuplicateStays) {
  PluginRegistry registry;
  ASSERT_OK(AddClassOf(registry, "custom_ops/one"));
  EXPECT_THAT(AddClassOf(registry, "custom_ops/two"), StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("twice")));
  EXPECT_EQ(registry.module_classes().size(), 1);
  EXPECT_THAT(registry.FindModuleClass("tiny.Linear"), IsOk());
}

TEST(PluginRegistryTest, RecognizerTwiceNamesBothOrigins) {
  const auto add = [](PluginRegistry& r) { return r.AddArchitectureRecognizer({.name = "tiny"}); };
  PluginRegistry registry;
  ASSERT_OK(registry.Install("custom_ops/one", add));
  EXPECT_THAT(registry.Install("custom_ops/two", add),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       HasSubstr("recognizer 'tiny' is registered twice, by custom_ops/one and by custom_ops/two")));
}

TEST(PluginRegistryTest, FolderFormatTwiceNamesBothOrigins) {
  const auto add = [](PluginRegistry& r) { return r.AddFolderFormat({.name = "hub"}); };
  PluginRegistry registry;
  ASSERT_OK(registry.Install("loaders/one", add));
  EXPECT_THAT(registry.Install("loaders/two", add),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       HasSubstr("folder format 'hub' is registered twice, by loaders/one and by loaders/two")));
}

TEST(PluginRegistryTest, AliasFindsTheSameClass) {
  PluginRegistry registry;
  ASSERT_OK(AddClassOf(registry, "custom_ops/tiny"));
  ASSERT_OK(registry.AddClassAlias("Linear", "tiny.Linear"));
  ASSERT_OK_AND_ASSIGN(const ModuleClass* module_class, registry.FindModuleClass("Linear"));
  EXPECT_EQ(module_class->name, "tiny.Linear");
  EXPECT_TRUE(registry.HasModuleClass("Linear"));
}

TEST(PluginRegistryTest, AliasOfAnUnknownClassIsNotFound) {
  PluginRegistry registry;
  EXPECT_THAT(registry.AddClassAlias("Linear", "tiny.Linear"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("tiny.Linear, which is not registered")));
}

TEST(PluginRegistryTest, AliasThatIsTakenNamesBothOrigins) {
  PluginRegistry registry;
  ASSERT_OK(AddClassOf(registry, "custom_ops/one"));
  EXPECT_THAT(registry.Install("custom_ops/two",
                               [](PluginRegistry& r) { return r.AddClassAlias("tiny.Linear", "tiny.Linear"); }),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("by custom_ops/one and by custom_ops/two")));
}

TEST(PluginRegistryTest, ForwardHookTwiceNamesBothOrigins) {
  const auto add = [](PluginRegistry& r) { return r.AddForwardHook({.name = "tiny.Hook"}); };
  PluginRegistry registry;
  ASSERT_OK(registry.Install("custom_ops/one", add));
  EXPECT_THAT(
      registry.Install("custom_ops/two", add),
      StatusIs(absl::StatusCode::kAlreadyExists,
               HasSubstr("forward hook 'tiny.Hook' is registered twice, by custom_ops/one and by custom_ops/two")));
}

TEST(PluginRegistryTest, ScopeHoldsWhatItBeganWith) {
  PluginRegistry registry;
  ASSERT_OK(AddLoaderOf(registry, "loaders/fake", "fake"));
  ASSERT_OK(AddClassOf(registry, "custom_ops/tiny"));
  ASSERT_OK(registry.AddClassAlias("Linear", "tiny.Linear"));
  const std::unique_ptr<PluginRegistry> scope = registry.NewScope();
  EXPECT_EQ(scope->FindLoader("fake").value(), registry.FindLoader("fake").value());
  EXPECT_EQ(scope->FindModuleClass("Linear").value(), registry.FindModuleClass("Linear").value());
  EXPECT_EQ(scope->module_classes().front().origin, "custom_ops/tiny");
}

TEST(PluginRegistryTest, WhatIsAddedToAScopeIsNotSeenOutside) {
  PluginRegistry registry;
  const std::unique_ptr<PluginRegistry> one = registry.NewScope();
  const std::unique_ptr<PluginRegistry> two = registry.NewScope();
  ASSERT_OK(AddClassOf(*one, "one.so"));
  ASSERT_OK(AddClassOf(*two, "two.so"));
  EXPECT_FALSE(registry.HasModuleClass("tiny.Linear"));
  EXPECT_NE(one->FindModuleClass("tiny.Linear").value(), two->FindModuleClass("tiny.Linear").value());
}

TEST(PluginRegistryTest, ScopeRefusesANameThatIsTakenOutside) {
  PluginRegistry registry;
  ASSERT_OK(AddClassOf(registry, "custom_ops/tiny"));
  EXPECT_THAT(AddClassOf(*registry.NewScope(), "one.so"),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("by custom_ops/tiny and by one.so")));
}

TEST(PluginRegistryTest, ScopeMayOutliveWhatItBeganWith) {
  auto registry = std::make_unique<PluginRegistry>();
  ASSERT_OK(AddLoaderOf(*registry, "loaders/fake", "fake"));
  const std::unique_ptr<PluginRegistry> scope = registry->NewScope();
  registry.reset();
  ASSERT_OK_AND_ASSIGN(const Loader* loader, scope->FindLoader("fake"));
  EXPECT_EQ(loader->name(), "fake");
}

// Has one class, "shop.Linear", and one that it cannot use, "shop.Broken".
class ShopProvider : public ClassProvider {
 public:
  absl::StatusOr<const ModuleClass*> Find(absl::string_view name) const override {
    if (name == "shop.Broken") return absl::UnimplementedError("shop.py:3: async");
    return name == "shop.Linear" ? &linear_ : nullptr;
  }
  absl::Status Seal() const override { return absl::OkStatus(); }

 private:
  const ModuleClass linear_ = testing::LinearClass();
};

TEST(PluginRegistryTest, ProviderIsAskedForClassesThatAreNotRegistered) {
  PluginRegistry registry;
  ASSERT_OK(AddClassOf(registry, "custom_ops/tiny"));
  const std::unique_ptr<PluginRegistry> scope = registry.NewScope();
  scope->SetClassProvider(std::make_shared<ShopProvider>());
  EXPECT_THAT(scope->FindModuleClass("shop.Linear"), IsOk());
  EXPECT_TRUE(scope->HasModuleClass("shop.Linear"));
  EXPECT_THAT(scope->FindModuleClass("shop.Broken"), StatusIs(absl::StatusCode::kUnimplemented, "shop.py:3: async"));
  EXPECT_TRUE(scope->HasModuleClass("shop.Broken"));
  EXPECT_THAT(scope->FindModuleClass("shop.Other"), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("not registered")));
  EXPECT_THAT(scope->FindModuleClass("tiny.Linear"), IsOk());
  EXPECT_FALSE(registry.HasModuleClass("shop.Linear"));
}

TEST(PluginRegistryTest, ClassSourceTwiceNamesBothOrigins) {
  PluginRegistry registry;
  const auto add = [](PluginRegistry& r) { return r.AddClassSource({.name = "python"}); };
  ASSERT_OK(registry.Install("one", add));
  EXPECT_EQ(registry.class_source()->name, "python");
  EXPECT_THAT(registry.Install("two", add),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("class source 'python' is registered twice, by one and by two")));
}

TEST(PluginRegistryTest, UnknownNamesAreNotFoundWithTheNearest) {
  PluginRegistry registry;
  ASSERT_OK(AddLoaderOf(registry, "loaders/fake", "state_dict"));
  ASSERT_OK(AddDeviceOf(registry, "plugins/fake", "cuda:0"));
  ASSERT_OK(AddClassOf(registry, "custom_ops/tiny"));
  EXPECT_THAT(registry.FindLoader("state_dcit"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no loader 'state_dcit'; did you mean state_dict?")));
  EXPECT_THAT(registry.FindDevice("cuda:1"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no device 'cuda:1'; did you mean cuda:0?")));
  EXPECT_THAT(registry.FindModuleClass("tiny.Liner"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("did you mean tiny.Linear?")));
  EXPECT_FALSE(registry.HasModuleClass("tiny.Liner"));
}

TEST(PluginRegistryTest, ErrorOfAPluginNamesIt) {
  PluginRegistry registry;
  EXPECT_THAT(registry.Install("plugins/bad", [](PluginRegistry&) { return absl::InternalError("no driver"); }),
              StatusIs(absl::StatusCode::kInternal, "plugin plugins/bad: no driver"));
}

TEST(PluginRegistryTest, InstallInsideInstallKeepsBothOrigins) {
  PluginRegistry registry;
  ASSERT_OK(registry.Install("outer", [](PluginRegistry& r) {
    const absl::Status inner = AddLoaderOf(r, "inner", "a");
    if (!inner.ok()) return inner;
    return r.AddLoader(std::make_unique<FakeLoader>("b", absl::OkStatus()));
  }));
  EXPECT_EQ(registry.loaders()[0].origin, "inner");
  EXPECT_EQ(registry.loaders()[1].origin, "outer");
}

}  // namespace
}  // namespace loadstone
