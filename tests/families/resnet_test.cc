// The ResNets of torchvision: what make_resnets.py saw them print and give, from weights by one formula.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_matchers.h"
#include "engine/engine.h"
#include "engine/json_attribute.h"
#include "engine/module_def_builder.h"
#include "plugins/builtin/builtin_plugins.h"
#include "tests/families/expected.h"
#include "tests/families/formula.h"
#include "tests/families/formula_loader.h"
#include "tests/integration/test_models.h"

namespace loadstone {
namespace {

using testing::Difference;
using testing::FamilyPath;
using testing::Floats;
using testing::FormulaLoader;
using testing::ReadFamilyJson;
using testing::ReadText;
using testing::StateDictShapes;
using testing::Uniform;

constexpr double kTolerance = 1e-4;

at::Tensor Images() { return Uniform("images", {2, 3, 64, 64}); }

class ResNetTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const nlohmann::json expected = ReadFamilyJson("resnet/expected.json");
    for (const nlohmann::json& described : expected["cases"]) {
      if (described["name"] == GetParam()) case_ = described;
    }
    ASSERT_FALSE(case_.is_null());
    architecture_.class_name = case_["class"];
    ASSERT_OK_AND_ASSIGN(architecture_.arguments, ArgumentsFromJsonText(case_["arguments"].dump()));
    ASSERT_OK(RegisterBuiltinPlugins(*registry_));
    ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def,
                         Construct(architecture_.class_name, architecture_.arguments, *registry_));
    shapes_ = StateDictShapes(*def);
  }

  enum class Named { kYes, kNo };
  absl::StatusOr<ServableHandle> Load(Named named) {
    const absl::Status added = registry_->AddLoader(std::make_unique<FormulaLoader>(shapes_));
    if (!added.ok()) return added;
    ModelSpec spec;
    spec.name = GetParam();
    spec.path = FamilyPath("resnet/expected.json");  // any file
    spec.loader = "formula";
    if (named == Named::kYes) spec.architecture = architecture_;
    absl::StatusOr<std::unique_ptr<Engine>> engine = Engine::Create({.registry = registry_});
    if (!engine.ok()) return engine.status();
    const absl::Status model_added = (*engine)->AddModel(spec);
    if (!model_added.ok()) return model_added;
    return (*engine)->Acquire(spec.name);
  }

  void ExpectPythonsLogits(const ServableHandle& model) {
    ASSERT_OK_AND_ASSIGN(const c10::IValue output, model->Run({Images()}));
    const at::Tensor expected = Floats(case_["logits"]);
    const double difference = Difference(output.toTensor().slice(1, 0, expected.numel() / 2), expected);
    EXPECT_LE(difference, kTolerance);
    RecordProperty("difference", absl::StrCat(difference));
  }

  nlohmann::json case_;
  Architecture architecture_;
  FormulaLoader::Shapes shapes_;
  const std::shared_ptr<PluginRegistry> registry_ = std::make_shared<PluginRegistry>();
};

TEST_P(ResNetTest, StateDictHasPythonsKeysAndShapesInPythonsOrder) {
  std::string listing;
  for (const auto& [key, shape] : shapes_) absl::StrAppend(&listing, key, " [", absl::StrJoin(shape, ", "), "]\n");
  EXPECT_EQ(shapes_.size(), case_["keys"].get<size_t>());
  EXPECT_EQ(absl::StrCat(testing::Fnv1a64(listing)), case_["state_dict_fnv1a_64"].get<std::string>());
}

TEST_P(ResNetTest, NamedArchitecturePrintsAndComputesAsPython) {
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, Load(Named::kYes));
  EXPECT_EQ(model->module().ToString() + "\n", ReadText(FamilyPath(absl::StrCat("resnet/", GetParam(), ".txt"))));
  ExpectPythonsLogits(model);
}

INSTANTIATE_TEST_SUITE_P(Builders, ResNetTest,
                         ::testing::Values("resnet18", "resnet34", "resnet50", "resnet101", "resnet152",
                                           "resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d", "wide_resnet50_2",
                                           "wide_resnet101_2"));
INSTANTIATE_TEST_SUITE_P(Arguments, ResNetTest,
                         ::testing::Values("resnet18_10_classes", "resnet50_dilated", "resnet26_grouped",
                                           "resnet10_zero_init", "resnet18_instance_norm"));

class ResNetRecognitionTest : public ResNetTest {};

TEST_P(ResNetRecognitionTest, AnonymousWeightsAreRecognisedAndComputeAsPython) {
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, Load(Named::kNo));
  EXPECT_EQ(model->report().recognized, absl::StrCat("torchvision.models.", GetParam(), "(), by torchvision.resnet"));
  ExpectPythonsLogits(model);
}

INSTANTIATE_TEST_SUITE_P(Builders, ResNetRecognitionTest,
                         ::testing::Values("resnet18", "resnet34", "resnet50", "resnet101", "resnet152",
                                           "resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d", "wide_resnet50_2",
                                           "wide_resnet101_2"));

class OtherResNetRecognitionTest : public ResNetTest {};

TEST_P(OtherResNetRecognitionTest, ArgumentsAreRecognisedToo) {
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, Load(Named::kNo));
  EXPECT_EQ(model->report().recognized,
            GetParam() == "resnet18_10_classes"
                ? "torchvision.models.resnet18(num_classes=10), by torchvision.resnet"
                : "torchvision.models.resnet.ResNet(block='torchvision.models.resnet.Bottleneck', layers=[2, 2, 2, 2], "
                  "num_classes=10, groups=2, width_per_group=48), by torchvision.resnet");
  ExpectPythonsLogits(model);
}

INSTANTIATE_TEST_SUITE_P(Arguments, OtherResNetRecognitionTest,
                         ::testing::Values("resnet18_10_classes", "resnet26_grouped"));

// Files as torch.save wrote them, in which every tensor is one number spread over the shape.
class ResNetFileTest : public ::testing::Test {
 protected:
  absl::StatusOr<ServableHandle> Load(const char* file) {
    ModelSpec spec;
    spec.name = "resnet18";
    spec.path = FamilyPath(file);
    const std::unique_ptr<Engine> engine = testing::EngineWithBuiltins();
    const absl::Status added = engine->AddModel(spec);
    if (!added.ok()) return added;
    return engine->Acquire("resnet18");
  }
  void ExpectPythons(const ServableHandle& model) {
    EXPECT_EQ(model->module().ToString() + "\n", ReadText(FamilyPath("resnet/resnet18_10_classes.txt")));
    ASSERT_OK_AND_ASSIGN(const c10::IValue output, model->Run({Images()}));
    const nlohmann::json expected = ReadFamilyJson("resnet/files.json");
    EXPECT_LE(Difference(output.toTensor(), Floats(expected["logits"])), kTolerance);
  }
};

TEST_F(ResNetFileTest, WholeModulePrintsAndComputesAsPython) {
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, Load("resnet/full_module.pth"));
  EXPECT_EQ(model->module().class_name(), "torchvision.models.resnet.ResNet");
  ExpectPythons(model);
}

TEST_F(ResNetFileTest, StateDictIsRecognisedPrintsAndComputesAsPython) {
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, Load("resnet/state_dict.pth"));
  EXPECT_EQ(model->report().recognized, "torchvision.models.resnet18(num_classes=10), by torchvision.resnet");
  ExpectPythons(model);
}

}  // namespace
}  // namespace loadstone
