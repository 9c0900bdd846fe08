#include "engine/internal/state_dict_keys.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace loadstone {
namespace {

// What DataParallel and DistributedDataParallel, torch.compile, FSDP, Lightning modules and training scripts put before
// the names of the model's own keys.
constexpr absl::string_view kWrapperPrefixes[] = {
    "module.",  "_orig_mod.", "_fsdp_wrapped_module.", "_checkpoint_wrapped_module.", "model.", "net.",
    "network.", "backbone.",
};

}  // namespace

std::string RenamedKey(const std::string& key, const ModelSpec& spec) {
  std::string renamed = key;
  for (const auto& [prefix, replacement] : spec.key_renames) {
    if (absl::StartsWith(renamed, prefix)) renamed = absl::StrCat(replacement, renamed.substr(prefix.size()));
  }
  return renamed;
}

bool ConsumeWrapperPrefix(absl::string_view& key) {
  for (const absl::string_view prefix : kWrapperPrefixes) {
    if (absl::ConsumePrefix(&key, prefix)) return true;
  }
  return false;
}

}  // namespace loadstone
