// The scanner (tools/inspect) raises no false alarm: on every file of the repository, on those that make_files.py
// writes, and on real ones from public projects when their folder lies beside the checkout.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "engine/base/status_matchers.h"
#include "engine/plugin_registry.h"
#include "loaders/archive/tar_archive.h"
#include "plugins/builtin/builtin_plugins.h"
#include "tests/integration/test_models.h"
#include "tools/inspect/inspect_file.h"

namespace loadstone {
namespace {

namespace fs = std::filesystem;
using Verdict = FileReport::Verdict;

std::string Describe(const std::string& path, const FileReport& report) {
  std::string text = absl::StrCat(path, " is ", VerdictText(VerdictOf(report)), " ", report.error.message());
  for (const FileReport::Finding& finding : report.findings) absl::StrAppend(&text, "; ", FindingText(finding));
  return text;
}

class ScannerTest : public ::testing::Test {
 protected:
  ScannerTest() { EXPECT_OK(RegisterBuiltinPlugins(registry_)); }
  FileReport Inspect(const std::string& path) const {
    const absl::StatusOr<FileReport> report = InspectFile(path, registry_);
    EXPECT_OK(report);
    return report.ok() ? *report : FileReport();
  }

  PluginRegistry registry_;
};

bool IsModel(const fs::path& path) {
  const std::string extension = path.extension();
  return extension == ".pth" || extension == ".pt" || extension == ".safetensors";
}

TEST_F(ScannerTest, FixturesOfTheRepositoryAreSafeButTheHostileOnes) {
  size_t files = 0;
  std::vector<std::string> failures;
  for (const char* folder : {"loaders", "tests", "tools"}) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
      if (!IsModel(entry.path())) continue;
      ++files;
      const FileReport report = Inspect(entry.path());
      const bool is_hostile = absl::StrContains(entry.path().string(), "/hostile/");
      if (VerdictOf(report) != (is_hostile ? Verdict::kDangerous : Verdict::kSafe)) {
        failures.push_back(Describe(entry.path(), report));
      }
    }
  }
  std::cout << files << " files scanned, " << failures.size() << " wrong\n";
  EXPECT_GE(files, 20u);
  EXPECT_TRUE(failures.empty()) << absl::StrJoin(failures, "\n");
}

// Everything that torch.save wrote in fifteen ways; some hold classes of their own.
TEST_F(ScannerTest, FilesOfEveryKindAreNeitherDangerousNorUnreadable) {
  const std::string bundle = testing::ReadText("tests/formats/files.tar");
  ASSERT_OK_AND_ASSIGN(const std::vector<TarMember> members, ReadTar(bundle));
  size_t files = 0;
  std::vector<std::string> failures;
  for (const TarMember& member : members) {
    if (absl::EndsWith(member.name, ".json")) continue;
    ++files;
    const FileReport report = Inspect(testing::WriteTemporary("file", member.bytes));
    const Verdict verdict = VerdictOf(report);
    if (verdict == Verdict::kSuspicious) std::cout << Describe(std::string(member.name), report) << "\n";
    if (verdict == Verdict::kSafe || verdict == Verdict::kSuspicious) continue;
    failures.push_back(Describe(std::string(member.name), report));
  }
  EXPECT_GT(files, 20u);
  EXPECT_TRUE(failures.empty()) << absl::StrJoin(failures, "\n");
}

// <checkout>/../shared/corpus
fs::path CorpusFolder() { return fs::canonical("WORKSPACE").parent_path().parent_path() / "shared" / "corpus"; }

class CorpusScannerTest : public ScannerTest {
 protected:
  void SetUp() override {
    std::ifstream file(CorpusFolder() / "MANIFEST.json");
    if (!file.good()) GTEST_SKIP() << "no corpus at " << CorpusFolder() << ": nothing scanned";
    manifest_ = nlohmann::json::parse(file);
  }
  nlohmann::json manifest_;
};

// The names that Python's pickletools found in the file, as Python 3 spells their modules.
std::set<std::string> NamesOf(const nlohmann::json& entry) {
  std::set<std::string> names;
  if (!entry["globals"].is_array()) return names;
  for (const nlohmann::json& name : entry["globals"]) {
    names.insert(
        absl::StrReplaceAll(name.get<std::string>(), {{"__builtin__.", "builtins."}, {"httplib.", "http.client."}}));
  }
  return names;
}

// Why the manifest does not agree with the scanner; empty when it does.
std::string Disagreement(const nlohmann::json& entry, const FileReport& report) {
  const Verdict verdict = VerdictOf(report);
  const bool loads = entry["expect"] == "loads";
  if (loads && (verdict == Verdict::kDangerous || verdict == Verdict::kUnreadable)) return "Python loads it";
  const std::set<std::string> names = NamesOf(entry);
  for (const FileReport::Finding& finding : report.findings) {
    if (finding.name.empty() && loads) return "Python reads all of it";
    // Of an attack the scan may see more than pickletools does.
    if (loads && !finding.name.empty() && !names.contains(finding.name)) return absl::StrCat("it does not name ", finding.name);
  }
  const bool attacks = absl::StartsWith(entry["file"].get<std::string>(), "attacks/");
  // Those without a name are texts that hide another pickle: reading them runs nothing.
  if (attacks && !names.empty() && verdict == Verdict::kSafe) return "it is among the attacks";
  return "";
}

TEST_F(CorpusScannerTest, ManifestAgreesWithEveryVerdict) {
  std::vector<std::string> failures;
  size_t count[4] = {};
  for (const nlohmann::json& entry : manifest_) {
    const std::string name = entry["file"];
    const FileReport report = Inspect(CorpusFolder() / name);
    ++count[static_cast<size_t>(VerdictOf(report))];
    if (VerdictOf(report) != Verdict::kSafe) std::cout << Describe(name, report) << "\n";
    const std::string why = Disagreement(entry, report);
    if (!why.empty()) failures.push_back(absl::StrCat(Describe(name, report), ", but ", why));
  }
  std::cout << count[0] << " safe, " << count[1] << " suspicious, " << count[2] << " dangerous, " << count[3]
            << " unreadable, " << failures.size() << " wrong\n";
  EXPECT_GT(manifest_.size(), 200u);
  EXPECT_TRUE(failures.empty()) << absl::StrJoin(failures, "\n");
}

}  // namespace
}  // namespace loadstone
