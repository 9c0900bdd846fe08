#include "loaders/hugging_face/hugging_face_folder.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "engine/folder_format.h"
#include "engine/python_format.h"
#include "engine/testing/temp_folder.h"

namespace loadstone {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using testing::StatusIs;

constexpr absl::StatusCode kDataLoss = absl::StatusCode::kDataLoss;
constexpr absl::StatusCode kUnimplemented = absl::StatusCode::kUnimplemented;
constexpr char kConfig[] = R"({"architectures": ["BertModel"], "hidden_size": 32})";
constexpr char kTransformer[] =
    R"({"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"})";

class HuggingFaceFolderTest : public ::testing::Test {
 protected:
  HuggingFaceFolderTest() { EXPECT_OK(RegisterHuggingFaceFolder(registry_)); }
  absl::StatusOr<std::optional<ModelSpec>> Open() {
    ModelSpec spec;
    spec.path = folder_.path();
    return registry_.folder_formats().front().value->open(spec);
  }
  // modules.json of a Transformer and `others`.
  void WriteModules(const std::string& others) {
    folder_.Write("modules.json", absl::StrCat("[", kTransformer, others, "]"));
  }
  const testing::TempFolder folder_;
  PluginRegistry registry_;
};

TEST_F(HuggingFaceFolderTest, FolderWithoutConfigIsAnothers) {
  folder_.Write("model.safetensors", "");
  ASSERT_OK_AND_ASSIGN(const std::optional<ModelSpec> spec, Open());
  EXPECT_FALSE(spec.has_value());
}

TEST_F(HuggingFaceFolderTest, ConfigNamesClassAndArguments) {
  folder_.Write("config.json", kConfig);
  const std::string weights = folder_.Write("model.safetensors", "");
  folder_.Write("pytorch_model.bin", "");
  ASSERT_OK_AND_ASSIGN(const std::optional<ModelSpec> spec, Open());
  ASSERT_TRUE(spec.has_value());
  EXPECT_EQ(spec->path, weights);
  EXPECT_EQ(spec->architecture->class_name, "transformers.BertModel");
  ASSERT_EQ(spec->architecture->arguments.keyword.size(), 1);
  EXPECT_EQ(PythonRepr(spec->architecture->arguments.keyword[0].value),
            "{'architectures': ['BertModel'], 'hidden_size': 32}");
}

TEST_F(HuggingFaceFolderTest, ShardedAndPickledWeightsAreFound) {
  folder_.Write("config.json", kConfig);
  const std::string pickled = folder_.Write("pytorch_model.bin", "");
  ASSERT_OK_AND_ASSIGN(const std::optional<ModelSpec> bin, Open());
  EXPECT_EQ(bin->path, pickled);
  const std::string sharded = folder_.Write("model.safetensors.index.json", "");
  ASSERT_OK_AND_ASSIGN(const std::optional<ModelSpec> index, Open());
  EXPECT_EQ(index->path, sharded);
}

TEST_F(HuggingFaceFolderTest, NoWeightsIsNotFound) {
  folder_.Write("config.json", kConfig);
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("there is no model.safetensors")));
}

TEST_F(HuggingFaceFolderTest, PickledPartsAreUnimplemented) {
  folder_.Write("config.json", kConfig);
  folder_.Write("pytorch_model.bin.index.json", "{}");
  EXPECT_THAT(Open(), StatusIs(kUnimplemented, HasSubstr("several parts")));
}

TEST_F(HuggingFaceFolderTest, ConfigThatIsNoJsonIsDataLoss) {
  folder_.Write("config.json", "{\"architectures\": [");
  EXPECT_THAT(Open(), StatusIs(kDataLoss, HasSubstr("config.json is not JSON")));
}

TEST_F(HuggingFaceFolderTest, ConfigThatIsNoObjectIsDataLoss) {
  folder_.Write("config.json", "[]");
  EXPECT_THAT(Open(), StatusIs(kDataLoss, HasSubstr("holds no JSON object")));
}

