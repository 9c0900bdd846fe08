#include "custom_ops/transformers/bert_recognizer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace loadstone::transformers {
namespace {

struct PublishedWidth {
  int64_t hidden_size;
  int64_t heads;
};

// BERT tiny, TinyBERT, MiniLM and what was trained from it (E5, BGE, GTE small), BERT small and medium, base, large.
// 256 is not here: BERT mini has 4 heads, XtremeDistil 8.
constexpr PublishedWidth kPublished[] = {{128, 2}, {312, 12}, {384, 12}, {512, 8}, {768, 12}, {1024, 16}};
constexpr int64_t kRobertaPositions = 514;

// The first size of a matrix of `columns`, or 0.
int64_t Rows(const TensorShapes& shapes, const std::string& key, int64_t columns) {
  const auto found = shapes.find(key);
  if (found == shapes.end() || found->second.size() != 2 || found->second[1] != columns) return 0;
  return found->second[0];
}

absl::StatusOr<std::optional<Architecture>> Recognize(const TensorShapes& shapes) {
  const auto words = shapes.find("embeddings.word_embeddings.weight");
  if (words == shapes.end() || words->second.size() != 2) return std::nullopt;
  const int64_t hidden_size = words->second[1];
  const int64_t positions = Rows(shapes, "embeddings.position_embeddings.weight", hidden_size);
  const int64_t token_types = Rows(shapes, "embeddings.token_type_embeddings.weight", hidden_size);
  const int64_t intermediate_size = Rows(shapes, "encoder.layer.0.intermediate.dense.weight", hidden_size);
  if (positions == 0 || positions == kRobertaPositions || token_types < 2 || intermediate_size == 0)
    return std::nullopt;
  // Relative positions, and cross-attention of a decoder.
  if (shapes.contains("encoder.layer.0.attention.self.distance_embedding.weight") ||
      shapes.contains("encoder.layer.0.crossattention.self.query.weight")) {
    return std::nullopt;
  }
  int64_t layers = 0;
  while (shapes.contains(absl::StrCat("encoder.layer.", layers, ".output.dense.weight"))) ++layers;

  Attribute::Dict config;
  const auto add = [&config](const char* name, int64_t value) { config.entries.push_back({name, value}); };
  add("vocab_size", words->second[0]);
  add("hidden_size", hidden_size);
  add("num_hidden_layers", layers);
  add("intermediate_size", intermediate_size);
  add("max_position_embeddings", positions);
  add("type_vocab_size", token_types);
  int64_t heads = 0;
  for (const PublishedWidth& published : kPublished) {
    if (published.hidden_size == hidden_size) heads = published.heads;
  }
  if (heads == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the weights are a BertModel's with hidden_size ", hidden_size,
        ", but no shape tells its number of attention "
        "heads; give the folder that has its config.json, or name the architecture: transformers.BertModel with "
        "arguments {\"config\": {\"num_attention_heads\": ..., ...}}"));
  }
  add("num_attention_heads", heads);
  Architecture architecture{"transformers.BertModel", {{}, {{"config", std::move(config)}}}};
  if (!shapes.contains("pooler.dense.weight")) architecture.arguments.keyword.push_back({"add_pooling_layer", false});
  return architecture;
}

}  // namespace

ArchitectureRecognizer BertRecognizer() { return {.name = "transformers.bert", .recognize = Recognize}; }

}  // namespace loadstone::transformers
