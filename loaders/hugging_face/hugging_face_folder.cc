#include "loaders/hugging_face/hugging_face_folder.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/folder_format.h"
#include "loaders/hugging_face/model_files.h"

namespace loadstone {
namespace {

using hugging_face::FileExists;
using hugging_face::FindWeights;
using hugging_face::ReadJsonFile;
using hugging_face::ReadJsonObject;
using hugging_face::SubFolder;

// A model of transformers.
struct PretrainedModel {
  std::string class_name;
  Attribute config;
  std::string weights;  // path
};

absl::StatusOr<PretrainedModel> ReadPretrainedModel(const std::string& folder) {
  PretrainedModel model;
  const std::string path = absl::StrCat(folder, "/config.json");
  ASSIGN_OR_RETURN(Attribute::Dict config, ReadJsonObject(path));
  const Attribute* architectures = config.Find("architectures");
  const Attribute::Sequence* names = architectures == nullptr ? nullptr : architectures->sequence();
  if (names == nullptr || names->items.empty() || names->items.front().text() == nullptr) {
    return absl::DataLossError(absl::StrCat(path, " has no \"architectures\" that names the model's class"));
  }
  model.class_name = absl::StrCat("transformers.", *names->items.front().text());
  model.config = Attribute(std::move(config));
  ASSIGN_OR_RETURN(model.weights, FindWeights(folder));
  return model;
}

absl::StatusOr<std::string> TextOf(const Attribute::Dict& object, absl::string_view field, absl::string_view where) {
  const Attribute* value = object.Find(field);
  if (value != nullptr && value->text() != nullptr) return *value->text();
  return absl::DataLossError(absl::StrCat(where, " lacks a text \"", field, "\""));
}

bool IsTransformer(absl::string_view type) { return absl::EndsWith(type, ".Transformer"); }

Attribute Module(std::string type, Attribute::Dict arguments) {
  return Attribute::Dict{{{"type", std::move(type)}, {"arguments", std::move(arguments)}}};
}

// One entry of modules.json after the first: its class, and its config.json as arguments.
absl::StatusOr<Attribute> ReadModule(const std::string& type, const std::string& folder) {
  for (const char* weights : {"model.safetensors", "pytorch_model.bin"}) {
    if (!FileExists(absl::StrCat(folder, "/", weights))) continue;
    return absl::UnimplementedError(absl::StrCat(type, " has weights of its own in ", folder, ", which are not read"));
  }
  Attribute::Dict arguments;
  const std::string config = absl::StrCat(folder, "/config.json");
  if (FileExists(config)) {
    ASSIGN_OR_RETURN(arguments, ReadJsonObject(config));
  }
  return Module(type, std::move(arguments));
}

absl::StatusOr<ModelSpec> OpenSentenceTransformer(const ModelSpec& folder) {
  const std::string path = absl::StrCat(folder.path, "/modules.json");
  ASSIGN_OR_RETURN(const Attribute json, ReadJsonFile(path));
  if (json.sequence() == nullptr) return absl::DataLossError(absl::StrCat(path, " holds no JSON array"));
  ModelSpec file = folder;
  std::vector<Attribute> modules;
  for (const Attribute& item : json.sequence()->items) {
    const std::string where = absl::StrCat(path, ": entry ", modules.size());
    if (item.dict() == nullptr) return absl::DataLossError(absl::StrCat(where, " is no object"));
    ASSIGN_OR_RETURN(const std::string type, TextOf(*item.dict(), "type", where));
    ASSIGN_OR_RETURN(const std::string name, TextOf(*item.dict(), "path", where));
    ASSIGN_OR_RETURN(const std::string module_folder, SubFolder(folder.path, name));
    if (IsTransformer(type) != modules.empty()) {
      return absl::UnimplementedError(absl::StrCat(
          where, " is ", type, "; only models whose first module, and no other, is a Transformer are read"));
    }
    if (!modules.empty()) {
      ASSIGN_OR_RETURN(Attribute module, ReadModule(type, module_folder));
      modules.push_back(std::move(module));
      continue;
    }
    ASSIGN_OR_RETURN(PretrainedModel model, ReadPretrainedModel(module_folder));
    file.path = std::move(model.weights);
    modules.push_back(
        Module(type, {{{"architecture", std::move(model.class_name)}, {"config", std::move(model.config)}}}));
  }
  if (modules.empty()) return absl::DataLossError(absl::StrCat(path, " lists no module"));
  file.architecture = Architecture{"sentence_transformers.SentenceTransformer",
                                   {{}, {{"modules", Attribute::List(std::move(modules))}}}};
  file.key_renames.push_back({"", "0.model."});  // the file is the transformer's own
  return file;
}

absl::StatusOr<std::optional<ModelSpec>> Open(const ModelSpec& folder) {
  if (FileExists(absl::StrCat(folder.path, "/modules.json"))) return OpenSentenceTransformer(folder);
  if (!FileExists(absl::StrCat(folder.path, "/config.json"))) return std::nullopt;
  ASSIGN_OR_RETURN(PretrainedModel model, ReadPretrainedModel(folder.path));
  ModelSpec file = folder;
  file.path = std::move(model.weights);
  file.architecture = Architecture{std::move(model.class_name), {{}, {{"config", std::move(model.config)}}}};
  return file;
}

}  // namespace

absl::Status RegisterHuggingFaceFolder(PluginRegistry& registry) {
  return registry.AddFolderFormat({.name = "hugging_face", .open = Open});
}

}  // namespace loadstone
