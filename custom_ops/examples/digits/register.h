// The classes of tests/testdata/digits/python/digits/model.py, as an example of a user's own.
#ifndef LOADSTONE_CUSTOM_OPS_EXAMPLES_DIGITS_REGISTER_H_
#define LOADSTONE_CUSTOM_OPS_EXAMPLES_DIGITS_REGISTER_H_

#include "absl/status/status.h"
#include "engine/plugin_registry.h"

namespace loadstone {

// Adds digits.model.DigitsNet and digits.model.BasicBlock.
absl::Status RegisterDigits(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_EXAMPLES_DIGITS_REGISTER_H_
