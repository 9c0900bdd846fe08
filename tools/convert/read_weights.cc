#include "tools/convert/read_weights.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/byte_source.h"
#include "engine/loader.h"
#include "engine/model_spec.h"
#include "engine/module_def.h"
#include "engine/state_dict.h"
#include "loaders/torch_format/file_content.h"
#include "loaders/torch_format/interpreter.h"
#include "loaders/torch_format/torch_file.h"

namespace loadstone {
namespace {

// A module or list may stand in many places and is walked in each: a small file could mean endless work.
constexpr size_t kMaxVisits = 1'000'000;
constexpr int kMaxDepth = 500;

std::string Join(absl::string_view path, absl::string_view name) {
  return path.empty() ? std::string(name) : absl::StrCat(path, ".", name);
}

class Collector {
 public:
  explicit Collector(Weights& weights) : weights_(weights) {}

  // What state_dict() of the module would hold, in its order (torch/nn/modules/module.py, Module.state_dict).
  absl::Status AddModule(const std::string& path, const ModuleDef& def, int depth = 0) {
    if (depth == kMaxDepth) {
      return absl::ResourceExhaustedError(absl::StrCat("modules nest deeper than ", kMaxDepth, " levels"));
    }
    RETURN_IF_ERROR(CountVisit());
    for (const Named<at::Tensor>& parameter : def.parameters) RETURN_IF_ERROR(AddTensor(path, parameter));
    const std::vector<std::string>& omitted = def.non_persistent_buffers;
    for (const Named<at::Tensor>& buffer : def.buffers) {
      if (std::find(omitted.begin(), omitted.end(), buffer.name) == omitted.end()) {
        RETURN_IF_ERROR(AddTensor(path, buffer));
      }
    }
    for (const Named<std::shared_ptr<ModuleDef>>& child : def.children) {
      if (child.value != nullptr) RETURN_IF_ERROR(AddModule(Join(path, child.name), *child.value, depth + 1));
    }
    return absl::OkStatus();
  }

  absl::Status AddStateDict(const std::string& path, const StateDict& state_dict) {
    for (const Named<Attribute>& entry : state_dict.entries) {
      if (const at::Tensor* tensor = entry.value.tensor()) {
        RETURN_IF_ERROR(AddTensor(path, {entry.name, *tensor}));
      } else {
        weights_.left_out.push_back(Join(path, entry.name));
      }
    }
    return absl::OkStatus();
  }

  // Tensors in dicts, lists, tuples and objects; the interpreter limits their depth.
  absl::Status AddValue(const std::string& path, const Attribute& value) {
    RETURN_IF_ERROR(CountVisit());
    if (const at::Tensor* tensor = value.tensor()) return AddTensor("", {path.empty() ? "tensor" : path, *tensor});
    if (const Attribute::Object* object = value.object()) return AddValue(path, object->state);
    if (const Attribute::Dict* dict = value.dict()) {
      for (const auto& [key, item] : dict->entries) {
        const std::string* text = key.text();
        const std::string name = text != nullptr              ? *text
                                 : key.int_value() != nullptr ? absl::StrCat(*key.int_value())
                                                              : key.TypeName();
        RETURN_IF_ERROR(AddValue(Join(path, name), item));
      }
      return absl::OkStatus();
    }
    if (const Attribute::Sequence* sequence = value.sequence()) {
      for (size_t i = 0; i < sequence->items.size(); ++i) {
        RETURN_IF_ERROR(AddValue(Join(path, absl::StrCat(i)), sequence->items[i]));
      }
      return absl::OkStatus();
    }
    weights_.left_out.push_back(path);
    return absl::OkStatus();
  }

 private:
  absl::Status AddTensor(absl::string_view path, const Named<at::Tensor>& tensor) {
    if (!tensor.value.defined()) return absl::OkStatus();
    RETURN_IF_ERROR(CountVisit());
    weights_.tensors.push_back({Join(path, tensor.name), tensor.value});
    return absl::OkStatus();
  }

  absl::Status CountVisit() {
    if (++visits_ <= kMaxVisits) return absl::OkStatus();
    return absl::ResourceExhaustedError(absl::StrCat("more than ", kMaxVisits, " modules, tensors and containers"));
  }

