// loadstone --plugin and --plugin_folder.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/testing/temp_folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/command/run_program.h"
#include "tests/integration/test_models.h"

namespace loadstone {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::ProgramResult;
using ::testing::StartsWith;

constexpr char kShop[] = "tests/plugins/shop.so";
constexpr char kModel[] = "tests/plugins/ranker_full_module.pth";
constexpr char kInput[] = "tests/plugins/ranker_input.npy";

ProgramResult Loadstone(const std::vector<std::string>& arguments) {
  return testing::RunProgram("tools/loadstone", arguments);
}

TEST(CommandPluginsTest, RunNeedsThePlugin) {
  const ProgramResult without = Loadstone({"run", kModel, "--input", kInput});
  EXPECT_EQ(without.exit_code, 1);
  EXPECT_THAT(without.err, HasSubstr("shop.models.Ranker"));
  const ProgramResult with = Loadstone({"run", "--plugin", kShop, kModel, "--input", kInput});
  EXPECT_EQ(with.exit_code, 0) << with.err;
  EXPECT_THAT(with.out, StartsWith("output: float32 [5]"));
}

TEST(CommandPluginsTest, VerifyOnThePluginsDevice) {
  const ProgramResult result = Loadstone({"verify", kModel, "--plugin", kShop, "--device", "shop_budget", "--input",
                                          kInput, "--expect", "tests/plugins/ranker_output.npy"});
  EXPECT_EQ(result.exit_code, 0) << result.err << result.out;
}

TEST(CommandPluginsTest, PluginsListsWhatItBringsAndWhereItIs) {
  const ProgramResult result = Loadstone({"plugins", "--plugin", kShop, "--plugin", "tests/plugins/twice.so"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("shop_text_weights"), HasSubstr("shop_budget"), HasSubstr("shop.models.Ranker"),
                    HasSubstr("/shop.so\n"), HasSubstr("shop.models.Scale"), HasSubstr("/twice.so\n")));
}

TEST(CommandPluginsTest, RefusedPluginIsOneSentence) {
  const ProgramResult result = Loadstone({"plugins", "--plugin", "tests/plugins/other_api.so"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, AllOf(StartsWith("error: FAILED_PRECONDITION: "), HasSubstr("plugin API version 999")));
}

TEST(CommandPluginsTest, ModelOfARepositoryTakesItsPluginFromThePluginFolder) {
  const testing::TempFolder folder;
  folder.Write("ranker/1/model.pth", testing::ReadText(kModel));
  folder.Write("ranker/model.json", R"({"plugins": ["shop.so"]})");
  const testing::TempFolder libraries;  // a copy: where it is built, a link leads out of its folder
  libraries.Write("shop.so", testing::ReadText(kShop));
  const std::vector<std::string> run = {"run", "--model", "ranker", "--repository", folder.path(), "--input", kInput};
  const ProgramResult without = Loadstone(run);
  EXPECT_EQ(without.exit_code, 1);
  EXPECT_THAT(without.err, HasSubstr("plugin shop.so is named"));
  std::vector<std::string> with_folder = run;
  with_folder.insert(with_folder.end(), {"--plugin_folder", libraries.path()});
  const ProgramResult with = Loadstone(with_folder);
  EXPECT_EQ(with.exit_code, 0) << with.err;
}

}  // namespace
}  // namespace loadstone
