// Functions of one tensor that a module keeps in an attribute, by the name that its pickle has.
#ifndef LOADSTONE_CUSTOM_OPS_TORCH_NN_FUNCTIONS_H_
#define LOADSTONE_CUSTOM_OPS_TORCH_NN_FUNCTIONS_H_

#include <ATen/core/Tensor.h>

#include "absl/strings/string_view.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone {

using UnaryFunction = at::Tensor (*)(const at::Tensor& input);

// "torch.nn.functional.relu", "torch._C._nn.gelu", "torch.tanh", ...: the function with its other parameters left at
// their defaults. Null when it is not known.
UnaryFunction FindUnaryFunction(absl::string_view qualified_name);

// Python's self.<name>(x), where self.<name> is such a function or a child module; a function hides a child of the same
// name. Notes a mistake otherwise. Valid for the module's life.
class UnaryCallable {
 public:
  UnaryCallable(ModuleState& state, absl::string_view name);
  at::Tensor operator()(const at::Tensor& input) const {
    return module_ == nullptr ? function_(input) : (*module_)(input);
  }

 private:
  const Module* module_ = nullptr;
  UnaryFunction function_ = nullptr;
};

}  // namespace loadstone

#endif  // LOADSTONE_CUSTOM_OPS_TORCH_NN_FUNCTIONS_H_
