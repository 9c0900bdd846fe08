// A small BERT as transformers and sentence-transformers save it: see make_bert.py.
#include <ATen/core/Dict.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "engine/base/status_matchers.h"
#include "engine/engine.h"
#include "engine/testing/temp_folder.h"
#include "tests/families/expected.h"
#include "tests/integration/test_models.h"

namespace loadstone {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using testing::Difference;
using testing::FamilyPath;
using testing::Floats;
using ::testing::HasSubstr;
using testing::Ints;
using testing::ReadFamilyJson;
using testing::ReadText;
using testing::StatusIs;
using testing::TempFolder;

constexpr double kTolerance = 1e-5;
constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

class BertTest : public ::testing::Test {
 protected:
  absl::StatusOr<ServableHandle> Load(std::string path, std::optional<Architecture> architecture = std::nullopt) {
    ModelSpec spec;
    spec.name = "bert";
    spec.path = std::move(path);
    spec.architecture = std::move(architecture);
    const std::unique_ptr<Engine> engine = testing::EngineWithBuiltins();
    const absl::Status added = engine->AddModel(std::move(spec));
    if (!added.ok()) return added;
    return engine->Acquire("bert");
  }
  at::Tensor Input(const char* name) const { return Ints(expected_[name]); }
  Inputs MaskedInputs() const { return {Input("input_ids"), Input("attention_mask"), Input("token_type_ids")}; }
  void ExpectOutput(const ServableHandle& model, const Inputs& inputs, const char* name) {
    ASSERT_OK_AND_ASSIGN(const c10::IValue output, model->Run(inputs));
    const c10::impl::GenericDict dict = output.toGenericDict();
    ASSERT_EQ(dict.size(), 2);
    for (const char* part : {"last_hidden_state", "pooler_output"}) {
      EXPECT_LE(Difference(dict.at(part).toTensor(), Floats(expected_[name][part])), kTolerance) << part;
    }
  }
  // The folder of the sentence-transformers model, with `pooling` as its 1_Pooling/config.json unless that is "".
  static void FillSentenceFolder(const TempFolder& folder, const std::string& pooling = "") {
    fs::copy(FamilyPath("bert/sentence"), folder.path(), fs::copy_options::recursive);
    fs::copy(FamilyPath("bert/folder/model.safetensors"), folder.Path("model.safetensors"));
    if (pooling.empty()) return;
    fs::remove(folder.Path("1_Pooling/config.json"));
    folder.Write("1_Pooling/config.json", pooling);
  }

  const nlohmann::json expected_ = ReadFamilyJson("bert/expected.json");
};

TEST_F(BertTest, WholeModulePrintsAndComputesAsPython) {
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, Load(FamilyPath("bert/full_module.pth")));
  EXPECT_EQ(model->module().class_name(), "transformers.models.bert.modeling_bert.BertModel");
  EXPECT_EQ(model->module().ToString() + "\n", ReadText(FamilyPath("bert/print.txt")));
  ExpectOutput(model, {Input("input_ids")}, "plain");
  ExpectOutput(model, MaskedInputs(), "masked");
}

TEST_F(BertTest, FolderPrintsAndComputesAsPython) {
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, Load(FamilyPath("bert/folder")));
  EXPECT_EQ(model->module().ToString() + "\n", ReadText(FamilyPath("bert/print.txt")));
  ExpectOutput(model, {Input("input_ids")}, "plain");
  ExpectOutput(model, MaskedInputs(), "masked");
}

TEST_F(BertTest, InputsAreTakenByName) {
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, Load(FamilyPath("bert/folder")));
  Inputs inputs;
  for (const char* name : {"token_type_ids", "attention_mask", "input_ids"}) {
    inputs.kwargs.push_back({name, Input(name)});
  }
  ExpectOutput(model, inputs, "masked");
}

TEST_F(BertTest, StateDictOfAWidthWithoutPublishedHeadsAsksForThem) {
  EXPECT_THAT(
      Load(FamilyPath("bert/folder/model.safetensors")),
      StatusIs(kInvalid, AllOf(HasSubstr("transformers.bert: the weights are a BertModel's with hidden_size 32"),
                               HasSubstr("no shape tells its number of attention heads"))));
}

TEST_F(BertTest, StateDictWithNamedArchitectureComputesAsPython) {
  const Attribute config = Attribute::Dict{{{"vocab_size", 48},
                                            {"hidden_size", 32},
                                            {"num_hidden_layers", 2},
                                            {"num_attention_heads", 4},
                                            {"intermediate_size", 40},
                                            {"max_position_embeddings", 16}}};
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, Load(FamilyPath("bert/folder/model.safetensors"),
                                                        Architecture{"transformers.BertModel", {{config}, {}}}));
  ExpectOutput(model, MaskedInputs(), "masked");
}

