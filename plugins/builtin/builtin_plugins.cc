#include "plugins/builtin/builtin_plugins.h"

#include "custom_ops/examples/digits/register.h"
#include "custom_ops/python_source/register.h"
#include "custom_ops/torch_nn/register.h"
#include "custom_ops/torchvision/register.h"
#include "custom_ops/transformers/register.h"
#include "engine/base/status_macros.h"
#include "loaders/checkpoint/checkpoint_loader.h"
#include "loaders/full_module/full_module_loader.h"
#include "loaders/hugging_face/hugging_face_folder.h"
#include "loaders/safetensors/safetensors_loader.h"
#include "loaders/state_dict/state_dict_loader.h"
#include "loaders/torchscript/torchscript_loader.h"
#include "plugins/cpu/cpu_device.h"
#include "plugins/cuda/cuda_device.h"

namespace loadstone {
namespace {

struct Plugin {
  absl::string_view origin;
  absl::Status (*install)(PluginRegistry& registry);
};

constexpr Plugin kPlugins[] = {
    {"loaders/full_module", RegisterFullModuleLoader},
    {"loaders/state_dict", RegisterStateDictLoader},
    {"loaders/checkpoint", RegisterCheckpointLoader},
    {"loaders/safetensors", RegisterSafetensorsLoader},
    {"loaders/hugging_face", RegisterHuggingFaceFolder},
    {"loaders/torchscript", RegisterTorchscriptLoader},
    {"plugins/cpu", RegisterCpuDevice},
    {"plugins/cuda", RegisterCudaDevices},
    {"custom_ops/torch_nn", RegisterTorchNn},
    {"custom_ops/torchvision", RegisterTorchvision},
    {"custom_ops/transformers", RegisterTransformers},
    {"custom_ops/examples/digits", RegisterDigits},
    {"custom_ops/python_source", RegisterPythonSource},
};

}  // namespace

absl::Status RegisterBuiltinPlugins(PluginRegistry& registry) {
  for (const Plugin& plugin : kPlugins) RETURN_IF_ERROR(registry.Install(plugin.origin, plugin.install));
  return absl::OkStatus();
}

}  // namespace loadstone
