#include "custom_ops/transformers/bert_config.h"

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "engine/named.h"
#include "engine/signature.h"

namespace loadstone::transformers {
namespace {

// Of transformers 5.24; earlier releases had the same defaults. `fields` are those that only training or other classes
// use.
constexpr char kFields[] =
    "vocab_size=30522, hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072, "
    "hidden_act='gelu', hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.1, max_position_embeddings=512, "
    "type_vocab_size=2, layer_norm_eps=1e-12, pad_token_id=0, position_embedding_type='absolute', is_decoder=False, "
    "add_cross_attention=False, num_labels=2, id2label=None, classifier_dropout=None, tie_word_embeddings=True, "
    "**fields";
// A config.json may come with a hostile model. Norms and positions are allocated before any weight is seen: these are
// far beyond what any published model has, and together less than a GiB.
constexpr int64_t kMaxLayers = 512;
constexpr int64_t kMaxWidth = int64_t{1} << 16;
constexpr int64_t kMaxPositions = int64_t{1} << 22;
// Of what is laid out only.
constexpr int64_t kMaxSize = int64_t{1} << 31;

int64_t Size(AttributeReader& fields, absl::string_view name, int64_t most) {
  const int64_t size = fields.Int(name);
  if (fields.status().ok() && (size < 1 || size > most)) {
    fields.Fail(absl::StrCat(name, " is ", size, ", needs 1 to ", most));
  }
  return size;
}

BertConfig ReadFields(AttributeReader& fields) {
  BertConfig config;
  config.vocab_size = Size(fields, "vocab_size", kMaxSize);
  config.hidden_size = Size(fields, "hidden_size", kMaxWidth);
  config.num_hidden_layers = Size(fields, "num_hidden_layers", kMaxLayers);
  config.num_attention_heads = Size(fields, "num_attention_heads", kMaxSize);
  config.intermediate_size = Size(fields, "intermediate_size", kMaxSize);
  config.hidden_act = fields.Text("hidden_act");
  config.hidden_dropout_prob = fields.Float("hidden_dropout_prob");
  config.attention_probs_dropout_prob = fields.Float("attention_probs_dropout_prob");
  config.max_position_embeddings = Size(fields, "max_position_embeddings", kMaxPositions);
  config.type_vocab_size = Size(fields, "type_vocab_size", kMaxSize);
  config.layer_norm_eps = fields.Float("layer_norm_eps");
  config.pad_token_id = fields.Get("pad_token_id");
  // PretrainedConfig.num_labels is the number of their names.
  const Attribute::Dict* labels = fields.Get("id2label").dict();
  config.num_labels =
      labels != nullptr ? static_cast<int64_t>(labels->entries.size()) : Size(fields, "num_labels", kMaxSize);
  config.classifier_dropout = fields.OptionalFloat("classifier_dropout").value_or(config.hidden_dropout_prob);
  config.tie_word_embeddings = fields.Bool("tie_word_embeddings");
  if (!fields.status().ok()) return config;
  if (config.hidden_size % config.num_attention_heads != 0) {
    fields.Fail(absl::StrCat("The hidden size (", config.hidden_size,
                             ") is not a multiple of the number of attention heads (", config.num_attention_heads,
                             ")"));
  }
  if (fields.Bool("is_decoder") || fields.Bool("add_cross_attention")) {
    fields.Fail("is_decoder and add_cross_attention are not supported: encoders only");
  }
  if (const std::string positions = fields.Text("position_embedding_type"); positions != "absolute") {
    fields.Fail(absl::StrCat("position_embedding_type is ", positions, ", only absolute is supported"));
  }
  return config;
}

}  // namespace

BertConfig BertConfig::Read(AttributeReader& arguments) {
  const Attribute::Dict* dict = arguments.Get("config").dict();
  if (dict == nullptr) {
    arguments.Fail(
        absl::StrCat("'config' is ", arguments.Get("config").TypeName(), ", needs a dict: the fields of config.json"));
    return {};
  }
  Arguments given;
  for (const auto& [name, value] : dict->entries) {
    if (name.text() != nullptr) given.keyword.push_back({*name.text(), value});
  }
  const absl::StatusOr<NamedList<Attribute>> bound = BindArguments("BertConfig", kFields, given);
  if (!bound.ok()) {
    arguments.Fail(bound.status().message());
    return {};
  }
  AttributeReader fields("BertConfig", *bound);
  BertConfig config = ReadFields(fields);
  if (!fields.status().ok()) arguments.Fail(fields.status().message());
  return config;
}

}  // namespace loadstone::transformers
