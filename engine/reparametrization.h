// A tensor that training keeps in parts, put together again.
#ifndef LOADSTONE_ENGINE_REPARAMETRIZATION_H_
#define LOADSTONE_ENGINE_REPARAMETRIZATION_H_

#include <functional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/module_def.h"

namespace loadstone {

// How a state dict's entries give a tensor that an architecture has whole: `weight_g` and `weight_v` give `weight`
// (torch.nn.utils.weight_norm, torch.nn.utils.parametrizations). Used only for a tensor whose own key is absent and all
// of whose parts are there. The function may be called by any thread.
struct Reparametrization {
  std::string name;  // what reports call it: "weight norm"
  // Keys of the parts, relative to the tensor's module; '*' stands for the tensor's name: "*_g",
  // "parametrizations.*.original0".
  std::vector<std::string> parts;
  // The tensor, as a forward in eval mode computes it. `parts` in the order above; `module` is the one that the tensor
  // belongs to. May throw c10::Error.
  std::function<absl::StatusOr<at::Tensor>(const ModuleDef& module, absl::Span<const at::Tensor> parts)> compute;
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_REPARAMETRIZATION_H_
