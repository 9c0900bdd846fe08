// Builds layers for tests: by constructor arguments, with weights that Python can make too.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_LAYER_TEST_UTIL_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_LAYER_TEST_UTIL_H_

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/module.h"
#include "engine/module_def.h"
#include "engine/signature.h"

namespace loadstone::testing {

// Class(*positional, **keyword) of torch.nn, as data.
absl::StatusOr<std::shared_ptr<ModuleDef>> ConstructLayer(absl::string_view class_name, const Arguments& arguments);

// Numbers from -0.5 to 0.5 in equal steps: sequence_layer_numbers.py has the same.
at::Tensor Ramp(const std::vector<int64_t>& shape);

// What the engine makes of a module and those below, whose random parameters become ramps.
absl::StatusOr<std::shared_ptr<Module>> BuildLayer(ModuleDef& def);
absl::StatusOr<std::shared_ptr<Module>> BuildLayer(absl::string_view class_name, const Arguments& arguments);

// All numbers of a tensor.
std::vector<float> Numbers(const at::Tensor& tensor);

}  // namespace loadstone::testing

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_LAYER_TEST_UTIL_H_
