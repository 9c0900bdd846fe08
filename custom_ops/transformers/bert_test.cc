#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/register.h"
#include "custom_ops/transformers/bert_recognizer.h"
#include "custom_ops/transformers/register.h"
#include "engine/base/status_matchers.h"
#include "engine/module_def_builder.h"
#include "engine/python_format.h"

namespace loadstone::transformers {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::StatusIs;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

class BertConstructTest : public ::testing::Test {
 protected:
  BertConstructTest() {
    EXPECT_OK(RegisterTorchNn(registry_));
    EXPECT_OK(RegisterTransformers(registry_));
  }
  absl::StatusOr<std::shared_ptr<ModuleDef>> Make(const char* name, NamedList<Attribute> keyword) {
    return Construct(name, {{}, std::move(keyword)}, registry_);
  }
  absl::StatusOr<std::shared_ptr<ModuleDef>> MakeBert(const char* field, Attribute value) {
    return Make("transformers.BertModel", {{"config", Attribute::Dict{{{field, std::move(value)}}}}});
  }
  PluginRegistry registry_;
};

TEST_F(BertConstructTest, AbsentFieldsHavePythonsDefaults) {
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ModuleDef> bert, MakeBert("num_hidden_layers", 3));
  EXPECT_EQ(bert->class_name, "transformers.models.bert.modeling_bert.BertModel");
  const ModuleDef& embeddings = *bert->children.front().value;
  EXPECT_EQ(FindNamed(embeddings.children.front().value->parameters, "weight")->sizes(), at::IntArrayRef({30522, 768}));
}

TEST_F(BertConstructTest, UnknownActivationNamesThoseThatAre) {
  EXPECT_THAT(MakeBert("hidden_act", "xielu"),
              StatusIs(kInvalid, AllOf(HasSubstr("hidden_act is xielu, needs one of gelu"), HasSubstr("relu"))));
}

TEST_F(BertConstructTest, ActivationsAreThoseOfTransformers) {
  for (const char* name : {"gelu", "gelu_fast", "gelu_new", "gelu_pytorch_tanh", "mish", "quick_gelu", "relu",
                           "sigmoid", "silu", "swish", "tanh"}) {
    EXPECT_OK(MakeBert("hidden_act", name)) << name;
  }
}

TEST_F(BertConstructTest, RelativePositionsAreRefused) {
  EXPECT_THAT(MakeBert("position_embedding_type", "relative_key"),
              StatusIs(kInvalid, HasSubstr("position_embedding_type is relative_key, only absolute is supported")));
}

TEST_F(BertConstructTest, CrossAttentionIsRefused) {
  EXPECT_THAT(MakeBert("add_cross_attention", true), StatusIs(kInvalid, HasSubstr("encoders only")));
}

TEST_F(BertConstructTest, SizesOutOfRangeAreInvalid) {
  EXPECT_THAT(MakeBert("num_hidden_layers", 0),
              StatusIs(kInvalid, HasSubstr("num_hidden_layers is 0, needs 1 to 512")));
  EXPECT_THAT(MakeBert("num_hidden_layers", 100000), StatusIs(kInvalid, HasSubstr("needs 1 to 512")));
  EXPECT_THAT(MakeBert("hidden_size", 1 << 17),
              StatusIs(kInvalid, HasSubstr("hidden_size is 131072, needs 1 to 65536")));
  EXPECT_THAT(MakeBert("max_position_embeddings", 1 << 30), StatusIs(kInvalid, HasSubstr("needs 1 to 4194304")));
  EXPECT_THAT(MakeBert("num_attention_heads", 0), StatusIs(kInvalid, HasSubstr("num_attention_heads is 0")));
  EXPECT_THAT(MakeBert("hidden_size", "wide"), StatusIs(kInvalid, HasSubstr("'hidden_size'")));
}

TEST_F(BertConstructTest, ConfigThatIsNoDictIsInvalid) {
  EXPECT_THAT(Make("transformers.BertModel", {{"config", 3}}),
              StatusIs(kInvalid, HasSubstr("'config' is int, needs a dict")));
}

TEST_F(BertConstructTest, FlagsOfOlderPoolingsAreModes) {
  ASSERT_OK_AND_ASSIGN(
      const std::shared_ptr<ModuleDef> pooling,
      Make("sentence_transformers.models.Pooling",
           {{"word_embedding_dimension", 8}, {"pooling_mode_max_tokens", true}, {"pooling_mode_cls_token", true}}));
  EXPECT_EQ(PythonRepr(*FindNamed(pooling->attributes, "pooling_mode")), "('cls', 'max')");
}

