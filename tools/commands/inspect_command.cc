#include "tools/commands/inspect_command.h"

#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "engine/base/status_macros.h"
#include "tools/inspect/file_report.h"
#include "tools/inspect/inspect_file.h"
#include "tools/inspect/report_json.h"
#include "tools/inspect/report_text.h"

namespace loadstone {
namespace {

struct InspectFlags {
  std::string file;
  bool json = false;
};

absl::Status Inspect(const InspectFlags& flags, CommandContext& context) {
  ASSIGN_OR_RETURN(const FileReport report, InspectFile(flags.file, *context.registry));
  context.output += flags.json ? ReportJson(report) : ReportText(report);
  return VerdictStatus(report);
}

}  // namespace

void AddInspectCommand(CLI::App& app, Command& chosen) {
  auto flags = std::make_shared<InspectFlags>();
  CLI::App* command = app.add_subcommand("inspect", "say what a file holds; nothing of it is built or run");
  command->add_option("FILE", flags->file, "any file");
  command->add_flag("--json", flags->json, "for programs");
  command->callback([flags, &chosen] {
    if (flags->file.empty()) throw CLI::RequiredError("FILE");
    chosen = [flags](CommandContext& context) { return Inspect(*flags, context); };
  });
}

}  // namespace loadstone
