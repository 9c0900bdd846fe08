// Runs models from their source when it is told to, and says how long that took: compare_speed.py does the rest.
//   source_benchmark SAMPLES FOLDER...
// Loads each sample's state dict with the first folder of source that has its class, and writes the indices of those
// that load. Then for each line "INDEX TIMES" of its input it writes the seconds that so many calls took.
#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include <ATen/Parallel.h>

#include "absl/strings/str_cat.h"
#include "engine/base/logging.h"
#include "engine/base/status_macros.h"
#include "engine/engine.h"
#include "tests/differential/python_values.h"
#include "tests/differential/record_file.h"
#include "tests/integration/test_models.h"

namespace loadstone::testing {
namespace {

struct Loaded {
  ServableHandle model;
  Inputs inputs;
};

absl::StatusOr<Loaded> Load(Engine& engine, const Sample& sample, const std::string& source) {
  ModelSpec spec;
  spec.name = absl::StrCat(sample.name, " from ", source);
  spec.path = WriteTemporary(absl::StrCat(sample.name, ".pth"), sample.state_dict);
  spec.loader = "state_dict";
  spec.device = "cpu";
  spec.source = source;
  spec.architecture.emplace();
  spec.architecture->class_name = sample.class_name;
  ASSIGN_OR_RETURN(const Attribute arguments, ReadValue(sample.constructor));
  ASSIGN_OR_RETURN(spec.architecture->arguments, ToArguments(arguments));
  RETURN_IF_ERROR(engine.AddModel(spec));
  ASSIGN_OR_RETURN(ServableHandle model, engine.Acquire(spec.name));
  ASSIGN_OR_RETURN(const Attribute saved_inputs, ReadValue(sample.inputs));
  ASSIGN_OR_RETURN(Inputs inputs, ToInputs(saved_inputs));
  RETURN_IF_ERROR(model->Run(inputs).status());
  return Loaded{std::move(model), std::move(inputs)};
}

int Main(int argc, char** argv) {
  CHECK_GE(argc, 3) << "usage: source_benchmark SAMPLES FOLDER...";
  at::set_num_threads(1);
  const auto samples = ReadSamples(argv[1]);
  CHECK(samples.ok()) << samples.status();
  const std::unique_ptr<Engine> engine = EngineWithBuiltins();
  std::map<size_t, Loaded> loaded;
  for (size_t i = 0; i < samples->size(); ++i) {
    absl::Status last;
    for (int folder = 2; folder < argc && loaded.find(i) == loaded.end(); ++folder) {
      absl::StatusOr<Loaded> model = Load(*engine, (*samples)[i], argv[folder]);
      last = model.status();
      if (model.ok()) loaded.emplace(i, *std::move(model));
    }
    if (loaded.find(i) == loaded.end()) std::cerr << (*samples)[i].name << ": " << last << std::endl;
  }
  for (const auto& [index, model] : loaded) std::cout << index << " ";
  std::cout << std::endl;
  size_t index;
  for (int times; std::cin >> index >> times;) {
    const Loaded& model = loaded.at(index);
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i) CHECK(model.model->Run(model.inputs).ok());
    std::cout << std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace loadstone::testing

int main(int argc, char** argv) { return loadstone::testing::Main(argc, argv); }
