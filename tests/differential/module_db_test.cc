// Every sample of PyTorch's own module database, loaded and run here and in Python.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/base/status_macros.h"
#include "engine/base/status_matchers.h"
#include "engine/engine.h"
#include "engine/module_def_builder.h"
#include "gtest/gtest.h"
#include "plugins/builtin/builtin_plugins.h"
#include "tests/differential/python_values.h"
#include "tests/differential/record_file.h"

namespace loadstone::testing {
namespace {

// Of the torch release that tools/requirements.txt names.
constexpr size_t kSamples = 4794;
constexpr int kConstructed = 4105;

// What is expected to differ from Python: "nn.Linear float32 3, output" and the reason.
std::map<std::string, std::string> KnownFailures() { return {}; }

// Names of parameters or buffers, one a line.
template <typename T>
std::string Lines(const std::vector<std::pair<std::string, T>>& named) {
  std::string lines;
  for (const auto& [name, value] : named) absl::StrAppend(&lines, name, "\n");
  return lines;
}

// Keys of module.state_dict(), one a line (nn.Module.state_dict).
void AppendKeys(const ModuleDef& module, const std::string& prefix, std::string& lines) {
  for (const Named<at::Tensor>& entry : module.parameters) {
    if (entry.value.defined()) absl::StrAppend(&lines, prefix, entry.name, "\n");
  }
  for (const Named<at::Tensor>& entry : module.buffers) {
    const auto& excluded = module.non_persistent_buffers;
    const bool persistent = std::find(excluded.begin(), excluded.end(), entry.name) == excluded.end();
    if (entry.value.defined() && persistent) absl::StrAppend(&lines, prefix, entry.name, "\n");
  }
  for (const Named<std::shared_ptr<ModuleDef>>& child : module.children) {
    if (child.value != nullptr) AppendKeys(*child.value, absl::StrCat(prefix, child.name, "."), lines);
  }
}

class ModuleDbTest : public ::testing::Test {
 protected:
  void SetUp() override {
    at::set_num_threads(1);
    const char* const path = std::getenv("MODULE_DB");
    ASSERT_NE(path, nullptr);
    ASSERT_OK_AND_ASSIGN(samples_, ReadSamples(path));
    auto registry = std::make_shared<PluginRegistry>();
    ASSERT_OK(RegisterBuiltinPlugins(*registry));
    registry_ = registry;
    ASSERT_OK_AND_ASSIGN(engine_, Engine::Create({.registry = registry_, .model_repository = ""}));
  }

  // The servable of a file of these bytes.
  absl::StatusOr<ServableHandle> LoadModel(const std::string& bytes, ModelSpec spec) {
    spec.path = absl::StrCat(::testing::TempDir(), "/model.pt");
    // A new file each time: the engine maps what it loads.
    std::remove(spec.path.c_str());
    std::ofstream(spec.path, std::ios::binary) << bytes;
    spec.name = absl::StrCat("model", ++models_);
    spec.device = "cpu";
    RETURN_IF_ERROR(engine_->AddModel(spec));
    return engine_->Acquire(spec.name);
  }

  // "" or how the output differs from Python's.
  static absl::StatusOr<std::string> CompareOutput(const Servable& servable, const Sample& sample) {
    ASSIGN_OR_RETURN(const Attribute saved_inputs, ReadValue(sample.inputs));
    ASSIGN_OR_RETURN(const Inputs inputs, ToInputs(saved_inputs));
    ASSIGN_OR_RETURN(const Attribute saved_output, ReadValue(sample.output));
    ASSIGN_OR_RETURN(const c10::IValue expected, ToIValue(saved_output));
    at::manual_seed(0);
    ASSIGN_OR_RETURN(const c10::IValue actual, servable.Run(inputs));
    const c10::InferenceMode inference_mode;
    return Difference(actual, expected);
  }

  void Expect(const Sample& sample, absl::string_view check, absl::string_view difference) {
    ++counts_[std::string(check)].first;
    if (difference.empty()) {
      ++counts_[std::string(check)].second;
    } else {
      failures_[absl::StrCat(sample.name, ", ", check)] = std::string(difference);
    }
  }

