#include "custom_ops/transformers/bert_heads.h"

#include <ATen/core/Dict.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "custom_ops/torch_nn/functions.h"
#include "custom_ops/transformers/activations.h"
#include "custom_ops/transformers/bert_config.h"
#include "custom_ops/transformers/python_names.h"
#include "engine/attribute_reader.h"
#include "engine/base/status_macros.h"
#include "engine/module.h"
#include "engine/module_def_builder.h"
#include "engine/module_state.h"

namespace loadstone::transformers {
namespace {

enum class Pooler { kWith, kWithout };

void AddBert(AttributeReader& arguments, ModuleDefBuilder& self, Pooler pooler) {
  self.Attribute("config", arguments.Get("config"));
  self.Child("bert", BertName("BertModel"), {arguments.Get("config")},
             {{"add_pooling_layer", pooler == Pooler::kWith}});
}

// What self.bert gave under `name`.
at::Tensor Encoded(const Module& bert, const Inputs& inputs, const char* name) {
  return bert(inputs).toGenericDict().at(name).toTensor();
}

c10::impl::GenericDict NewOutput() { return c10::impl::GenericDict(c10::StringType::get(), c10::AnyType::get()); }

// BertForSequenceClassification, of the pooler's output, and BertForTokenClassification, of every token's.
template <Pooler kPooler>
class Classification : public Module {
 public:
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
    const BertConfig config = BertConfig::Read(arguments);
    if (!arguments.status().ok()) return;
    self.Attribute("num_labels", config.num_labels);
    AddBert(arguments, self, kPooler);
    self.Child("dropout", "torch.nn.Dropout", {config.classifier_dropout});
    self.Child("classifier", "torch.nn.Linear", {config.hidden_size, config.num_labels});
  }
  explicit Classification(ModuleState& state)
      : Module(state), bert_(state.Child("bert")), classifier_(state.Child("classifier")) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    c10::impl::GenericDict output = NewOutput();
    output.insert("logits", classifier_(Encoded(bert_, inputs,
                                                kPooler == Pooler::kWith ? "pooler_output" : "last_hidden_state")));
    return output;
  }

 private:
  const Module& bert_;
  const Module& classifier_;
};

class BertForQuestionAnswering : public Module {
 public:
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
    const BertConfig config = BertConfig::Read(arguments);
    if (!arguments.status().ok()) return;
    self.Attribute("num_labels", config.num_labels);
    AddBert(arguments, self, Pooler::kWithout);
    self.Child("qa_outputs", "torch.nn.Linear", {config.hidden_size, config.num_labels});
  }
  explicit BertForQuestionAnswering(ModuleState& state)
      : Module(state), bert_(state.Child("bert")), qa_outputs_(state.Child("qa_outputs")) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    const at::Tensor logits = qa_outputs_(Encoded(bert_, inputs, "last_hidden_state"));
    TORCH_CHECK_VALUE(logits.size(-1) == 2, "start and end need 2 labels, the model has ", logits.size(-1));
    c10::impl::GenericDict output = NewOutput();
    output.insert("start_logits", logits.select(-1, 0).contiguous());
    output.insert("end_logits", logits.select(-1, 1).contiguous());
    return output;
  }

 private:
  const Module& bert_;
  const Module& qa_outputs_;
};

class BertPredictionHeadTransform : public TensorModule {
 public:
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
    const BertConfig config = BertConfig::Read(arguments);
    if (!arguments.status().ok()) return;
    self.Child("dense", "torch.nn.Linear", {config.hidden_size, config.hidden_size});
    self.Child("transform_act_fn", NewActivation(self, config.hidden_act));
    self.Child("LayerNorm", "torch.nn.LayerNorm", {config.hidden_size}, {{"eps", config.layer_norm_eps}});
  }
  explicit BertPredictionHeadTransform(ModuleState& state)
      : TensorModule(state),
        dense_(state.Child("dense")),
        activation_(state, "transform_act_fn"),
        norm_(state.Child("LayerNorm")) {}
  at::Tensor ForwardTensor(const at::Tensor& states) const override { return norm_(activation_(dense_(states))); }

 private:
  const Module& dense_;
  const UnaryCallable activation_;
  const Module& norm_;
};

