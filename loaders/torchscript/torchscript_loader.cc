#include "loaders/torchscript/torchscript_loader.h"

#include <exception>
#include <memory>
#include <utility>

#include <c10/core/Device.h>
#include <caffe2/serialize/in_memory_adapter.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "loaders/torch_format/torch_file.h"
#include "loaders/torchscript/script_module.h"

namespace loadstone {
namespace {

// InvalidArgument: it is none. Other errors: as its data is read, which never runs its program.
absl::Status CheckIsTorchscript(const ByteSource& source) {
  // What torch.save wrote, other loaders have opened already.
  if (OpenTorchFile(source).ok()) return absl::InvalidArgumentError("not a TorchScript archive");
  return OpenTorchscriptData(source).status();
}

}  // namespace

absl::Status TorchscriptLoader::CanLoad(const ByteSource& source) const {
  const absl::Status status = CheckIsTorchscript(source);
  if (!status.ok()) return absl::InvalidArgumentError(status.message());
  return absl::InvalidArgumentError(
      "it would run as a program; if you trust it, name its loader: torchscript (\"loader\" in model.json, --loader, "
      "ModelSpec::loader)");
}

absl::StatusOr<ModelContent> TorchscriptLoader::Load(const ModelSpec& spec, const ByteSource& source) const {
  RETURN_IF_ERROR(CheckIsTorchscript(source));
  // Placing the module would move its wrapper's tensors, not those that the program uses.
  if (spec.device != "auto" && spec.device != "cpu") {
    return absl::UnimplementedError(absl::StrCat("TorchScript on device ", spec.device, ": it runs on the cpu only; name that device: cpu"));
  }
  try {
    const absl::string_view bytes = source.bytes();
    auto reader =
        std::make_shared<caffe2::serialize::MemoryReadAdapter>(bytes.data(), static_cast<off_t>(bytes.size()));
    ASSIGN_OR_RETURN(std::shared_ptr<Module> module,
                     WrapScriptModule(torch::jit::load(std::move(reader), c10::Device(c10::kCPU))));
    return ModelContent(std::move(module));
  } catch (const c10::Error& error) {
    return absl::DataLossError(absl::StrCat("LibTorch cannot load it: ", error.what_without_backtrace()));
  } catch (const std::exception& error) {
    return absl::DataLossError(absl::StrCat("LibTorch cannot load it: ", error.what()));
  }
}

absl::Status RegisterTorchscriptLoader(PluginRegistry& registry) {
  return registry.AddLoader(std::make_unique<TorchscriptLoader>());
}

}  // namespace loadstone
