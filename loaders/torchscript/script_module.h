// A TorchScript module as a Module.
#ifndef LOADSTONE_LOADERS_TORCHSCRIPT_SCRIPT_MODULE_H_
#define LOADSTONE_LOADERS_TORCHSCRIPT_SCRIPT_MODULE_H_

#include <memory>

#include <torch/csrc/jit/api/module.h>

#include "absl/status/statusor.h"
#include "engine/module.h"

namespace loadstone {

// Runs `module` by LibTorch's TorchScript interpreter, in eval mode. Parameters, buffers, sub-modules and print are
// those of torch.jit.load in Python (torch/jit/_script.py, RecursiveScriptModule).
// ResourceExhausted: modules nest too deeply, or into themselves.
absl::StatusOr<std::shared_ptr<Module>> WrapScriptModule(torch::jit::Module module);

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_TORCHSCRIPT_SCRIPT_MODULE_H_
