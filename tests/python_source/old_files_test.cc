// Real files of other people, years old, run from source that defines their classes. They are not part of the
// repository: this runs where their folder lies beside the checkout.
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <ATen/Parallel.h>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "engine/engine.h"
#include "engine/testing/temp_folder.h"
#include "gtest/gtest.h"
#include "tests/families/expected.h"
#include "tests/families/formula.h"
#include "tests/integration/test_models.h"

namespace loadstone::testing {
namespace {

namespace fs = std::filesystem;

// <checkout>/../shared/corpus
fs::path Corpus() { return fs::canonical("WORKSPACE").parent_path().parent_path() / "shared" / "corpus"; }

class OldFilesTest : public ::testing::TestWithParam<std::string> {};

TEST_P(OldFilesTest, RunsFromItsSourceAsInPython) {
  const fs::path path = Corpus() / GetParam();
  if (!fs::exists(path)) GTEST_SKIP() << "no file " << path << ": nothing compared";
  at::set_num_threads(1);
  std::ifstream json("tests/python_source/old_files/expected.json");
  const nlohmann::json all = nlohmann::json::parse(json);
  nlohmann::json expected;
  for (const nlohmann::json& entry : all["files"]) {
    if (entry["file"] == GetParam()) expected = entry;
  }
  ASSERT_FALSE(expected.is_null());
  const TempFolder source;
  for (const char* name : {"vdsr.py", "model.py"}) {
    source.Write(name, ReadText(absl::StrCat("tests/python_source/old_files/", name)));
  }
  ModelSpec spec;
  spec.name = "old";
  spec.path = path;
  spec.source = source.path();
  spec.device = "cpu";
  const std::unique_ptr<Engine> engine = EngineWithBuiltins();
  ASSERT_OK(engine->AddModel(spec));
  ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine->Acquire("old"));
  EXPECT_EQ(model->module().ToString(), expected["print"].get<std::string>());
  const at::Tensor input = Uniform("input", expected["input"].get<std::vector<int64_t>>());
  ASSERT_OK_AND_ASSIGN(const c10::IValue output, model->Run({input}));
  ASSERT_TRUE(output.isTensor());
  EXPECT_EQ(output.toTensor().sizes().vec(), expected["shape"].get<std::vector<int64_t>>());
  // Not bit for bit: the expected numbers come from another machine's convolutions.
  EXPECT_LE(Difference(output.toTensor(), Floats(expected["output"])), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Corpus, OldFilesTest,
                         ::testing::Values("module/vdsr-model_epoch_50.pth", "module/beatnet-model-1.pt"),
                         [](const auto& info) { return info.index == 0 ? "Vdsr" : "BeatNet"; });

}  // namespace
}  // namespace loadstone::testing
