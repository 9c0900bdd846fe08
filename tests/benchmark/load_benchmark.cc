// How long files take to load, and how much memory that takes before their first use. compare_loads.py makes the files
// and runs this beside Python's torch.load. By itself:
//   python tests/benchmark/make_state_dict.py big.pth
//   bazel run --config=opt //tests/benchmark:load_benchmark -- --mlp=$PWD/big.pth --layers=16 --width=4096
// The second and later iterations find the file in the page cache.
#include <algorithm>
#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "benchmark/benchmark.h"
#include "engine/base/logging.h"
#include "engine/byte_source.h"
#include "engine/engine.h"
#include "engine/module_def_builder.h"
#include "engine/module_state.h"
#include "plugins/builtin/builtin_plugins.h"

ABSL_FLAG(std::vector<std::string>, weights, {}, "files with weights, read as torch.load reads them: names to tensors");
ABSL_FLAG(std::vector<std::string>, modules, {}, "files with whole modules, loaded until they are ready to run");
ABSL_FLAG(std::string, mlp, "", "a state dict that make_state_dict.py wrote, loaded until it is ready to run");
ABSL_FLAG(int64_t, layers, 16, "its layers");
ABSL_FLAG(int64_t, width, 4096, "their width");

namespace loadstone {
namespace {

// Sequential(Linear(width, width), ...), as make_state_dict.py builds it.
class Mlp : public TensorModule {
 public:
  explicit Mlp(ModuleState& state) : TensorModule(state) {}
  static void Construct(AttributeReader& arguments, ModuleDefBuilder& self) {
    const int64_t width = arguments.Int("width");
    for (int64_t i = 0; i < arguments.Int("layers"); ++i) {
      self.Child(absl::StrCat(i), "torch.nn.Linear", {width, width});
    }
  }
  at::Tensor ForwardTensor(const at::Tensor& input) const override {
    at::Tensor x = input;
    for (const Named<std::shared_ptr<Module>>& layer : children()) x = (*layer.value)(x);
    return x;
  }
};

// A line of /proc/self/status in MiB: "RssAnon" counts what is neither file nor shared.
double StatusMiB(absl::string_view field) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> words = absl::StrSplit(line, absl::ByAnyChar(": \t"), absl::SkipEmpty());
    int64_t kib;
    if (words.size() > 1 && words[0] == field && absl::SimpleAtoi(words[1], &kib))
      return static_cast<double>(kib) / 1024;
  }
  return 0;
}

std::shared_ptr<const PluginRegistry> MakeRegistry() {
  auto registry = std::make_shared<PluginRegistry>();
  CHECK(RegisterBuiltinPlugins(*registry).ok());
  CHECK(registry
            ->AddModuleClass({.name = "benchmark.Mlp",
                              .signature = "layers, width",
                              .construct = Mlp::Construct,
                              .build = BuildModule<Mlp>})
            .ok());
  return registry;
}

// Times `load`, not what follows: counting the tensors of what it gave, and freeing that. Reports the largest growth of
// anonymous memory in one load.
template <typename Load, typename Count>
void TimeLoads(benchmark::State& state, const Load& load, const Count& count) {
  double anonymous_mib = 0;
  size_t tensors = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const double before = StatusMiB("RssAnon");
    {
      state.ResumeTiming();
      const auto loaded = load();
      state.PauseTiming();
      anonymous_mib = std::max(anonymous_mib, StatusMiB("RssAnon") - before);
      tensors = count(loaded);
    }
    state.ResumeTiming();
  }
  state.counters["anonymous_MiB"] = anonymous_mib;
  state.counters["tensors"] = static_cast<double>(tensors);
}

// Opened, recognised and read, as torch.load does: every tensor by its name.
StateDict ReadWeights(const PluginRegistry& registry, const std::string& path) {
  const absl::StatusOr<std::shared_ptr<ByteSource>> source = ByteSource::Map(path);
  CHECK(source.ok()) << source.status();
  const Loader* able = nullptr;
  for (const PluginRegistry::Entry<Loader>& entry : registry.loaders()) {
    if (entry.value->CanLoad(**source).ok()) able = entry.value.get();
  }
  CHECK(able != nullptr) << path;
  absl::StatusOr<ModelContent> content = able->Load({.name = path, .path = path}, **source);
  CHECK(content.ok()) << content.status();
  return std::get<StateDict>(*std::move(content));
}

// Until the model could run.
struct LoadedModel {
  std::unique_ptr<Engine> engine;
  ServableHandle handle;
};

LoadedModel LoadModel(const std::shared_ptr<const PluginRegistry>& registry, const ModelSpec& spec) {
  absl::StatusOr<std::unique_ptr<Engine>> engine = Engine::Create({.registry = registry});
  CHECK((*engine)->AddModel(spec).ok());
  absl::StatusOr<ServableHandle> handle = (*engine)->Acquire(spec.name);
  CHECK(handle.ok()) << handle.status();
  return {*std::move(engine), *std::move(handle)};
}

size_t CountTensors(const LoadedModel& model) {
  const Module& module = model.handle->module();
  return module.named_parameters().size() + module.named_buffers().size();
}

void RegisterBenchmarks() {
  const std::shared_ptr<const PluginRegistry> registry = MakeRegistry();
  const auto add = [](const std::string& name, auto run) {
    benchmark::RegisterBenchmark(name.c_str(), run)->Unit(benchmark::kMillisecond)->UseRealTime();
  };
  const auto add_model = [&](const std::string& kind, const ModelSpec& spec) {
    add(kind + spec.path, [registry, spec](benchmark::State& state) {
      TimeLoads(state, [&] { return LoadModel(registry, spec); }, CountTensors);
    });
  };
  for (const std::string& path : absl::GetFlag(FLAGS_weights)) {
    add("weights:" + path, [registry, path](benchmark::State& state) {
      TimeLoads(
          state, [&] { return ReadWeights(*registry, path); },
          [](const StateDict& weights) { return weights.entries.size(); });
    });
  }
  for (const std::string& path : absl::GetFlag(FLAGS_modules)) add_model("module:", {.name = path, .path = path});
  const std::string mlp = absl::GetFlag(FLAGS_mlp);
  if (mlp.empty()) return;
  const std::vector<Attribute> arguments = {absl::GetFlag(FLAGS_layers), absl::GetFlag(FLAGS_width)};
  add_model("mlp:",
            {.name = mlp,
             .path = mlp,
             .architecture = Architecture{.class_name = "benchmark.Mlp", .arguments = {.positional = arguments}}});
}

}  // namespace
}  // namespace loadstone

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  absl::ParseCommandLine(argc, argv);
  loadstone::RegisterBenchmarks();
  benchmark::RunSpecifiedBenchmarks();
}
