// Which classes and functions a pickle has no honest reason to name. Nothing named is ever called here, so this
// decides no safety: it tells the user that a file was made to attack other readers, instead of loading the rest.
#ifndef LOADSTONE_LOADERS_PICKLE_DANGEROUS_NAMES_H_
#define LOADSTONE_LOADERS_PICKLE_DANGEROUS_NAMES_H_

#include "absl/strings/string_view.h"

namespace loadstone::pickle {

// What the call of `module`.`name` would do, for a message ("runs commands", "opens network connections"), or ""
// when it is not known to do harm: users' own classes are not. Judges by module, by name, and by the parts of a
// dotted name. REQUIRES: normalised (name_normalization.h).
// builtins.getattr and functools.partial pass, for models hold both: whoever interprets them judges their arguments.
absl::string_view DangerOf(absl::string_view module, absl::string_view name);

}  // namespace loadstone::pickle

#endif  // LOADSTONE_LOADERS_PICKLE_DANGEROUS_NAMES_H_
