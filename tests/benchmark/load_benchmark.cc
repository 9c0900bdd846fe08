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
    if (words.size() > 1 && words[0] == field && absl::SimpleAtoi(words[1], &kib)) return static_cast<double>(kib) / 1024;
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

// The largest growth of anonymous memory in one load, and what follows from the number of tensors.
class Counters {
 public:
  void Begin() { before_ = StatusMiB("RssAnon"); }
  void End() { anonymous_mib_ = std::max(anonymous_mib_, StatusMiB("RssAnon") - before_); }
  void Report(size_t tensors, benchmark::State& state) const {
    state.counters["anonymous_MiB"] = anonymous_mib_;
    state.counters["tensors"] = static_cast<double>(tensors);
  }

 private:
  double before_ = 0;
  double anonymous_mib_ = 0;
};

// Opened, recognised and read, as torch.load does: every tensor by its name.
void ReadWeights(benchmark::State& state, const PluginRegistry& registry, const std::string& path) {
  Counters counters;
  size_t tensors = 0;
  for (auto _ : state) {
    state.PauseTiming();
    counters.Begin();
    state.ResumeTiming();
    const absl::StatusOr<std::shared_ptr<ByteSource>> source = ByteSource::Map(path);
    CHECK(source.ok()) << source.status();
    const Loader* able = nullptr;
    for (const PluginRegistry::Entry<Loader>& entry : registry.loaders()) {
      if (entry.value->CanLoad(**source).ok()) able = entry.value.get();
    }
    CHECK(able != nullptr) << path;
    const absl::StatusOr<ModelContent> content = able->Load({.name = path, .path = path}, **source);
    CHECK(content.ok()) << content.status();
    tensors = std::get<StateDict>(*content).entries.size();
    state.PauseTiming();
    counters.End();
    state.ResumeTiming();
  }
  counters.Report(tensors, state);
}

// Engine::Acquire of a new engine, until the model could run.
void LoadModel(benchmark::State& state, const std::shared_ptr<const PluginRegistry>& registry, const ModelSpec& spec) {
  Counters counters;
  size_t tensors = 0;
  for (auto _ : state) {
    state.PauseTiming();
    counters.Begin();
    state.ResumeTiming();
    absl::StatusOr<std::unique_ptr<Engine>> engine = Engine::Create({.registry = registry});
    CHECK((*engine)->AddModel(spec).ok());
    const absl::StatusOr<ServableHandle> model = (*engine)->Acquire(spec.name);
    CHECK(model.ok()) << model.status();
    state.PauseTiming();
    counters.End();
    tensors = (*model)->module().named_parameters().size() + (*model)->module().named_buffers().size();
    state.ResumeTiming();
  }
  counters.Report(tensors, state);
}

void RegisterBenchmarks() {
  const std::shared_ptr<const PluginRegistry> registry = MakeRegistry();
  const auto add = [](const std::string& name, auto run) {
    benchmark::RegisterBenchmark(name.c_str(), run)->Unit(benchmark::kMillisecond)->UseRealTime();
  };
  for (const std::string& path : absl::GetFlag(FLAGS_weights)) {
    add("weights:" + path, [registry, path](benchmark::State& state) { ReadWeights(state, *registry, path); });
  }
  for (const std::string& path : absl::GetFlag(FLAGS_modules)) {
    const ModelSpec spec{.name = path, .path = path};
    add("module:" + path, [registry, spec](benchmark::State& state) { LoadModel(state, registry, spec); });
  }
  const std::string mlp = absl::GetFlag(FLAGS_mlp);
  if (mlp.empty()) return;
  const std::vector<Attribute> arguments = {absl::GetFlag(FLAGS_layers), absl::GetFlag(FLAGS_width)};
  const ModelSpec spec{.name = mlp,
                       .path = mlp,
                       .architecture = Architecture{.class_name = "benchmark.Mlp", .arguments = {.positional = arguments}}};
  add("mlp:" + mlp, [registry, spec](benchmark::State& state) { LoadModel(state, registry, spec); });
}

}  // namespace
}  // namespace loadstone

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  absl::ParseCommandLine(argc, argv);
  loadstone::RegisterBenchmarks();
  benchmark::RunSpecifiedBenchmarks();
}
