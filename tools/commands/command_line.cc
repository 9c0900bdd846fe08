#include "tools/commands/command_line.h"

#include <sstream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/near_misses.h"
#include "tools/commands/bench_command.h"
#include "tools/commands/convert_command.h"
#include "tools/commands/inspect_command.h"
#include "tools/commands/models_command.h"
#include "tools/commands/plugins_command.h"
#include "tools/commands/print_command.h"
#include "tools/commands/run_command.h"
#include "tools/commands/verify_command.h"

namespace loadstone {
namespace {

constexpr int kMaxVerbosity = 9;

// The sub-command that was named, or the program itself.
const CLI::App& ChosenApp(const CLI::App& app) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  return chosen.empty() ? app : *chosen.front();
}

std::vector<std::string> FlagNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::vector<std::string> CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

// What is to be said about arguments that belong nowhere.
std::string DescribeExtras(const CLI::App& app) {
  const std::vector<std::string> extras = app.remaining(/*recurse=*/true);
  const CLI::App& chosen = ChosenApp(app);
  for (const std::string& extra : extras) {
    if (!absl::StartsWith(extra, "-")) continue;
    return absl::StrCat("unknown flag ", extra, DidYouMean(extra.substr(0, extra.find('=')), FlagNames(chosen)));
  }
  if (extras.empty()) return "too many arguments";
  if (&chosen == &app) {
    return absl::StrCat("unknown command ", extras.front(), DidYouMean(extras.front(), CommandNames(app)));
  }
  return absl::StrCat("unexpected argument ", extras.front());
}

std::string UsageError(const CLI::App& app, absl::string_view what) {
  const CLI::App& chosen = ChosenApp(app);
  const std::string program = &chosen == &app ? "loadstone" : absl::StrCat("loadstone ", chosen.get_name());
  return absl::StrCat("usage error: ", what, "\n", "see ", program, " --help\n");
}

}  // namespace

CommandLine ParseCommandLine(int argc, const char* const* argv) {
  CommandLine result;
  Command chosen;
  CLI::App app("Runs trained PyTorch models as Python saved them, without Python.", "loadstone");
  app.fallthrough();  // flags of the program may follow the command
  app.footer("Exit code 0 is success, 1 a failed load, run or comparison, 2 a usage error.");
  app.add_option("-v,--verbosity", result.verbosity, "log more, to stderr")->check(CLI::Range(0, kMaxVerbosity));
  app.add_option("--plugin", result.plugins,
                 "a shared library with more loaders, classes and devices; may be given several times")
      ->type_name("SO")
      ->allow_extra_args(false);
  app.add_option("--plugin_folder", result.plugin_folders,
                 "a model.json may name plugins of this folder; may be given several times")
      ->type_name("DIR")
      ->allow_extra_args(false);
  AddRunCommand(app, chosen);
  AddVerifyCommand(app, chosen);
  AddBenchCommand(app, chosen);
  AddInspectCommand(app, chosen);
  AddPrintCommand(app, chosen);
  AddConvertCommand(app, chosen);
  AddModelsCommand(app, chosen);
  AddPluginsCommand(app, chosen);
  app.require_subcommand(0, 1);

  try {
    app.parse(argc, argv);
    result.command = chosen;
    if (chosen == nullptr) {
      result.error = UsageError(app, absl::StrCat("no command", DidYouMean("", CommandNames(app))));
    }
  } catch (const CLI::ExtrasError&) {
    result.error = UsageError(app, DescribeExtras(app));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      std::ostringstream help;
      app.exit(error, help, help);
      result.help = help.str();
    } else {
      result.error = UsageError(app, error.what());
    }
  }
  return result;
}

}  // namespace loadstone
