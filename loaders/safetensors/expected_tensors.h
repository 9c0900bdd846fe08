// What Python wrote into the files of testdata/.
#ifndef LOADSTONE_LOADERS_SAFETENSORS_EXPECTED_TENSORS_H_
#define LOADSTONE_LOADERS_SAFETENSORS_EXPECTED_TENSORS_H_

#include <string>
#include <vector>

#include "engine/state_dict.h"

namespace loadstone::testing {

// The path of a file of testdata/ in the runfiles.
std::string TestFile(const std::string& name);

// How the weights differ from what expected.json has for these files together, one line a tensor: name, dtype, shape
// and the SHA-256 of the bytes. Empty: not at all.
std::vector<std::string> DifferencesFromPython(const StateDict& weights, const std::vector<std::string>& files);

}  // namespace loadstone::testing

#endif  // LOADSTONE_LOADERS_SAFETENSORS_EXPECTED_TENSORS_H_