class BertLMPredictionHead : public TensorModule {
 public:
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
    const BertConfig config = BertConfig::Read(arguments);
    self.Parameter("bias", {config.vocab_size});
    self.Child("transform", BertName("BertPredictionHeadTransform"), {arguments.Get("config")});
    self.Child("decoder", "torch.nn.Linear", {config.hidden_size, config.vocab_size});
  }
  explicit BertLMPredictionHead(ModuleState& state)
      : TensorModule(state), transform_(state.Child("transform")), decoder_(state.Child("decoder")) {}
  at::Tensor ForwardTensor(const at::Tensor& states) const override { return decoder_(transform_(states)); }

 private:
  const Module& transform_;
  const Module& decoder_;  // it has the bias: the head's own is the same parameter
};

class BertOnlyMLMHead : public TensorModule {
 public:
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
    self.Child("predictions", BertName("BertLMPredictionHead"), {arguments.Get("config")});
  }
  explicit BertOnlyMLMHead(ModuleState& state) : TensorModule(state), predictions_(state.Child("predictions")) {}
  at::Tensor ForwardTensor(const at::Tensor& states) const override { return predictions_(states); }

 private:
  const Module& predictions_;
};

ModuleDef& ChildOf(ModuleDef& module, absl::string_view name) { return **FindNamed(module.children, name); }

// _tied_weights_keys: one parameter under two names.
void Tie(ModuleDef& bert, ModuleDef& head, const BertConfig& config) {
  ModuleDef& predictions = ChildOf(head, "predictions");
  ModuleDef& decoder = ChildOf(predictions, "decoder");
  *FindNamed(decoder.parameters, "bias") = *FindNamed(predictions.parameters, "bias");
  if (!config.tie_word_embeddings) return;
  const ModuleDef& words = ChildOf(ChildOf(bert, "embeddings"), "word_embeddings");
  *FindNamed(decoder.parameters, "weight") = *FindNamed(words.parameters, "weight");
}

class BertForMaskedLM : public Module {
 public:
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
    const BertConfig config = BertConfig::Read(arguments);
    if (!arguments.status().ok()) return;
    const Attribute& fields = arguments.Get("config");
    const std::shared_ptr<ModuleDef> bert = self.New(BertName("BertModel"), {fields}, {{"add_pooling_layer", false}});
    const std::shared_ptr<ModuleDef> head = self.New(BertName("BertOnlyMLMHead"), {fields});
    if (bert == nullptr || head == nullptr) return;
    Tie(*bert, *head, config);
    self.Attribute("config", fields);
    self.Child("bert", bert);
    self.Child("cls", head);
  }
  explicit BertForMaskedLM(ModuleState& state) : Module(state), bert_(state.Child("bert")), head_(state.Child("cls")) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    c10::impl::GenericDict output = NewOutput();
    output.insert("logits", head_(Encoded(bert_, inputs, "last_hidden_state")));
    return output;
  }

 private:
  const Module& bert_;
  const Module& head_;
};

template <typename T>
absl::Status AddPart(PluginRegistry& registry, absl::string_view name) {
  return AddBertClass(registry, name, {.signature = "config", .construct = T::Construct, .build = BuildModule<T>});
}

template <typename T>
absl::Status AddModel(PluginRegistry& registry, absl::string_view name) {
  RETURN_IF_ERROR(AddPart<T>(registry, name));
  return registry.AddClassAlias(absl::StrCat("transformers.", name), BertName(name));
}

}  // namespace

absl::Status RegisterBertHeads(PluginRegistry& registry) {
  RETURN_IF_ERROR(AddModel<Classification<Pooler::kWith>>(registry, "BertForSequenceClassification"));
  RETURN_IF_ERROR(AddModel<Classification<Pooler::kWithout>>(registry, "BertForTokenClassification"));
  RETURN_IF_ERROR(AddModel<BertForQuestionAnswering>(registry, "BertForQuestionAnswering"));
  RETURN_IF_ERROR(AddPart<BertPredictionHeadTransform>(registry, "BertPredictionHeadTransform"));
  RETURN_IF_ERROR(AddPart<BertLMPredictionHead>(registry, "BertLMPredictionHead"));
  RETURN_IF_ERROR(AddPart<BertOnlyMLMHead>(registry, "BertOnlyMLMHead"));
  return AddModel<BertForMaskedLM>(registry, "BertForMaskedLM");
}

}  // namespace loadstone::transformers
