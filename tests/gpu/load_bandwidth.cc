// How fast weights go from a file to a GPU, and what share that is of the fastest copy there is: from pinned memory, of
// the same bytes, in one piece. Prints a line for each; the file is in the page cache.
//   load_bandwidth [GiB]
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/logging.h"
#include "engine/engine.h"
#include "engine/module_def_builder.h"
#include "engine/module_state.h"
#include "plugins/builtin/builtin_plugins.h"
#include "plugins/cuda/cuda_device.h"
#include "tools/tensor_io/safetensors_file.h"

namespace loadstone {
namespace {

namespace fs = std::filesystem;

constexpr int kRounds = 5;
constexpr int64_t kWeightBytes = int64_t{64} << 20;

// Nothing but weights.
class Weights : public TensorModule {
 public:
  explicit Weights(ModuleState& state) : TensorModule(state) {}
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
    for (int64_t i = 0; i < arguments.Int("count"); ++i) self.Parameter(absl::StrCat("weight", i), {kWeightBytes / 4});
  }
  at::Tensor ForwardTensor(const at::Tensor& input) const override { return input; }
};

template <typename Work>
double Seconds(const Work& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// The best of several rounds: what the bus can do, not what else the machine did.
template <typename Work>
double BestSeconds(const Work& work) {
  double best = Seconds(work);
  for (int round = 1; round < kRounds; ++round) best = std::min(best, Seconds(work));
  return best;
}

double LoadSeconds(const std::shared_ptr<const PluginRegistry>& registry, const ModelSpec& spec) {
  return BestSeconds([&] {
    absl::StatusOr<std::unique_ptr<Engine>> engine = Engine::Create({.registry = registry});
    CHECK(engine.ok()) << engine.status();
    CHECK((*engine)->AddModel(spec).ok());
    const absl::StatusOr<ServableHandle> model = (*engine)->Acquire(spec.name);
    CHECK(model.ok()) << model.status();
  });
}

double PinnedCopySeconds(const Device& gpu, int64_t bytes) {
  const at::Tensor pinned = at::empty({bytes}, at::TensorOptions(at::kByte).pinned_memory(true));
  const at::Tensor there = at::empty({bytes}, at::TensorOptions(at::kByte).device(gpu.torch_device()));
  pinned.zero_();
  return BestSeconds([&] {
    there.copy_(pinned, /*non_blocking=*/true);
    CHECK(gpu.Synchronize().ok());
  });
}

void Measure(int64_t count) {
  const auto registry = std::make_shared<PluginRegistry>();
  CHECK(RegisterBuiltinPlugins(*registry).ok());
  const ModuleClass weights = {.name = "benchmark.Weights",
                               .signature = "count",
                               .construct = Weights::Construct,
                               .build = BuildModule<Weights>};
  CHECK(registry->AddModuleClass(weights).ok());
  const absl::StatusOr<const Device*> gpu = registry->FindDevice("cuda:0");
  CHECK(gpu.ok()) << gpu.status();

  const std::string path =
      (fs::temp_directory_path() / absl::StrCat("load_bandwidth.", getpid(), ".safetensors")).string();
  {
    NamedList<at::Tensor> tensors;
    const at::Tensor weight = at::zeros({kWeightBytes / 4});
    for (int64_t i = 0; i < count; ++i) tensors.push_back({absl::StrCat("weight", i), weight});
    CHECK(WriteSafetensorsFile(path, tensors).ok());
  }
  ModelSpec spec;
  spec.name = "weights";
  spec.path = path;
  spec.architecture = Architecture{.class_name = "benchmark.Weights", .arguments = {.positional = {Attribute(count)}}};
  spec.device = "cuda:0";
  const double gib = static_cast<double>(count * kWeightBytes) / (int64_t{1} << 30);
  const double load = gib / LoadSeconds(registry, spec);
  fs::remove(path);
  const double copy = gib / PinnedCopySeconds(**gpu, count * kWeightBytes);
  std::cout << "weights: " << gib << " GiB in " << count << " tensors, best of " << kRounds << "\n"
            << "load, file to GPU: " << load << " GiB/s\n"
            << "pinned copy: " << copy << " GiB/s\n"
            << "share: " << 100 * load / copy << " %" << std::endl;
}

}  // namespace
}  // namespace loadstone

int main(int argc, char** argv) {
  int64_t gib = 4;
  if (argc > 2 || (argc == 2 && (!absl::SimpleAtoi(argv[1], &gib) || gib < 1))) {
    std::cerr << "usage: load_bandwidth [GiB]\n";
    return 2;
  }
  if (loadstone::CudaDeviceCount() == 0) {
    std::cout << "no GPU here, or a LibTorch without CUDA: nothing is measured" << std::endl;
    return 0;
  }
  loadstone::Measure(gib * ((int64_t{1} << 30) / loadstone::kWeightBytes));
}