  Weights& weights_;
  size_t visits_ = 0;
};

absl::StatusOr<Weights> ReadTorchFile(const TorchFile& file, absl::string_view weights_key) {
  const pickle::Value root = file.document().root();
  std::vector<Candidate> models = FindCandidates(root);
  if (!weights_key.empty()) {
    ASSIGN_OR_RETURN(Candidate model, ChooseCandidate(root, weights_key));
    model.path.clear();
    models = {std::move(model)};
  }
  Interpreter interpreter(file);
  Weights weights;
  Collector collector(weights);
  for (const Candidate& model : models) {
    if (IsModule(model.value)) {
      ASSIGN_OR_RETURN(const std::shared_ptr<ModuleDef> def, interpreter.InterpretModule(model.value));
      RETURN_IF_ERROR(collector.AddModule(model.path, *def));
    } else {
      ASSIGN_OR_RETURN(const StateDict state_dict, interpreter.InterpretStateDict(model.value));
      RETURN_IF_ERROR(collector.AddStateDict(model.path, state_dict));
    }
  }
  if (models.empty()) {
    ASSIGN_OR_RETURN(const Attribute value, interpreter.Interpret(root));
    RETURN_IF_ERROR(collector.AddValue("", value));
  }
  const pickle::Dict* dict = AsMapping(root);
  if (dict == nullptr || Classify(root) != ContentKind::kCheckpoint) return weights;
  for (const pickle::Dict::Entry& entry : dict->entries) {
    absl::string_view key;
    if (!entry.key.AsText(&key)) continue;
    const bool used = std::any_of(models.begin(), models.end(), [&key, &weights_key](const Candidate& model) {
      const absl::string_view path = weights_key.empty() ? absl::string_view(model.path) : weights_key;
      return path == key || absl::StartsWith(path, absl::StrCat(key, "."));
    });
    if (!used) weights.left_out.emplace_back(key);
  }
  return weights;
}

// A file that torch.save did not write: the first loader that understands it.
absl::StatusOr<Weights> ReadByLoaders(const ByteSource& source, const PluginRegistry& registry) {
  absl::Status reason = absl::InvalidArgumentError("no loader is registered");
  for (const PluginRegistry::Entry<Loader>& entry : registry.loaders()) {
    reason = entry.value->CanLoad(source);
    if (absl::IsInvalidArgument(reason)) continue;
    RETURN_IF_ERROR(reason);
    ModelSpec spec;
    spec.path = source.path();
    ASSIGN_OR_RETURN(const ModelContent content, entry.value->Load(spec, source));
    Weights weights;
    if (const std::shared_ptr<ModuleDef>* def = std::get_if<std::shared_ptr<ModuleDef>>(&content)) {
      RETURN_IF_ERROR(Collector(weights).AddModule("", **def));
    } else if (const StateDict* state_dict = std::get_if<StateDict>(&content)) {
      RETURN_IF_ERROR(Collector(weights).AddStateDict("", *state_dict));
    } else {
      return absl::UnimplementedError(absl::StrCat("loader ", entry.value->name(), " gives no plain weights"));
    }
    return weights;
  }
  return reason;
}

}  // namespace

absl::StatusOr<Weights> ReadTorchscriptWeights(const ByteSource& source) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const TorchFile> file, OpenTorchscriptData(source));
  ASSIGN_OR_RETURN(const Attribute value, Interpreter(*file).Interpret(file->document().root()));
  Weights weights;
  RETURN_IF_ERROR(Collector(weights).AddValue("", value));
  return weights;
}

absl::StatusOr<Weights> ReadWeights(const std::string& path, absl::string_view weights_key,
                                    const PluginRegistry& registry) {
  ASSIGN_OR_RETURN(const std::shared_ptr<ByteSource> source, ByteSource::Map(path));
  const absl::StatusOr<std::shared_ptr<const TorchFile>> file = OpenTorchFile(*source);
  absl::StatusOr<Weights> weights = file.ok() ? ReadTorchFile(**file, weights_key) : file.status();
  if (absl::IsInvalidArgument(file.status())) weights = ReadTorchscriptWeights(*source);
  if (absl::IsInvalidArgument(file.status()) && absl::IsInvalidArgument(weights.status())) {
    weights = ReadByLoaders(*source, registry);
  }
  if (!weights.ok()) return Annotate(weights.status(), path);
  weights->source = source;
  if (weights->tensors.empty()) return absl::InvalidArgumentError(absl::StrCat(path, ": the file holds no tensors"));
  return weights;
}

}  // namespace loadstone
