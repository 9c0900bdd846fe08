// Real files from public projects, when their folder lies beside the checkout: every tensor of every file that loads
// equals Python's bit for bit, and every other file is refused. They are not part of the repository.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_matchers.h"
#include "engine/byte_source.h"
#include "loaders/torch_format/torch_file.h"
#include "tests/formats/manifest.h"

namespace loadstone {
namespace {

namespace fs = std::filesystem;

// <checkout>/../shared/corpus
fs::path CorpusFolder() { return fs::canonical("WORKSPACE").parent_path().parent_path() / "shared" / "corpus"; }

class CorpusTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file(CorpusFolder() / "MANIFEST.json");
    if (!file.good()) GTEST_SKIP() << "no corpus at " << CorpusFolder() << ": nothing compared";
    manifest_ = nlohmann::json::parse(file);
  }
  nlohmann::json manifest_;
};

bool IsOurs(const nlohmann::json& entry) {
  const std::string container = entry["container"];
  return container == "zip" || container == "legacy" || container == "tar";
}

TEST_F(CorpusTest, EveryTensorOfATorchSaveFileEqualsPythons) {
  size_t files = 0;
  size_t tensors = 0;
  std::vector<std::string> failures;
  for (const nlohmann::json& entry : manifest_) {
    if (entry["expect"] != "loads" || !IsOurs(entry)) continue;
    ++files;
    const std::string name = entry["file"];
    ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> source, ByteSource::Map(CorpusFolder() / name));
    const absl::StatusOr<std::shared_ptr<const TorchFile>> file = OpenTorchFile(*source);
    if (!file.ok()) {
      failures.push_back(absl::StrCat(name, ": ", file.status().ToString()));
      continue;
    }
    tensors += entry["tensors"].size();
    for (const std::string& difference : testing::CompareTensors(**file, entry["tensors"])) {
      failures.push_back(absl::StrCat(name, ": ", difference));
    }
  }
  std::cout << files << " files, " << tensors << " tensors compared, " << failures.size() << " differences\n";
  EXPECT_GT(files, 100u);
  EXPECT_TRUE(failures.empty()) << absl::StrJoin(failures, "\n");
}

TEST_F(CorpusTest, EveryOtherFileIsRefused) {
  size_t files = 0;
  std::vector<std::string> failures;
  for (const nlohmann::json& entry : manifest_) {
    if (entry["expect"] == "loads") continue;
    ++files;
    const std::string name = entry["file"];
    ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> source, ByteSource::Map(CorpusFolder() / name));
    const absl::StatusOr<std::shared_ptr<const TorchFile>> file = OpenTorchFile(*source);
    std::cout << name << ": " << file.status() << "\n";
    if (file.ok()) failures.push_back(absl::StrCat(name, " was opened; ", entry["expect"].get<std::string>()));
  }
  EXPECT_GT(files, 50u);
  EXPECT_TRUE(failures.empty()) << absl::StrJoin(failures, "\n");
}

}  // namespace
}  // namespace loadstone
