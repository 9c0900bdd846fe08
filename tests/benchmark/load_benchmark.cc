// How long a state dict takes to load, and how much memory it takes before its first use.
//   python tests/benchmark/make_state_dict.py big.pth
//   bazel run --config=opt //tests/benchmark:load_benchmark -- --state_dict=$PWD/big.pth --layers=16 --width=4096
// The second and later iterations find the file in the page cache.
#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "benchmark/benchmark.h"
#include "engine/base/logging.h"
#include "engine/engine.h"
#include "engine/module_def_builder.h"
#include "engine/module_state.h"
#include "plugins/builtin/builtin_plugins.h"

ABSL_FLAG(std::string, state_dict, "", "file that make_state_dict.py wrote");
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

void LoadStateDict(benchmark::State& state) {
  const std::shared_ptr<const PluginRegistry> registry = MakeRegistry();
  ModelSpec spec;
  spec.name = "mlp";
  spec.path = absl::GetFlag(FLAGS_state_dict);
  spec.architecture = Architecture{
      .class_name = "benchmark.Mlp",
      .arguments = {.positional = {absl::GetFlag(FLAGS_layers), absl::GetFlag(FLAGS_width)}}};
  double anonymous_mib = 0;
  for (auto _ : state) {
    absl::StatusOr<std::unique_ptr<Engine>> engine = Engine::Create({.registry = registry});
    CHECK((*engine)->AddModel(spec).ok());
    const double before = StatusMiB("RssAnon");
    const absl::StatusOr<ServableHandle> model = (*engine)->Acquire("mlp");
    CHECK(model.ok()) << model.status();
    anonymous_mib = std::max(anonymous_mib, StatusMiB("RssAnon") - before);
  }
  state.counters["anonymous_MiB"] = anonymous_mib;
  state.counters["layers"] = static_cast<double>(absl::GetFlag(FLAGS_layers));
}
BENCHMARK(LoadStateDict)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace loadstone

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  absl::ParseCommandLine(argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