TEST_F(HuggingFaceFolderTest, ConfigWithoutArchitecturesIsDataLoss) {
  for (const char* config :
       {"{}", R"({"architectures": null})", R"({"architectures": []})", R"({"architectures": [1]})"}) {
    folder_.Write("config.json", config);
    EXPECT_THAT(Open(), StatusIs(kDataLoss, HasSubstr("no \"architectures\""))) << config;
  }
}

TEST_F(HuggingFaceFolderTest, ConfigOfManyBytesIsDataLoss) {
  folder_.Write("config.json", std::string((1 << 20) + 1, ' '));
  EXPECT_THAT(Open(), StatusIs(kDataLoss, HasSubstr("1048577 bytes, limit 1048576")));
}

// In an ordered object each name would be compared with all before it.
TEST_F(HuggingFaceFolderTest, ConfigOfManyNamesTakesNoTime) {
  std::string config = "{";
  for (int i = 0; config.size() < (1 << 20) - 20; ++i) absl::StrAppend(&config, "\"", i, "\":0,");
  folder_.Write("config.json", config + "\"\":0}");
  EXPECT_THAT(Open(), StatusIs(kDataLoss, HasSubstr("no \"architectures\"")));
}

TEST_F(HuggingFaceFolderTest, ModulesBecomeAPipeline) {
  folder_.Write("config.json", kConfig);
  const std::string weights = folder_.Write("model.safetensors", "");
  folder_.Write("1_Pooling/config.json", R"({"word_embedding_dimension": 32})");
  WriteModules(R"(, {"path": "1_Pooling", "type": "st.Pooling"}, {"path": "2_Normalize", "type": "st.Normalize"})");
  ASSERT_OK_AND_ASSIGN(const std::optional<ModelSpec> spec, Open());
  EXPECT_EQ(spec->path, weights);
  EXPECT_EQ(spec->architecture->class_name, "sentence_transformers.SentenceTransformer");
  EXPECT_EQ(
      PythonRepr(spec->architecture->arguments.keyword[0].value),
      "[{'type': 'sentence_transformers.models.Transformer', 'arguments': {'architecture': 'transformers.BertModel', "
      "'config': {'architectures': ['BertModel'], 'hidden_size': 32}}}, "
      "{'type': 'st.Pooling', 'arguments': {'word_embedding_dimension': 32}}, "
      "{'type': 'st.Normalize', 'arguments': {}}]");
  EXPECT_THAT(spec->key_renames, ElementsAre(Pair("", "0.model.")));
}

TEST_F(HuggingFaceFolderTest, ModuleWithWeightsIsUnimplemented) {
  folder_.Write("config.json", kConfig);
  folder_.Write("model.safetensors", "");
  folder_.Write("2_Dense/model.safetensors", "");
  WriteModules(R"(, {"path": "2_Dense", "type": "st.Dense"})");
  EXPECT_THAT(Open(), StatusIs(kUnimplemented, HasSubstr("st.Dense has weights of its own")));
}

TEST_F(HuggingFaceFolderTest, PathOutOfTheFolderIsDataLoss) {
  folder_.Write("config.json", kConfig);
  folder_.Write("model.safetensors", "");
  for (const char* path : {"..", "../other", "/etc", "a/b"}) {
    WriteModules(absl::StrCat(R"(, {"type": "st.Pooling", "path": ")", path, R"("})"));
    EXPECT_THAT(Open(), StatusIs(kDataLoss, HasSubstr("is not the name of a folder"))) << path;
  }
}

TEST_F(HuggingFaceFolderTest, ModulesThatAreNoneAreDataLoss) {
  for (const char* modules : {"{}", "[]", "[1]", R"([{"type": "st.Transformer"}])", R"([{"type": 1, "path": ""}])"}) {
    folder_.Write("modules.json", modules);
    EXPECT_THAT(Open(), StatusIs(kDataLoss, HasSubstr("modules.json"))) << modules;
  }
}

TEST_F(HuggingFaceFolderTest, PipelineThatBeginsOtherwiseIsUnimplemented) {
  folder_.Write("modules.json", R"([{"type": "st.WordEmbeddings", "path": ""}])");
  EXPECT_THAT(Open(), StatusIs(kUnimplemented, HasSubstr("entry 0 is st.WordEmbeddings")));
}

}  // namespace
}  // namespace loadstone
