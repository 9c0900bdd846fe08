// The heads of BERT: what make_bert_heads.py saw them print and give, from weights by one formula.
#include <ATen/core/Dict.h>

#include <memory>
#include <string>
#include <utility>

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
using testing::Ints;
using testing::ReadText;

class BertHeadsTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    for (const nlohmann::json& described : expected_["cases"]) {
      if (described["name"] == GetParam()) case_ = described;
    }
    ASSERT_FALSE(case_.is_null());
    ASSERT_OK(RegisterBuiltinPlugins(*registry_));
    architecture_.class_name = absl::StrCat("transformers.", GetParam());
    ASSERT_OK_AND_ASSIGN(architecture_.arguments,
                         ArgumentsFromJsonText(nlohmann::json{{"config", case_["config"]}}.dump()));
    ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> def,
                         Construct(architecture_.class_name, architecture_.arguments, *registry_));
    shapes_ = testing::StateDictShapes(*def);
  }

  const nlohmann::json expected_ = testing::ReadFamilyJson("bert_heads/expected.json");
  nlohmann::json case_;
  Architecture architecture_;
  FormulaLoader::Shapes shapes_;
  const std::shared_ptr<PluginRegistry> registry_ = std::make_shared<PluginRegistry>();
};

TEST_P(BertHeadsTest, StateDictHasPythonsKeysAndShapesInPythonsOrder) {
  std::string listing;
  for (const auto& [key, shape] : shapes_) {
    // Which the state dicts of some releases have, and are loaded with or without.
    if (key == "bert.embeddings.position_ids") continue;
    absl::StrAppend(&listing, key, " [", absl::StrJoin(shape, ", "), "]\n");
  }
  EXPECT_EQ(listing, case_["state_dict"].get<std::string>());
}

TEST_P(BertHeadsTest, PrintsAndComputesAsPython) {
  std::erase_if(shapes_, [](const auto& entry) { return entry.first == "bert.embeddings.position_ids"; });
  ASSERT_OK(registry_->AddLoader(std::make_unique<FormulaLoader>(shapes_)));
  ModelSpec spec;
  spec.name = "bert";
  spec.path = FamilyPath("bert_heads/expected.json");  // any file
  spec.loader = "formula";
  spec.architecture = architecture_;
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Engine> engine, Engine::Create({.registry = registry_}));
  ASSERT_OK(engine->AddModel(spec));
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine->Acquire("bert"));
  EXPECT_EQ(model->module().ToString() + "\n", ReadText(FamilyPath(absl::StrCat("bert_heads/", GetParam(), ".txt"))));
  ASSERT_OK_AND_ASSIGN(const c10::IValue output,
                       model->Run({Ints(expected_["input_ids"]), Ints(expected_["attention_mask"])}));
  const c10::impl::GenericDict dict = output.toGenericDict();
  ASSERT_EQ(dict.size(), case_["outputs"].size());
  for (const auto& [name, numbers] : case_["outputs"].items()) {
    EXPECT_LE(Difference(dict.at(name).toTensor(), Floats(numbers)), 1e-5) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Heads, BertHeadsTest,
                         ::testing::Values("BertForSequenceClassification", "BertForTokenClassification",
                                           "BertForQuestionAnswering", "BertForMaskedLM"),
                         [](const ::testing::TestParamInfo<std::string>& info) { return info.param; });

}  // namespace
}  // namespace loadstone
