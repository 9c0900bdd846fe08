// `loadstone inspect` on every attack: a report or an error, never a signal, and nothing runs.
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/attacks/attack_files.h"
#include "tests/command/run_program.h"
#include "tests/integration/test_models.h"

namespace loadstone {
namespace {

using testing::AttackFile;

// One of many alike: the calls differ only in the name that they call.
bool IsOneOfMany(absl::string_view name) {
  return absl::StartsWith(name, "call/") && !absl::StrContains(name, "posix.system") &&
         !absl::StrContains(name, "legacy") && !absl::StrContains(name, "tar.");
}

TEST(InspectAttacksTest, EveryAttackGivesAReportOrAnError) {
  std::vector<std::string> failures;
  size_t files = 0;
  for (const AttackFile& file : testing::ReadAttackFiles()) {
    if (IsOneOfMany(file.name)) continue;
    ++files;
    const std::string path = testing::WriteTemporary("attack", file.bytes);
    const testing::ProgramResult result = testing::RunProgram("tools/loadstone", {"inspect", path});
    const bool ended = result.signal == 0 && (result.exit_code == 0 || result.exit_code == 1);
    if (!ended || (result.out.empty() && result.err.empty())) {
      failures.push_back(absl::StrCat(file.name, ": exit code ", result.exit_code, ", signal ", result.signal, ", ",
                                      result.err.substr(0, 300)));
    }
    if (testing::SomethingRan()) failures.push_back(absl::StrCat(file.name, ": SOMETHING RAN"));
  }
  std::cout << files << " files inspected, " << failures.size() << " wrong\n";
  EXPECT_GT(files, 200u);
  EXPECT_TRUE(failures.empty()) << absl::StrJoin(failures, "\n");
}

}  // namespace
}  // namespace loadstone
