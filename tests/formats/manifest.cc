#include "tests/formats/manifest.h"

#include <openssl/evp.h>

#include <string>
#include <vector>

#include <ATen/ops/_conj_physical.h>
#include <ATen/ops/int_repr.h>
#include <c10/core/ScalarType.h>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "engine/base/status_macros.h"
#include "engine/python_format.h"
#include "loaders/torch_format/interpreter.h"
#include "loaders/torch_format/scalar_types.h"
#include "loaders/torch_format/tensor_reader.h"

namespace loadstone::testing {
namespace {

// A key as the paths write it.
std::string KeyText(const pickle::Value& key) {
  absl::string_view text;
  if (key.AsText(&text)) return std::string(text);
  if (key.kind() == pickle::Kind::kInt) return absl::StrCat("#", key.int_value());
  if (key.kind() == pickle::Kind::kTuple) {
    return absl::StrCat("#(", absl::StrJoin(key.items(), ", ", [](std::string* out, const pickle::Value& item) {
                          absl::StrAppend(out, item.kind() == pickle::Kind::kInt ? absl::StrCat(item.int_value()) : "?");
                        }), ")");
  }
  return "#?";
}

const pickle::Value* Find(const pickle::Dict& dict, absl::string_view key) {
  for (const pickle::Dict::Entry& entry : dict.entries) {
    if (KeyText(entry.key) == key) return &entry.value;
  }
  return nullptr;
}

absl::StatusOr<pickle::Value> Step(const pickle::Value& value, absl::string_view key) {
  if (const pickle::Dict* dict = AsMapping(value)) {
    if (const pickle::Value* found = Find(*dict, key)) return *found;
  }
  size_t index;
  const bool is_index = absl::SimpleAtoi(key, &index);
  const bool is_sequence = value.kind() == pickle::Kind::kTuple || value.kind() == pickle::Kind::kList ||
                           value.kind() == pickle::Kind::kSet;
  if (is_sequence && is_index && index < value.items().size()) return value.items()[index];
  if (value.kind() == pickle::Kind::kObject) {
    const pickle::Object& object = value.object();
    if (key == "@args") return object.args;
    if (key == "@state") return object.state();
    if (key == "@items") return value;  // what the object holds as a dict or list: the next step looks there first
    for (const pickle::Value& state : object.states) {
      if (state.kind() == pickle::Kind::kDict) {
        if (const pickle::Value* found = Find(state.dict(), key)) return *found;
      } else if (state.kind() == pickle::Kind::kTuple && is_index && index < state.items().size()) {
        return state.items()[index];
      } else if (state.kind() == pickle::Kind::kTuple) {
        for (const pickle::Value& part : state.items()) {
          const pickle::Value* found = part.kind() == pickle::Kind::kDict ? Find(part.dict(), key) : nullptr;
          if (found != nullptr) return *found;
        }
      }
    }
    if (is_index && index < object.items.size()) return object.items[index];
  }
  return absl::NotFoundError(absl::StrCat("no '", key, "' in ", pickle::KindName(value.kind())));
}

std::string CompareOne(const at::Tensor& tensor, const nlohmann::json& expected) {
  std::string differences;
  const auto check = [&differences](absl::string_view what, const std::string& ours, const std::string& python) {
    if (ours != python) absl::StrAppend(&differences, " ", what, " ", ours, " instead of ", python);
  };
  const std::optional<c10::ScalarType> type = ScalarTypeOfDtype(expected["dtype"].get<std::string>());
  check("dtype", c10::toString(tensor.scalar_type()), type.has_value() ? c10::toString(*type) : "?");
  check("shape", nlohmann::json(tensor.sizes().vec()).dump(), expected["shape"].dump());
  if (expected.contains("stride") && tensor.layout() == c10::kStrided) {
    check("stride", nlohmann::json(tensor.strides().vec()).dump(), expected["stride"].dump());
    check("offset", absl::StrCat(tensor.storage_offset()), absl::StrCat(expected.value("storage_offset", 0)));
  }
  if (differences.empty()) check("sha256", TensorSha256(tensor), expected["sha256"].get<std::string>());
  return differences;
}

}  // namespace

std::string Sha256(absl::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), size));
}

std::string TensorSha256(const at::Tensor& tensor) {
  at::Tensor plain = tensor.is_quantized() ? at::int_repr(tensor) : tensor;
  if (plain.layout() != c10::kStrided) plain = plain.to_dense();
  plain = plain.resolve_conj().resolve_neg().contiguous();
  return Sha256(absl::string_view(static_cast<const char*>(plain.const_data_ptr()),
                                  static_cast<size_t>(plain.numel()) * plain.element_size()));
}

absl::StatusOr<pickle::Value> ValueAt(const pickle::Value& root, absl::string_view path) {
  pickle::Value value = root;
  if (path.empty()) return value;
  for (const absl::string_view part : absl::StrSplit(path, '/')) {
    const std::string key = absl::StrReplaceAll(absl::StrReplaceAll(part, {{"~1", "/"}}), {{"~0", "~"}});
    ASSIGN_OR_RETURN(value, Step(value, key));
  }
  return value;
}

std::vector<std::string> CompareTensors(const TorchFile& file, const nlohmann::json& tensors) {
  std::vector<std::string> differences;
  TensorReader reader(file);
  for (const auto& [path, expected] : tensors.items()) {
    const absl::StatusOr<pickle::Value> value = ValueAt(file.document().root(), path);
    if (!value.ok()) {
      differences.push_back(absl::StrCat(path, ": ", value.status().message()));
      continue;
    }
    if (!TensorReader::IsTensor(*value)) {
      differences.push_back(absl::StrCat(path, ": is no tensor but ", pickle::KindName(value->kind())));
      continue;
    }
    const absl::StatusOr<at::Tensor> tensor = reader.Read(*value);
    const std::string difference = tensor.ok() ? CompareOne(*tensor, expected) : absl::StrCat(" ", tensor.status().message());
    if (!difference.empty()) differences.push_back(absl::StrCat(path, ":", difference));
  }
  return differences;
}

std::vector<std::string> CompareTensors(const StateDict& weights, const nlohmann::json& tensors) {
  std::vector<std::string> differences;
  for (const Named<Attribute>& entry : weights.entries) {
    if (!tensors.contains(entry.name)) differences.push_back(absl::StrCat(entry.name, ": is not in Python's"));
  }
  for (const auto& [key, expected] : tensors.items()) {
    const Attribute* value = FindNamed(weights.entries, key);
    const std::string difference =
        value == nullptr || value->tensor() == nullptr ? " is no tensor" : CompareOne(*value->tensor(), expected);
    if (!difference.empty()) differences.push_back(absl::StrCat(key, ":", difference));
  }
  return differences;
}

}  // namespace loadstone::testing
