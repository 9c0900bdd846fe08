// Classes and functions that do no harm when Python's unpickler calls them.
#ifndef LOADSTONE_TOOLS_INSPECT_KNOWN_NAMES_H_
#define LOADSTONE_TOOLS_INSPECT_KNOWN_NAMES_H_

#include "absl/strings/string_view.h"

namespace loadstone {

// True for plain data, tensors and their parts, and the layers, functions and optimizers of PyTorch itself. False says
// nothing of a name but that it is not among them: builtins.getattr reaches anything, a user's class may do anything.
// REQUIRES: normalised (loaders/pickle/name_normalization.h).
bool IsKnownName(absl::string_view module, absl::string_view name);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_INSPECT_KNOWN_NAMES_H_