  void ExpectOutput(const Servable& servable, const Sample& sample, absl::string_view check) {
    const absl::StatusOr<std::string> difference = CompareOutput(servable, sample);
    Expect(sample, check, difference.ok() ? *difference : difference.status().ToString());
  }

  void ExpectText(const Sample& sample, absl::string_view check, const std::string& actual,
                  const std::string& expected) {
    Expect(sample, check, actual == expected ? "" : absl::StrCat("\n", actual, "\nPython has\n", expected));
  }

  void CheckLoaded(const Sample& sample) {
    ModelSpec spec;
    spec.loader = "full_module";
    const absl::StatusOr<ServableHandle> model = LoadModel(sample.module, std::move(spec));
    Expect(sample, "load", model.ok() ? "" : model.status().ToString());
    if (!model.ok()) return;
    const Module& module = (*model)->module();
    ExpectText(sample, "print", module.ToString(), sample.print);
    ExpectText(sample, "names", Lines(module.named_parameters()) + Lines(module.named_buffers()),
               sample.parameters + sample.buffers);
    ExpectOutput(**model, sample, "output");
  }

  absl::StatusOr<ServableHandle> LoadConstructed(const Sample& sample) {
    ASSIGN_OR_RETURN(const Attribute saved_arguments, ReadValue(sample.constructor));
    ASSIGN_OR_RETURN(const Arguments arguments, ToArguments(saved_arguments));
    ASSIGN_OR_RETURN(const std::shared_ptr<ModuleDef> def, Construct(sample.class_name, arguments, *registry_));
    std::string keys;
    AppendKeys(*def, "", keys);
    ExpectText(sample, "constructed keys", keys, sample.state_dict_keys);

    // Read anew: modules among the arguments belong to `def` now.
    ASSIGN_OR_RETURN(const Attribute fresh_arguments, ReadValue(sample.constructor));
    ModelSpec spec;
    spec.loader = "state_dict";
    spec.architecture.emplace();
    spec.architecture->class_name = sample.class_name;
    ASSIGN_OR_RETURN(spec.architecture->arguments, ToArguments(fresh_arguments));
    return LoadModel(sample.state_dict, std::move(spec));
  }

  void CheckConstructed(const Sample& sample) {
    const absl::StatusOr<ServableHandle> model = LoadConstructed(sample);
    Expect(sample, "construct", model.ok() ? "" : model.status().ToString());
    if (!model.ok()) return;
    ExpectText(sample, "constructed print", (*model)->module().ToString(), sample.print);
    ExpectOutput(**model, sample, "constructed output");
  }

  void Report() const {
    std::cout << samples_.size() << " samples";
    for (const auto& [check, count] : counts_) {
      std::cout << "; " << check << ": " << count.second << " of " << count.first << " equal";
    }
    std::cout << std::endl;
  }

  void CompareWithKnownFailures() const {
    std::map<std::string, std::string> known = KnownFailures();
    for (const auto& [check, difference] : failures_) {
      if (known.erase(check) == 0) ADD_FAILURE() << check << ": " << difference;
    }
    for (const auto& [check, reason] : known) {
      ADD_FAILURE() << check << " is equal now, KnownFailures has: " << reason;
    }
  }

  std::vector<Sample> samples_;
  std::shared_ptr<const PluginRegistry> registry_;
  std::unique_ptr<Engine> engine_;
  int models_ = 0;
  std::map<std::string, std::pair<int, int>> counts_;  // by check: how many there were, how many were equal
  std::map<std::string, std::string> failures_;        // by sample and check
};

TEST_F(ModuleDbTest, ModulesGiveAndPrintWhatTheyDoInPython) {
  for (const Sample& sample : samples_) {
    if (!sample.module.empty()) CheckLoaded(sample);
    if (!sample.constructor.empty()) CheckConstructed(sample);
  }
  Report();
  // Nobody may lose samples unseen.
  EXPECT_EQ(samples_.size(), kSamples);
  EXPECT_EQ(counts_["construct"].first, kConstructed);
  CompareWithKnownFailures();
}

}  // namespace
}  // namespace loadstone::testing
