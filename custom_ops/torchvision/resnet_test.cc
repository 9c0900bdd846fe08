#include "custom_ops/torchvision/resnet.h"

#include <memory>
#include <optional>
#include <string>

#include "custom_ops/torch_nn/register.h"
#include "custom_ops/torchvision/register.h"
#include "custom_ops/torchvision/resnet_recognizer.h"
#include "engine/base/status_matchers.h"
#include "engine/module_def_builder.h"

namespace loadstone::torchvision {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

class ResNetConstructTest : public ::testing::Test {
 protected:
  ResNetConstructTest() {
    EXPECT_OK(RegisterTorchNn(registry_));
    EXPECT_OK(RegisterTorchvision(registry_));
  }
  absl::StatusOr<std::shared_ptr<ModuleDef>> Make(const char* name, NamedList<Attribute> keyword) {
    return Construct(name, {{}, std::move(keyword)}, registry_);
  }
  PluginRegistry registry_;
};

TEST_F(ResNetConstructTest, BothNamesOfABuilderMakeAResNet) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> shorter, Make("torchvision.models.resnet18", {}));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> longer, Make("torchvision.models.resnet.resnet18", {}));
  EXPECT_EQ(shorter->class_name, kResNet);
  EXPECT_EQ(longer->class_name, kResNet);
}

TEST_F(ResNetConstructTest, BuilderTakesKeywordsOnly) {
  EXPECT_THAT(Construct("torchvision.models.resnet18", {{10}, {}}, registry_),
              StatusIs(kInvalid, HasSubstr("positional")));
}

TEST_F(ResNetConstructTest, DownloadsAreRefused) {
  EXPECT_THAT(Make("torchvision.models.resnet18", {{"weights", "IMAGENET1K_V1"}}),
              StatusIs(kInvalid, HasSubstr("the weights come from the file")));
}

TEST_F(ResNetConstructTest, UnknownArgumentIsNamed) {
  EXPECT_THAT(Make("torchvision.models.resnet18", {{"num_class", 10}}), StatusIs(kInvalid, HasSubstr("num_class")));
}

TEST_F(ResNetConstructTest, BuildersOwnWidthCannotBeAnother) {
  EXPECT_THAT(Make("torchvision.models.resnext50_32x4d", {{"groups", 2}}),
              StatusIs(kInvalid, HasSubstr("The parameter 'groups' expected value 32 but got 2 instead")));
  EXPECT_OK(Make("torchvision.models.resnext50_32x4d", {{"groups", 32}}));
}

TEST_F(ResNetConstructTest, BasicBlockTakesNoGroups) {
  EXPECT_THAT(Make("torchvision.models.resnet18", {{"groups", 2}}),
              StatusIs(kInvalid, HasSubstr("BasicBlock only supports groups=1 and base_width=64")));
}

TEST_F(ResNetConstructTest, BasicBlockTakesNoDilation) {
  EXPECT_THAT(
      Make("torchvision.models.resnet18", {{"replace_stride_with_dilation", Attribute::List({false, false, true})}}),
      StatusIs(kInvalid, HasSubstr("Dilation > 1 not supported in BasicBlock")));
}

TEST_F(ResNetConstructTest, TwoDilationsAreTooFew) {
  EXPECT_THAT(Make("torchvision.models.resnet50", {{"replace_stride_with_dilation", Attribute::List({true, true})}}),
              StatusIs(kInvalid, HasSubstr("should be None or a 3-element tuple, got [True, True]")));
}

TEST_F(ResNetConstructTest, HugeWidthsAreInvalid) {
  EXPECT_THAT(Make("torchvision.models.resnet50", {{"groups", int64_t{1} << 40}}),
              StatusIs(kInvalid, HasSubstr("groups is 1099511627776")));
  EXPECT_THAT(Make("torchvision.models.resnet50", {{"groups", 1 << 15}, {"width_per_group", 1 << 10}}),
              StatusIs(kInvalid, HasSubstr("the block is 33554432 wide, at most 1048576")));
}

