#include "loaders/torch_format/file_content.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/near_misses.h"
#include "loaders/torch_format/objects.h"
#include "loaders/torch_format/tensor_reader.h"

namespace loadstone {
namespace {

constexpr int kMaxLevels = 4;           // of dicts in dicts that are searched
constexpr size_t kMaxEntries = 100'000;  // of all dicts that are searched

// In the order of preference; FORMATS of the usual training scripts.
constexpr absl::string_view kUsualKeys[] = {
    "model_state_dict", "state_dict", "model_state", "model", "net", "network", "module", "weights", "params",
    "generator", "ema_state_dict", "model_ema", "ema",
};

// Entries of an optimizer's or scheduler's state are no model.
bool IsTrainingState(absl::string_view key) {
  return absl::StrContains(key, "optim") || absl::StrContains(key, "scheduler") || absl::StrContains(key, "scaler");
}

// A dict of text keys, tensors among its values, nothing that looks like a dict of weights of its own.
bool IsStateDict(const pickle::Value& value) {
  const pickle::Dict* dict = AsMapping(value);
  if (dict == nullptr) return false;
  size_t tensors = 0;
  for (const pickle::Dict::Entry& entry : dict->entries) {
    absl::string_view key;
    if (!entry.key.AsText(&key)) return false;
    if (TensorReader::IsTensor(entry.value)) ++tensors;
  }
  return tensors > 0 && tensors * 2 >= dict->entries.size();
}

bool IsEmptyStateDict(const pickle::Value& value) {
  const pickle::Dict* dict = AsMapping(value);
  return dict != nullptr && dict->entries.empty() && value.kind() == pickle::Kind::kObject &&
         value.object().callable.IsName("collections", "OrderedDict");
}

void Search(const pickle::Value& value, const std::string& path, int level, size_t& budget,
            std::vector<Candidate>& found) {
  if (IsModule(value)) {
    found.push_back({path, value, 0});
    return;
  }
  const pickle::Dict* dict = AsMapping(value);
  if (dict == nullptr) return;
  if (IsStateDict(value)) {
    found.push_back({path, value, dict->entries.size()});
    return;
  }
  if (level == kMaxLevels) return;
  for (const pickle::Dict::Entry& entry : dict->entries) {
    absl::string_view key;
    if (budget == 0) return;
    --budget;
    if (!entry.key.AsText(&key) || IsTrainingState(key)) continue;
    Search(entry.value, path.empty() ? std::string(key) : absl::StrCat(path, ".", key), level + 1, budget, found);
  }
}

std::vector<std::string> Paths(const std::vector<Candidate>& candidates) {
  std::vector<std::string> paths;
  for (const Candidate& candidate : candidates) paths.push_back(candidate.path);
  return paths;
}

}  // namespace

absl::string_view ContentName(ContentKind kind) {
  switch (kind) {
    case ContentKind::kModule: return "a whole module";
    case ContentKind::kStateDict: return "a state dict";
    case ContentKind::kCheckpoint: return "a checkpoint dict";
    case ContentKind::kOther: return "no model";
  }
  return "?";
}

ContentKind Classify(const pickle::Value& root) {
  if (IsModule(root)) return ContentKind::kModule;
  if (IsStateDict(root) || IsEmptyStateDict(root)) return ContentKind::kStateDict;
  return FindCandidates(root).empty() ? ContentKind::kOther : ContentKind::kCheckpoint;
}

std::vector<Candidate> FindCandidates(const pickle::Value& root) {
  std::vector<Candidate> found;
  size_t budget = kMaxEntries;
  Search(root, "", 0, budget, found);
  return found;
}

absl::StatusOr<Candidate> ChooseCandidate(const pickle::Value& root, absl::string_view weights_key) {
  std::vector<Candidate> candidates = FindCandidates(root);
  if (!weights_key.empty()) {
    for (Candidate& candidate : candidates) {
      if (candidate.path == weights_key) return std::move(candidate);
    }
    return absl::NotFoundError(absl::StrCat("the checkpoint holds no weights at '", weights_key, "'",
                                            DidYouMean(weights_key, Paths(candidates))));
  }
  for (const absl::string_view usual : kUsualKeys) {
    for (Candidate& candidate : candidates) {
      if (candidate.path == usual) return std::move(candidate);
    }
  }
  if (candidates.size() == 1) return std::move(candidates.front());
  if (candidates.empty()) return absl::NotFoundError("the file holds no weights");
  return absl::InvalidArgumentError(absl::StrCat("the checkpoint holds ", candidates.size(), " models: ",
                                                 absl::StrJoin(Paths(candidates), ", "),
                                                 "; name one (\"weights_key\" in model.json, --weights_key)"));
}

}  // namespace loadstone
