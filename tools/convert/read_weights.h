// Every weight in a file, whatever its format.
#ifndef LOADSTONE_TOOLS_CONVERT_READ_WEIGHTS_H_
#define LOADSTONE_TOOLS_CONVERT_READ_WEIGHTS_H_

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/byte_source.h"
#include "engine/named.h"
#include "engine/plugin_registry.h"

namespace loadstone {

struct Weights {
  // Named as in the file: a state dict's keys, or what model.state_dict() would name a module's; below the keys that
  // lead to them in a checkpoint, all joined by '.'. They keep the file's memory alive.
  NamedList<at::Tensor> tensors;
  // Keys of a checkpoint or state dict that hold no weights: "epoch", "optimizer_state_dict".
  std::vector<std::string> left_out;
  // Asked whether it is intact (ByteSource::CheckIntact) once the tensors have been read.
  std::shared_ptr<const ByteSource> source;
};

// The weights of every model in the file; or, when `weights_key` is not empty, of that one, its names without the key.
// Builds and runs nothing: classes need not be registered. A torch.save file without a model (a tensor, a list of
// tensors) gives the tensors it holds, named by their place. InvalidArgument: a file of no known format, or without
// tensors. NotFound: no such file or key. Others: see Loader::Load.
// A TorchScript archive's are the tensors among its attributes, by their paths.
absl::StatusOr<Weights> ReadWeights(const std::string& path, absl::string_view weights_key,
                                    const PluginRegistry& registry);

// The tensors of a TorchScript archive alone. InvalidArgument: the file is none.
absl::StatusOr<Weights> ReadTorchscriptWeights(const ByteSource& source);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_CONVERT_READ_WEIGHTS_H_
