#include "custom_ops/transformers/sentence_transformer.h"

#include <ATen/core/Dict.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/clamp_min.h>
#include <ATen/ops/div.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <c10/util/Exception.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "custom_ops/transformers/pooling.h"
#include "engine/attribute_reader.h"
#include "engine/base/status_macros.h"
#include "engine/module.h"
#include "engine/module_def_builder.h"
#include "engine/module_state.h"

namespace loadstone::transformers {
namespace {

using Features = c10::impl::GenericDict;
constexpr absl::string_view kFeatures[] = {"features"};

// The model that gives a vector for each token.
class Transformer : public Module {
 public:
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
    self.Child("model", arguments.Text("architecture"), {arguments.Get("config")});
  }
  // Before release 6 the child was auto_model.
  explicit Transformer(ModuleState& state)
      : Module(state),
        model_(state.OptionalChild("auto_model") != nullptr ? *state.OptionalChild("auto_model")
                                                            : state.Child("model")) {}

  c10::IValue Forward(const Inputs& inputs) const override {
    Features features = BindInputs(inputs, kFeatures, 1)[0].toGenericDict();
    Inputs model_inputs;
    for (const char* name : {"input_ids", "attention_mask", "token_type_ids"}) {
      if (features.contains(name)) model_inputs.kwargs.push_back({name, features.at(name)});
    }
    features.insert_or_assign("token_embeddings", model_(model_inputs).toGenericDict().at("last_hidden_state"));
    return features;
  }

 private:
  const Module& model_;
};

class Normalize : public Module {
 public:
  static void Construct(AttributeReader&, ModuleDefBuilder&) {}
  using Module::Module;

  // torch.nn.functional.normalize(x, p=2, dim=-1)
  c10::IValue Forward(const Inputs& inputs) const override {
    Features features = BindInputs(inputs, kFeatures, 1)[0].toGenericDict();
    const at::Tensor x = features.at("sentence_embedding").toTensor();
    const at::Tensor norm = at::clamp_min(at::linalg_vector_norm(x, 2.0, at::IntArrayRef{-1}, /*keepdim=*/true), 1e-12);
    features.insert_or_assign("sentence_embedding", at::div(x, norm.expand_as(x)));
    return features;
  }
};

class SentenceTransformer : public Module {
 public:
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
    const Attribute::Sequence* modules = arguments.Get("modules").sequence();
    if (modules == nullptr) return arguments.Fail("'modules' needs a list");
    for (size_t i = 0; i < modules->items.size(); ++i) {
      const Attribute::Dict* item = modules->items[i].dict();
      const Attribute* type = item == nullptr ? nullptr : item->Find("type");
      const Attribute* given = item == nullptr ? nullptr : item->Find("arguments");
      if (type == nullptr || type->text() == nullptr || given == nullptr || given->dict() == nullptr) {
        return arguments.Fail(absl::StrCat("item ", i, " of 'modules' needs a \"type\" and \"arguments\""));
      }
      NamedList<Attribute> keyword;
      for (const auto& [name, value] : given->dict()->entries) {
        if (name.text() != nullptr) keyword.push_back({*name.text(), value});
      }
      self.Child(absl::StrCat(i), *type->text(), {}, std::move(keyword));
    }
  }
  using Module::Module;

  c10::IValue Forward(const Inputs& inputs) const override {
    if (inputs.args.size() == 1 && inputs.kwargs.empty() && inputs.args[0].isGenericDict()) {
      return Run(inputs.args[0].toGenericDict().copy());
    }
    static constexpr absl::string_view kNames[] = {"input_ids", "attention_mask", "token_type_ids"};
    const std::vector<c10::IValue> bound = BindInputs(inputs, kNames, 1);
    Features features(c10::StringType::get(), c10::AnyType::get());
    for (size_t i = 0; i < bound.size(); ++i) {
      if (!bound[i].isNone()) features.insert(std::string(kNames[i]), bound[i]);
    }
    const Features done = Run(std::move(features));
    TORCH_CHECK_VALUE(done.contains("sentence_embedding"), "none of the modules makes a sentence_embedding");
    return done.at("sentence_embedding");
  }

 private:
  Features Run(Features features) const {
    for (const Named<std::shared_ptr<Module>>& child : children()) {
      TORCH_CHECK_TYPE(child.value != nullptr, "module ", child.name, " is None");
      features = (*child.value)(Inputs{features}).toGenericDict();
    }
    return features;
  }
};

// Adds the class under the first of `names`, and the others as its aliases.
absl::Status Add(PluginRegistry& registry, ModuleClass module_class, const std::vector<std::string>& names) {
  module_class.name = names.front();
  RETURN_IF_ERROR(registry.AddModuleClass(std::move(module_class)));
  for (size_t i = 1; i < names.size(); ++i) RETURN_IF_ERROR(registry.AddClassAlias(names[i], names.front()));
  return absl::OkStatus();
}

// Of release 6; of modules.json before it; of pickles before it.
std::vector<std::string> ModuleNames(absl::string_view present_module, absl::string_view name) {
  return {absl::StrCat("sentence_transformers.", present_module, ".", name),
          absl::StrCat("sentence_transformers.models.", name),
          absl::StrCat("sentence_transformers.models.", name, ".", name)};
}

}  // namespace

absl::Status RegisterSentenceTransformer(PluginRegistry& registry) {
  RETURN_IF_ERROR(
      Add(registry,
          {.signature = "architecture, config", .construct = Transformer::Construct, .build = BuildModule<Transformer>},
          ModuleNames("base.modules.transformer", "Transformer")));
  RETURN_IF_ERROR(
      Add(registry, {.signature = Pooling::kSignature, .construct = Pooling::Construct, .build = BuildModule<Pooling>},
          ModuleNames("sentence_transformer.modules.pooling", "Pooling")));
  RETURN_IF_ERROR(Add(registry, {.construct = Normalize::Construct, .build = BuildModule<Normalize>},
                      ModuleNames("base.modules.normalize", "Normalize")));
  return Add(
      registry,
      {.signature = "modules", .construct = SentenceTransformer::Construct, .build = BuildModule<SentenceTransformer>},
      {"sentence_transformers.sentence_transformer.model.SentenceTransformer",
       "sentence_transformers.SentenceTransformer", "sentence_transformers.SentenceTransformer.SentenceTransformer"});
}

}  // namespace loadstone::transformers
