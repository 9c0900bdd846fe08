// Models as their authors wrote them, in models/: whole modules and state dicts give and print what they do in Python.
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/base/status_matchers.h"
#include "engine/engine.h"
#include "engine/testing/temp_folder.h"
#include "gtest/gtest.h"
#include "tests/differential/python_values.h"
#include "tests/differential/record_file.h"
#include "tests/integration/test_models.h"
#include "tests/python_source/exact.h"

namespace loadstone::testing {
namespace {

const std::vector<Sample>& Samples() {
  static const auto* const samples = [] {
    const char* const path = std::getenv("MODELS");
    auto read = ReadSamples(path == nullptr ? "" : path);
    return new std::vector<Sample>(read.ok() ? *std::move(read) : std::vector<Sample>());
  }();
  return *samples;
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const Sample& sample : Samples()) names.push_back(sample.name);
  return names;
}

class ModelsTest : public ::testing::TestWithParam<std::string> {
 protected:
  static void SetUpTestSuite() {
    at::set_num_threads(1);
    folder_ = new TempFolder();
    // Where the test runs the files are links, which a source tree does not follow out of its folder.
    std::filesystem::copy("tests/python_source/models", folder_->Path("models"),
                          std::filesystem::copy_options::recursive);
    engine_ = EngineWithBuiltins().release();
  }
  static void TearDownTestSuite() {
    std::cout << equal_ << " of " << run_ << " loads of " << Samples().size()
              << " models equal to Python's, bit for bit" << std::endl;
    delete engine_;
    delete folder_;
  }

  void SetUp() override {
    for (const Sample& sample : Samples()) {
      if (sample.name == GetParam()) sample_ = &sample;
    }
    ASSERT_NE(sample_, nullptr);
  }

  static absl::StatusOr<ServableHandle> Load(ModelSpec spec, const std::string& bytes) {
    spec.name = absl::StrCat("model", ++run_);
    spec.path = folder_->Write(absl::StrCat(spec.name, ".pth"), bytes);
    spec.device = "cpu";
    spec.source = folder_->Path("models");
    RETURN_IF_ERROR(engine_->AddModel(spec));
    return engine_->Acquire(spec.name);
  }

  // "" or how the model, its text or its output differs, or the error.
  std::string DifferenceFromPython(const absl::StatusOr<ServableHandle>& model) {
    const absl::StatusOr<std::string> difference = Compare(model);
    return difference.ok() ? *difference : difference.status().ToString();
  }

  absl::StatusOr<std::string> Compare(const absl::StatusOr<ServableHandle>& model) {
    RETURN_IF_ERROR(model.status());
    if ((*model)->module().ToString() != sample_->print) return absl::StrCat("prints\n", (*model)->module().ToString());
    ASSIGN_OR_RETURN(const Attribute saved_output, ReadValue(sample_->output));
    ASSIGN_OR_RETURN(const c10::IValue expected, ToIValue(saved_output));
    // Twice: what a forward writes to its model must be gone.
    for (int i = 0; i < 2; ++i) {
      ASSIGN_OR_RETURN(const Attribute saved_inputs, ReadValue(sample_->inputs));
      ASSIGN_OR_RETURN(const Inputs inputs, ToInputs(saved_inputs));
      ASSIGN_OR_RETURN(const c10::IValue actual, (*model)->Run(inputs));
      const c10::InferenceMode inference_mode;
      std::string difference = ExactDifference(actual, expected);
      if (!difference.empty()) return difference;
    }
    ++equal_;
    return "";
  }

  const Sample* sample_ = nullptr;
  static TempFolder* folder_;
  static Engine* engine_;
  static int run_;
  static int equal_;
};

TempFolder* ModelsTest::folder_ = nullptr;
Engine* ModelsTest::engine_ = nullptr;
int ModelsTest::run_ = 0;
int ModelsTest::equal_ = 0;

TEST_P(ModelsTest, WholeModuleGivesAndPrintsWhatItDoesInPython) {
  if (sample_->module.empty()) GTEST_SKIP() << sample_->skipped;
  ModelSpec spec;
  spec.loader = "full_module";
  EXPECT_EQ(DifferenceFromPython(Load(std::move(spec), sample_->module)), "");
}

TEST_P(ModelsTest, StateDictGivesAndPrintsWhatItDoesInPython) {
  ASSERT_OK_AND_ASSIGN(const Attribute arguments, ReadValue(sample_->constructor));
  ModelSpec spec;
  spec.loader = "state_dict";
  spec.architecture.emplace();
  spec.architecture->class_name = sample_->class_name;
  ASSERT_OK_AND_ASSIGN(spec.architecture->arguments, ToArguments(arguments));
  EXPECT_EQ(DifferenceFromPython(Load(std::move(spec), sample_->state_dict)), "");
}

TEST(SourceTest, ClassThatReadsItsWeightsItselfIsRefused) {
  const TempFolder folder;
  folder.Write("code/own.py",
               "import torch.nn as nn\n"
               "class Old(nn.Linear):\n"
               "    def _load_from_state_dict(self, state_dict, prefix, *rest):\n"
               "        state_dict[prefix + 'weight'] = state_dict[prefix + 'weight'] * 2\n"
               "        super()._load_from_state_dict(state_dict, prefix, *rest)\n");
  ASSERT_FALSE(Samples().empty());
  ModelSpec spec;
  spec.name = "old";
  spec.path = folder.Write("weights.pth", Samples().front().state_dict);
  spec.source = folder.Path("code");
  spec.architecture = Architecture{.class_name = "own.Old", .arguments = {.positional = {1, 1}}};
  const std::unique_ptr<Engine> engine = EngineWithBuiltins();
  ASSERT_OK(engine->AddModel(spec));
  EXPECT_THAT(engine->Acquire("old"), StatusIs(absl::StatusCode::kUnimplemented,
                                               ::testing::HasSubstr("own.Old._load_from_state_dict")));
}

INSTANTIATE_TEST_SUITE_P(Models, ModelsTest, ::testing::ValuesIn(Names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace loadstone::testing
