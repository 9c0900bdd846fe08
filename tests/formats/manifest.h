// Tensors that Python read from a file, by path and checksum, and their comparison with ours.
#ifndef LOADSTONE_TESTS_FORMATS_MANIFEST_H_
#define LOADSTONE_TESTS_FORMATS_MANIFEST_H_

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <nlohmann/json_fwd.hpp>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/state_dict.h"
#include "loaders/pickle/value.h"
#include "loaders/torch_format/torch_file.h"

namespace loadstone::testing {

// Lower-case hex.
std::string Sha256(absl::string_view bytes);
// Of the elements in row-major order, little-endian; of int_repr() for a quantized, of to_dense() for a sparse tensor.
std::string TensorSha256(const at::Tensor& tensor);

// The value at `path` below `root`: keys joined by '/', in a key "~0" is '~' and "~1" is '/'; a list or tuple index is
// its number; a key that is no text is '#' and its Python text; an object's state goes by attribute name, its call's
// arguments are "@args/0", its whole state "@state", its entries as a dict or list "@items". NotFound: nothing there.
absl::StatusOr<pickle::Value> ValueAt(const pickle::Value& root, absl::string_view path);

// Compares every tensor of `tensors` ({path: {"dtype", "shape", "stride", "storage_offset", "sha256"}}) with the file's.
// One line for each difference.
std::vector<std::string> CompareTensors(const TorchFile& file, const nlohmann::json& tensors);
// The same for weights whose keys are the paths; a tensor that `tensors` lacks is a difference too.
std::vector<std::string> CompareTensors(const StateDict& weights, const nlohmann::json& tensors);

}  // namespace loadstone::testing

#endif  // LOADSTONE_TESTS_FORMATS_MANIFEST_H_
