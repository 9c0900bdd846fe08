// TorchScript archives (torch.jit.save): a program and its weights, run by LibTorch.
#ifndef LOADSTONE_LOADERS_TORCHSCRIPT_TORCHSCRIPT_LOADER_H_
#define LOADSTONE_LOADERS_TORCHSCRIPT_TORCHSCRIPT_LOADER_H_

#include "absl/status/status.h"
#include "engine/loader.h"
#include "engine/plugin_registry.h"

namespace loadstone {

// The one format whose files hold code, and LibTorch runs it without bounds on time, memory or operators (some open
// files). So it is never chosen by looking at a file: only whoever trusts one names this loader.
class TorchscriptLoader : public Loader {
 public:
  absl::string_view name() const override { return "torchscript"; }
  // Always InvalidArgument; for a TorchScript archive it says how to load one.
  absl::Status CanLoad(const ByteSource& source) const override;
  // A ready module for the cpu; its weights are copied. InvalidArgument: no TorchScript archive. Unimplemented: the spec
  // names another device. DataLoss: one that LibTorch refuses (says why). Others: see OpenTorchscriptData.
  absl::StatusOr<ModelContent> Load(const ModelSpec& spec, const ByteSource& source) const override;
};

absl::Status RegisterTorchscriptLoader(PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_TORCHSCRIPT_TORCHSCRIPT_LOADER_H_
