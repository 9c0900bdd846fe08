#include "custom_ops/transformers/bert_model.h"

#include <ATen/core/Dict.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/add.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "custom_ops/transformers/bert_config.h"
#include "custom_ops/transformers/python_names.h"
#include "engine/attribute_reader.h"
#include "engine/base/status_macros.h"
#include "engine/module.h"
#include "engine/module_def_builder.h"
#include "engine/module_state.h"

namespace loadstone::transformers {
namespace {

constexpr char kNoInput[] = "You must specify exactly one of input_ids or inputs_embeds";

class BertEmbeddings : public Module {
 public:
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
    const BertConfig config = BertConfig::Read(arguments);
    if (!arguments.status().ok()) return;
    self.Child("word_embeddings", "torch.nn.Embedding", {config.vocab_size, config.hidden_size},
               {{"padding_idx", config.pad_token_id}});
    self.Child("position_embeddings", "torch.nn.Embedding", {config.max_position_embeddings, config.hidden_size});
    self.Child("token_type_embeddings", "torch.nn.Embedding", {config.type_vocab_size, config.hidden_size});
    self.Child("LayerNorm", "torch.nn.LayerNorm", {config.hidden_size}, {{"eps", config.layer_norm_eps}});
    self.Child("dropout", "torch.nn.Dropout", {config.hidden_dropout_prob});
    const at::Tensor positions = at::arange(config.max_position_embeddings, at::kLong).expand({1, -1});
    // State dicts have it or not, by the release that wrote them: see added_entries below.
    self.Buffer("position_ids", positions);
    self.Buffer("token_type_ids", at::zeros(positions.sizes(), at::kLong),
                ModuleDefBuilder::Persistence::kNotPersistent);
  }
  explicit BertEmbeddings(ModuleState& state)
      : Module(state),
        words_(state.Child("word_embeddings")),
        positions_(state.Child("position_embeddings")),
        token_types_(state.Child("token_type_embeddings")),
        norm_(state.Child("LayerNorm")),
        position_ids_(state.Buffer("position_ids")) {
    if (position_ids_.defined() && position_ids_.dim() != 2) state.attributes().Fail("position_ids needs 2 dimensions");
  }

  c10::IValue Forward(const Inputs& inputs) const override {
    static constexpr absl::string_view kNames[] = {"input_ids", "token_type_ids", "position_ids", "inputs_embeds"};
    const std::vector<c10::IValue> bound = BindInputs(inputs, kNames, 0);
    TORCH_CHECK_VALUE(bound[0].isNone() != bound[3].isNone(), kNoInput);
    const at::Tensor given = bound[bound[0].isNone() ? 3 : 0].toTensor();
    TORCH_CHECK_VALUE(given.dim() == (bound[0].isNone() ? 3 : 2), "input_ids need 2 dimensions (texts, tokens), ",
                      "inputs_embeds 3; got ", given.dim());
    const int64_t texts = given.size(0);
    const int64_t tokens = given.size(1);
    TORCH_CHECK_VALUE(tokens <= position_ids_.size(1), "a text has ", tokens, " tokens, the model has positions for ",
                      position_ids_.size(1));
    const at::Tensor position_ids = bound[2].isNone() ? position_ids_.slice(1, 0, tokens) : bound[2].toTensor();
    const at::Tensor token_types =
        bound[1].isNone() ? at::zeros({texts, tokens}, position_ids_.options()) : bound[1].toTensor();
    const at::Tensor words = bound[0].isNone() ? given : words_(given);
    return norm_(at::add(at::add(words, token_types_(token_types)), positions_(position_ids)));
  }

 private:
  const Module& words_;
  const Module& positions_;
  const Module& token_types_;
  const Module& norm_;
  const at::Tensor& position_ids_;
};

// create_bidirectional_mask: true where a token may be looked at, for all heads and queries. Python leaves a mask of
// ones only out, after reading it; the numbers are the same.
c10::IValue BidirectionalMask(const c10::IValue& attention_mask) {
  if (attention_mask.isNone()) return attention_mask;
  const at::Tensor mask = attention_mask.toTensor();
  if (mask.dim() == 4) return mask;  // made by the caller
  TORCH_CHECK_VALUE(mask.dim() == 2, "attention_mask needs 2 dimensions (texts, tokens) or 4, has ", mask.dim());
  return mask.to(at::kBool).unsqueeze(1).unsqueeze(1);
}

class BertModel : public Module {
 public:
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
    const Attribute& config = arguments.Get("config");
    self.Attribute("config", config);
    self.Child("embeddings", BertName("BertEmbeddings"), {config});
    self.Child("encoder", BertName("BertEncoder"), {config});
    if (arguments.Bool("add_pooling_layer")) {
      self.Child("pooler", BertName("BertPooler"), {config});
    } else {
      self.Attribute("pooler", Attribute());
    }
  }
  explicit BertModel(ModuleState& state)
      : Module(state),
        embeddings_(state.Child("embeddings")),
        encoder_(state.Child("encoder")),
        pooler_(state.OptionalChild("pooler")) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    static constexpr absl::string_view kNames[] = {"input_ids", "attention_mask", "token_type_ids", "position_ids",
                                                   "inputs_embeds"};
    const std::vector<c10::IValue> bound = BindInputs(inputs, kNames, 0);
    TORCH_CHECK_VALUE(bound[0].isNone() != bound[4].isNone(), kNoInput);
    const c10::IValue embedded = embeddings_(Inputs{bound[0], bound[2], bound[3], bound[4]});
    const c10::IValue encoded = encoder_(Inputs{embedded, BidirectionalMask(bound[1])});
    c10::impl::GenericDict output = encoded.toGenericDict();
    if (pooler_ != nullptr) output.insert("pooler_output", (*pooler_)(output.at("last_hidden_state").toTensor()));
    return output;
  }

 private:
  const Module& embeddings_;
  const Module& encoder_;
  const Module* const pooler_;  // null: add_pooling_layer=False
};

}  // namespace

absl::Status RegisterBertModel(PluginRegistry& registry) {
  RETURN_IF_ERROR(AddBertClass(registry, "BertEmbeddings",
                               {.signature = "config",
                                .construct = BertEmbeddings::Construct,
                                .build = BuildModule<BertEmbeddings>,
                                // Releases before 4.31 saved position_ids, later ones do not: always optional.
                                .added_entries = {{"position_ids", std::numeric_limits<int64_t>::max()}}}));
  RETURN_IF_ERROR(AddBertClass(registry, "BertModel",
                               {.signature = "config, add_pooling_layer=True",
                                .construct = BertModel::Construct,
                                .build = BuildModule<BertModel>}));
  return registry.AddClassAlias("transformers.BertModel", BertName("BertModel"));
}

}  // namespace loadstone::transformers
