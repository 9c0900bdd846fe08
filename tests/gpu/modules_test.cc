// Every sample of PyTorch's own module database (tests/differential) on the GPU, against what Python gave on the CPU.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <c10/core/InferenceMode.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/differential/python_values.h"
#include "tests/differential/record_file.h"
#include "tests/gpu/gpu_test_base.h"

namespace loadstone::testing {
namespace {

// They draw random numbers in eval mode too, and a GPU draws others than the host.
bool IsRandom(const Sample& sample) { return absl::StrContains(sample.name, "FractionalMaxPool"); }

class ModulesTest : public GpuTest {
 protected:
  // "" or how the output differs from Python's, by the tolerances of torch.testing.assert_close, which PyTorch's
  // test_cpu_gpu_parity (test/test_modules.py) compares by.
  absl::StatusOr<std::string> Compare(const Sample& sample) {
    ModelSpec spec;
    spec.path = absl::StrCat(::testing::TempDir(), "/module", models_++, ".pt");
    spec.loader = "full_module";
    std::ofstream(spec.path, std::ios::binary) << sample.module;
    absl::StatusOr<ServableHandle> model = Load(spec, "cuda:0");
    std::remove(spec.path.c_str());
    if (!model.ok()) return model.status();
    ASSIGN_OR_RETURN(const Attribute saved_inputs, ReadValue(sample.inputs));
    ASSIGN_OR_RETURN(const Inputs inputs, ToInputs(saved_inputs));
    ASSIGN_OR_RETURN(const Attribute saved_output, ReadValue(sample.output));
    ASSIGN_OR_RETURN(const c10::IValue expected, ToIValue(saved_output));
    ASSIGN_OR_RETURN(const c10::IValue output, (*model)->Run(inputs));
    const c10::InferenceMode inference_mode;
    return Difference(output.deepcopy(c10::Device(c10::kCPU)), expected);
  }

  int models_ = 0;
};

TEST_F(ModulesTest, EverySampleGivesWhatItGivesOnTheCpu) {
  const char* const path = std::getenv("MODULE_DB");
  ASSERT_OK_AND_ASSIGN(const std::vector<Sample> samples,
                       ReadSamples(path == nullptr ? "tests/differential/module_db.bin" : path));
  int compared = 0;
  int equal = 0;
  for (const Sample& sample : samples) {
    if (sample.module.empty() || sample.output.empty() || IsRandom(sample)) continue;
    ++compared;
    const absl::StatusOr<std::string> difference = Compare(sample);
    const std::string problem = difference.ok() ? *difference : difference.status().ToString();
    if (problem.empty()) ++equal;
    EXPECT_EQ(problem, "") << sample.name;
  }
  std::cout << equal << " of " << compared << " samples equal to Python's on the CPU" << std::endl;
  EXPECT_GT(compared, 0);
}

}  // namespace
}  // namespace loadstone::testing