TEST_F(ResNetConstructTest, NormOfAnUnknownClassIsFailedPrecondition) {
  EXPECT_THAT(Make("torchvision.models.resnet18", {{"norm_layer", "shop.Norm"}}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("shop.Norm")));
}

TEST_F(ResNetConstructTest, NormThatIsNoClassIsInvalid) {
  EXPECT_THAT(Make("torchvision.models.resnet18", {{"norm_layer", 3}}),
              StatusIs(kInvalid, HasSubstr("'norm_layer' is int, needs a class or its qualified name")));
}

TEST_F(ResNetConstructTest, BlockOfAnotherKindIsInvalid) {
  EXPECT_THAT(
      Make("torchvision.models.resnet.ResNet", {{"block", "shop.Block"}, {"layers", Attribute::Ints({1, 1, 1, 1})}}),
      StatusIs(kInvalid, HasSubstr("'block' is shop.Block, needs torchvision.models.resnet.BasicBlock")));
}

TEST_F(ResNetConstructTest, BlockCountsOutOfRangeAreInvalid) {
  for (const Attribute& layers :
       {Attribute::Ints({1, 1, 1}), Attribute::Ints({1, 1, 0, 1}), Attribute::Ints({1, 1, 1, 100000})}) {
    EXPECT_THAT(Make("torchvision.models.resnet.ResNet", {{"block", std::string(kBottleneck)}, {"layers", layers}}),
                StatusIs(kInvalid, HasSubstr("needs 4 numbers from 1 to 1000")));
  }
}

// Of a resnet18 with 10 classes, as far as the recognizer looks.
TensorShapes ResNet18Shapes() {
  TensorShapes shapes = {{"conv1.weight", {64, 3, 7, 7}},
                         {"bn1.running_mean", {64}},
                         {"fc.weight", {10, 512}},
                         {"fc.bias", {10}},
                         {"layer1.0.conv2.weight", {64, 64, 3, 3}}};
  for (const char* layer : {"layer1.", "layer2.", "layer3.", "layer4."}) {
    for (const char* block : {"0", "1"}) shapes[std::string(layer) + block + ".conv1.weight"] = {64, 64, 3, 3};
  }
  return shapes;
}

std::string Recognized(const TensorShapes& shapes) {
  const absl::StatusOr<std::optional<Architecture>> answer = ResNetRecognizer().recognize(shapes);
  if (!answer.ok()) return answer.status().ToString();
  return answer->has_value() ? (*answer)->class_name : "nothing";
}

TEST(ResNetRecognizerTest, ResNet18IsRecognised) {
  EXPECT_EQ(Recognized(ResNet18Shapes()), "torchvision.models.resnet18");
}

TEST(ResNetRecognizerTest, WhatLacksAKeyOrHasAnotherShapeIsNot) {
  for (const char* key : {"conv1.weight", "bn1.running_mean", "fc.weight", "fc.bias", "layer1.0.conv1.weight",
                          "layer1.0.conv2.weight", "layer4.0.conv1.weight"}) {
    TensorShapes without = ResNet18Shapes();
    without.erase(key);
    EXPECT_EQ(Recognized(without), "nothing") << key;
  }
  for (const char* key : {"conv1.weight", "fc.weight", "layer1.0.conv1.weight", "layer1.0.conv2.weight"}) {
    TensorShapes other = ResNet18Shapes();
    other[key] = {};
    EXPECT_EQ(Recognized(other), "nothing") << key;
  }
}

TEST(ResNetRecognizerTest, BottleneckWithImpossibleGroupsIsNot) {
  TensorShapes shapes = ResNet18Shapes();
  shapes["fc.weight"] = {10, 2048};
  shapes["layer1.0.conv3.weight"] = {256, 64, 1, 1};
  shapes["layer1.0.conv2.weight"] = {64, 0, 3, 3};
  EXPECT_EQ(Recognized(shapes), "nothing");
  shapes["layer1.0.conv2.weight"] = {64, 48, 3, 3};
  EXPECT_EQ(Recognized(shapes), "nothing");
}

}  // namespace
}  // namespace loadstone::torchvision