TEST_F(BertTest, DecoderIsRefused) {
  const Attribute config = Attribute::Dict{{{"is_decoder", true}}};
  EXPECT_THAT(Load(FamilyPath("bert/folder/model.safetensors"), Architecture{"transformers.BertModel", {{config}, {}}}),
              StatusIs(kInvalid, HasSubstr("encoders only")));
}

TEST_F(BertTest, HeadsThatDoNotDivideTheWidthAreRefused) {
  const Attribute config = Attribute::Dict{{{"hidden_size", 32}, {"num_attention_heads", 5}}};
  EXPECT_THAT(Load(FamilyPath("bert/folder/model.safetensors"), Architecture{"transformers.BertModel", {{config}, {}}}),
              StatusIs(kInvalid, HasSubstr("(32) is not a multiple of the number of attention heads (5)")));
}

TEST_F(BertTest, TooLongTextIsInvalid) {
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, Load(FamilyPath("bert/folder")));
  EXPECT_THAT(model->Run({Input("input_ids").repeat({1, 3})}),
              StatusIs(kInvalid, HasSubstr("a text has 24 tokens, the model has positions for 16")));
}

TEST_F(BertTest, FolderOfAnUnregisteredClassNamesIt) {
  const TempFolder folder;
  folder.Write("config.json", R"({"architectures": ["RobertaModel"]})");
  fs::copy(FamilyPath("bert/folder/model.safetensors"), folder.Path("model.safetensors"));
  EXPECT_THAT(Load(folder.path()), StatusIs(absl::StatusCode::kFailedPrecondition,
                                            HasSubstr("class 'transformers.RobertaModel' is not registered")));
}

TEST_F(BertTest, SentenceFolderGivesPythonsEmbeddings) {
  const TempFolder folder;
  FillSentenceFolder(folder);
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, Load(folder.path()));
  ASSERT_OK_AND_ASSIGN(const c10::IValue output, model->Run(MaskedInputs()));
  EXPECT_LE(Difference(output.toTensor(), Floats(expected_["embeddings"])), kTolerance);
}

TEST_F(BertTest, SentenceFolderTakesADictAsPythonDoes) {
  const TempFolder folder;
  FillSentenceFolder(folder);
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, Load(folder.path()));
  c10::impl::GenericDict features(c10::StringType::get(), c10::AnyType::get());
  for (const char* name : {"input_ids", "attention_mask", "token_type_ids"}) features.insert(name, Input(name));
  ASSERT_OK_AND_ASSIGN(const c10::IValue output, model->Run({c10::IValue(features)}));
  EXPECT_LE(Difference(output.toGenericDict().at("sentence_embedding").toTensor(), Floats(expected_["embeddings"])),
            kTolerance);
  EXPECT_EQ(features.size(), 3);  // the caller's own is left alone
}

class PoolingTest : public BertTest, public ::testing::WithParamInterface<std::string> {};

TEST_P(PoolingTest, GivesWhatPythonDoes) {
  const TempFolder folder;
  FillSentenceFolder(folder, R"({"embedding_dimension": 32, "pooling_mode": ")" + GetParam() + R"("})");
  fs::remove(folder.Path("modules.json"));
  folder.Write("modules.json", R"([{"path": "", "type": "sentence_transformers.base.modules.transformer.Transformer"},
      {"path": "1_Pooling", "type": "sentence_transformers.sentence_transformer.modules.pooling.Pooling"}])");
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, Load(folder.path()));
  ASSERT_OK_AND_ASSIGN(const c10::IValue output, model->Run(MaskedInputs()));
  EXPECT_LE(Difference(output.toTensor(), Floats(expected_["pooled"][GetParam()])), kTolerance);
}

INSTANTIATE_TEST_SUITE_P(Modes, PoolingTest,
                         ::testing::Values("cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"));

TEST_F(BertTest, UnknownPoolingModeIsInvalid) {
  const TempFolder folder;
  FillSentenceFolder(folder, R"({"embedding_dimension": 32, "pooling_mode": "median"})");
  EXPECT_THAT(Load(folder.path()), StatusIs(kInvalid, AllOf(HasSubstr("median"), HasSubstr("needs one of cls, max"))));
}

}  // namespace
}  // namespace loadstone