TEST_F(BertConstructTest, PipelineOfOtherThanModulesIsInvalid) {
  for (const Attribute& modules : {Attribute(3), Attribute::List({3}), Attribute::List({Attribute::Dict{}})}) {
    EXPECT_THAT(Make("sentence_transformers.SentenceTransformer", {{"modules", modules}}),
                StatusIs(kInvalid, HasSubstr("'modules'")));
  }
}

// Of a BertModel, as far as the recognizer looks.
TensorShapes BertShapes(int64_t hidden_size) {
  return {{"embeddings.word_embeddings.weight", {100, hidden_size}},
          {"embeddings.position_embeddings.weight", {512, hidden_size}},
          {"embeddings.token_type_embeddings.weight", {2, hidden_size}},
          {"encoder.layer.0.intermediate.dense.weight", {4 * hidden_size, hidden_size}},
          {"encoder.layer.0.output.dense.weight", {hidden_size, 4 * hidden_size}},
          {"encoder.layer.1.output.dense.weight", {hidden_size, 4 * hidden_size}},
          {"pooler.dense.weight", {hidden_size, hidden_size}}};
}

// What is recognised, as a Python call's arguments.
std::string Recognized(const TensorShapes& shapes) {
  const absl::StatusOr<std::optional<Architecture>> answer = BertRecognizer().recognize(shapes);
  if (!answer.ok()) return std::string(answer.status().message());
  if (!answer->has_value()) return "nothing";
  std::string text = (*answer)->class_name;
  for (const Named<Attribute>& argument : (*answer)->arguments.keyword) {
    absl::StrAppend(&text, " ", argument.name, "=", PythonRepr(argument.value));
  }
  return text;
}

TEST(BertRecognizerTest, SizesAreSeenAndHeadsArePublished) {
  EXPECT_EQ(
      Recognized(BertShapes(384)),
      "transformers.BertModel config={'vocab_size': 100, 'hidden_size': 384, 'num_hidden_layers': 2, "
      "'intermediate_size': 1536, 'max_position_embeddings': 512, 'type_vocab_size': 2, 'num_attention_heads': 12}");
}

TEST(BertRecognizerTest, ModelWithoutPoolerIsSeen) {
  TensorShapes shapes = BertShapes(768);
  shapes.erase("pooler.dense.weight");
  EXPECT_THAT(Recognized(shapes), HasSubstr("add_pooling_layer=False"));
}

TEST(BertRecognizerTest, WidthThatSeveralPublishedDifferentlyAsks) {
  EXPECT_THAT(Recognized(BertShapes(256)),
              HasSubstr("hidden_size 256, but no shape tells its number of attention heads"));
}

TEST(BertRecognizerTest, KinWithTheSameKeysIsNot) {
  TensorShapes roberta = BertShapes(768);
  roberta["embeddings.position_embeddings.weight"] = {514, 768};
  EXPECT_EQ(Recognized(roberta), "nothing");
  TensorShapes one_type = BertShapes(768);
  one_type["embeddings.token_type_embeddings.weight"] = {1, 768};
  EXPECT_EQ(Recognized(one_type), "nothing");
  TensorShapes relative = BertShapes(768);
  relative["encoder.layer.0.attention.self.distance_embedding.weight"] = {1023, 64};
  EXPECT_EQ(Recognized(relative), "nothing");
  TensorShapes decoder = BertShapes(768);
  decoder["encoder.layer.0.crossattention.self.query.weight"] = {768, 768};
  EXPECT_EQ(Recognized(decoder), "nothing");
}

TEST(BertRecognizerTest, WhatLacksAKeyOrHasAnotherShapeIsNot) {
  for (const char* key : {"embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight",
                          "embeddings.token_type_embeddings.weight", "encoder.layer.0.intermediate.dense.weight"}) {
    TensorShapes without = BertShapes(768);
    without.erase(key);
    EXPECT_EQ(Recognized(without), "nothing") << key;
    TensorShapes scalar = BertShapes(768);
    scalar[key] = {};
    EXPECT_EQ(Recognized(scalar), "nothing") << key;
  }
}

}  // namespace
}  // namespace loadstone::transformers
