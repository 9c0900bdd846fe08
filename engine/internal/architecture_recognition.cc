#include "engine/internal/architecture_recognition.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/architecture_recognizer.h"
#include "engine/base/status_macros.h"
#include "engine/internal/state_dict_keys.h"
#include "engine/python_format.h"

namespace loadstone {
namespace {

constexpr absl::string_view kHowToName =
    "name its class and arguments (\"architecture\" in model.json, --arch, ModelSpec::architecture)";

// As the Python call that makes it.
std::string CallText(const Architecture& architecture) {
  std::vector<std::string> arguments;
  for (const Attribute& value : architecture.arguments.positional) arguments.push_back(PythonRepr(value));
  for (const Named<Attribute>& keyword : architecture.arguments.keyword) {
    arguments.push_back(absl::StrCat(keyword.name, "=", PythonRepr(keyword.value)));
  }
  return absl::StrCat(architecture.class_name, "(", absl::StrJoin(arguments, ", "), ")");
}

TensorShapes ShapesOf(const StateDict& weights, const ModelSpec& spec) {
  TensorShapes shapes;
  for (const Named<Attribute>& entry : weights.entries) {
    const at::Tensor* tensor = entry.value.tensor();
    if (tensor != nullptr && tensor->defined()) shapes[RenamedKey(entry.name, spec)] = tensor->sizes().vec();
  }
  return shapes;
}

// `shapes` without the wrapper's prefix that all keys begin with; nullopt when there is none.
std::optional<TensorShapes> Unwrapped(const TensorShapes& shapes) {
  if (shapes.empty()) return std::nullopt;
  absl::string_view rest = shapes.begin()->first;
  const size_t whole = rest.size();
  if (!ConsumeWrapperPrefix(rest)) return std::nullopt;
  const std::string prefix = shapes.begin()->first.substr(0, whole - rest.size());
  TensorShapes unwrapped;
  for (const auto& [key, shape] : shapes) {
    if (!absl::StartsWith(key, prefix)) return std::nullopt;
    unwrapped.emplace(key.substr(prefix.size()), shape);
  }
  return unwrapped;
}

absl::StatusOr<std::optional<RecognizedArchitecture>> AskAll(const TensorShapes& shapes,
                                                             const PluginRegistry& registry) {
  std::vector<RecognizedArchitecture> found;
  for (const PluginRegistry::Entry<ArchitectureRecognizer>& entry : registry.recognizers()) {
    const ArchitectureRecognizer& recognizer = *entry.value;
    absl::StatusOr<std::optional<Architecture>> answer = recognizer.recognize(shapes);
    if (!answer.ok()) return Annotate(answer.status(), recognizer.name);
    if (!answer->has_value()) continue;
    std::string text = absl::StrCat(CallText(**answer), ", by ", recognizer.name);
    found.push_back({**std::move(answer), std::move(text)});
  }
  if (found.empty()) return std::nullopt;
  if (found.size() == 1) return std::move(found.front());
  const auto append_text = [](std::string* out, const RecognizedArchitecture& one) { absl::StrAppend(out, one.text); };
  return absl::InvalidArgumentError(
      absl::StrCat("the weights are recognised as ", absl::StrJoin(found, " and as ", append_text), "; ", kHowToName));
}

std::string RecognizerNames(const PluginRegistry& registry) {
  if (registry.recognizers().empty()) return "";
  const auto append_name = [](std::string* out, const auto& entry) { absl::StrAppend(out, entry.value->name); };
  return absl::StrCat(", and unknown to ", absl::StrJoin(registry.recognizers(), ", ", append_name));
}

}  // namespace

absl::StatusOr<RecognizedArchitecture> RecognizeArchitecture(const StateDict& weights, const ModelSpec& spec,
                                                             const PluginRegistry& registry) {
  for (std::optional<TensorShapes> shapes = ShapesOf(weights, spec); shapes.has_value(); shapes = Unwrapped(*shapes)) {
    ASSIGN_OR_RETURN(std::optional<RecognizedArchitecture> recognized, AskAll(*shapes, registry));
    if (recognized.has_value()) return *std::move(recognized);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "the file holds ", weights.entries.size(), " weights without their architecture (a state dict, first key ",
      weights.entries.empty() ? "none" : weights.entries.front().name, RecognizerNames(registry), "): ", kHowToName));
}

}  // namespace loadstone
