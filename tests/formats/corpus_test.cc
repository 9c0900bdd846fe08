// Real files from public projects, when their folder lies beside the checkout: every tensor of every file that loads
// equals Python's bit for bit, and every other file is refused. They are not part of the repository.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_matchers.h"
#include "engine/byte_source.h"
#include "engine/plugin_registry.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loaders/torch_format/torch_file.h"
#include "plugins/builtin/builtin_plugins.h"
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

TEST_F(CorpusTest, EveryTensorOfASafetensorsFileEqualsPythons) {
  PluginRegistry registry;
  ASSERT_OK(RegisterBuiltinPlugins(registry));
  ASSERT_OK_AND_ASSIGN(const Loader* loader, registry.FindLoader("safetensors"));
  size_t files = 0;
  for (const nlohmann::json& entry : manifest_) {
    if (entry["container"] != "safetensors") continue;
    ++files;
    const std::string path = CorpusFolder() / entry["file"].get<std::string>();
    SCOPED_TRACE(path);
    ASSERT_OK_AND_ASSIGN(const std::shared_ptr<ByteSource> source, ByteSource::Map(path));
    EXPECT_OK(loader->CanLoad(*source));
    ASSERT_OK_AND_ASSIGN(const ModelContent content, loader->Load({.name = "model", .path = path}, *source));
    EXPECT_THAT(testing::CompareTensors(std::get<StateDict>(content), entry["tensors"]), ::testing::IsEmpty());
  }
  EXPECT_GE(files, 3u);
}

// What the refusal of each container says.
const std::map<std::string, std::string>& Reasons() {
  static const auto* const reasons = new std::map<std::string, std::string>{
      {"raw-pickle", "it is a bare pickle"},
      {"tar", "a tar archive that torch.save did not write"},
      {"tar.gz", "compressed with gzip"},
      {"torch.package", "a torch.package archive"},
      {"torchscript", "a TorchScript archive"},
  };
  return *reasons;
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
    const auto reason = Reasons().find(entry["container"].get<std::string>());
    if (!file.ok() && reason != Reasons().end() && !absl::StrContains(file.status().message(), reason->second)) {
      failures.push_back(absl::StrCat(name, ": ", file.status().message(), "; ", entry["expect"].get<std::string>()));
    }
    if (file.ok()) failures.push_back(absl::StrCat(name, " was opened; ", entry["expect"].get<std::string>()));
  }
  EXPECT_GT(files, 50u);
  EXPECT_TRUE(failures.empty()) << absl::StrJoin(failures, "\n");
}

}  // namespace
}  // namespace loadstone
