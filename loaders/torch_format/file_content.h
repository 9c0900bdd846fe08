// What a torch.save file holds, judged from the structure of its pickle.
#ifndef LOADSTONE_LOADERS_TORCH_FORMAT_FILE_CONTENT_H_
#define LOADSTONE_LOADERS_TORCH_FORMAT_FILE_CONTENT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "loaders/pickle/value.h"

namespace loadstone {

enum class ContentKind {
  kModule,      // torch.save(model)
  kStateDict,   // torch.save(model.state_dict())
  kCheckpoint,  // a dict with one of these inside, among other things
  kOther,       // a tensor, a list of them, an optimizer's state, somebody's settings, ...
};

// "a whole module", "a state dict", ...: for messages.
absl::string_view ContentName(ContentKind kind);

// Judged without interpreting any tensor.
ContentKind Classify(const pickle::Value& root);

// A model inside a checkpoint.
struct Candidate {
  std::string path;      // keys from the root, joined by '.'
  pickle::Value value;   // a module or a state dict
  size_t tensors = 0;    // entries of a state dict; 0 for a module
};

// Every module and state dict in `root`, an optimizer's own tensors excepted, in the file's order.
std::vector<Candidate> FindCandidates(const pickle::Value& root);

// The candidate at `weights_key`; or, when that is empty, the one under the name that training scripts use most
// (model_state_dict, state_dict, model, ...), or the only one there is.
// NotFound: nothing at that key (lists what there is). InvalidArgument: several, and none has a usual name.
absl::StatusOr<Candidate> ChooseCandidate(const pickle::Value& root, absl::string_view weights_key);

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_TORCH_FORMAT_FILE_CONTENT_H_
