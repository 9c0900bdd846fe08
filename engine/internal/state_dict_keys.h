// Names of weights, as files have them and as architectures do.
#ifndef LOADSTONE_ENGINE_INTERNAL_STATE_DICT_KEYS_H_
#define LOADSTONE_ENGINE_INTERNAL_STATE_DICT_KEYS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "engine/model_spec.h"

namespace loadstone {

// `key` after the key_renames of `spec`.
std::string RenamedKey(const std::string& key, const ModelSpec& spec);

// Removes from the beginning of `key` what a wrapper puts there ("module.", "_orig_mod.", "model.", ...), one wrapper
// at a time. False, and nothing removed: there is no such prefix.
bool ConsumeWrapperPrefix(absl::string_view& key);

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_INTERNAL_STATE_DICT_KEYS_H_
