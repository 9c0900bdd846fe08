// `loadstone inspect` on every attack: a report, never a signal; nothing runs; what would run elsewhere is dangerous.
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "tests/attacks/attack_files.h"
#include "tests/command/run_program.h"
#include "tests/integration/test_models.h"

namespace loadstone {
namespace {

using testing::AttackFile;

constexpr size_t kFilesAtOnce = 100;  // in one process: its start takes longer than a file

// What is wrong with the report; empty when nothing is. What would call something that is known to do harm is
// dangerous; what breaks a rule is never safe.
std::string Judge(const AttackFile& file, const nlohmann::json& report) {
  const std::string verdict = report.value("verdict", "none");
  const nlohmann::json& findings = report["findings"];
  if (file.code != "PERMISSION_DENIED") return "";
  if (verdict != "dangerous") return absl::StrCat(file.name, " is ", verdict, ", not dangerous");
  const bool explained = std::any_of(findings.begin(), findings.end(), [](const nlohmann::json& finding) {
    return finding["verdict"] == "dangerous" && !finding["reason"].get<std::string>().empty();
  });
  return explained ? "" : absl::StrCat(file.name, " is dangerous without a reason");
}

std::vector<std::string> InspectTogether(absl::Span<const AttackFile> files) {
  std::vector<std::string> arguments = {"inspect", "--json"};
  for (size_t i = 0; i < files.size(); ++i) {
    arguments.push_back(testing::WriteTemporary(absl::StrCat("attack", i), files[i].bytes));
  }
  const testing::ProgramResult result = testing::RunProgram("tools/loadstone", arguments);
  const nlohmann::json reports = nlohmann::json::parse(result.out, nullptr, /*allow_exceptions=*/false);
  const bool any_denied =
      std::any_of(files.begin(), files.end(), [](const AttackFile& file) { return file.code == "PERMISSION_DENIED"; });
  if (result.signal != 0 || reports.size() != files.size() || (any_denied && result.exit_code != 1)) {
    return {absl::StrCat("from ", files[0].name, " on: exit code ", result.exit_code, ", signal ", result.signal, ", ",
                         reports.size(), " reports, ", result.err.substr(0, 300))};
  }
  std::vector<std::string> failures;
  for (size_t i = 0; i < files.size(); ++i) {
    if (std::string wrong = Judge(files[i], reports[i]); !wrong.empty()) failures.push_back(wrong);
  }
  if (testing::SomethingRan()) failures.push_back(absl::StrCat("from ", files[0].name, " on: SOMETHING RAN"));
  return failures;
}

TEST(InspectAttacksTest, EveryAttackGivesAReportAndWhatWouldRunIsDangerous) {
  const std::vector<AttackFile> files = testing::ReadAttackFiles();
  std::vector<std::string> failures;
  for (size_t begin = 0; begin < files.size(); begin += kFilesAtOnce) {
    for (std::string& wrong : InspectTogether(absl::MakeConstSpan(files).subspan(begin, kFilesAtOnce))) {
      failures.push_back(std::move(wrong));
    }
  }
  std::cout << files.size() << " files inspected, " << failures.size() << " wrong\n";
  EXPECT_GT(files.size(), 700u);
  EXPECT_TRUE(failures.empty()) << absl::StrJoin(failures, "\n");
}

}  // namespace
}  // namespace loadstone
