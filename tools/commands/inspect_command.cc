#include "tools/commands/inspect_command.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "tools/inspect/file_report.h"
#include "tools/inspect/inspect_file.h"
#include "tools/inspect/report_json.h"
#include "tools/inspect/report_text.h"

namespace loadstone {
namespace {

struct InspectFlags {
  std::vector<std::string> files;
  bool json = false;
};

// A file that cannot be opened has a report too: with many files, its place in the output stays.
FileReport ReportOf(const std::string& file, const PluginRegistry& registry) {
  absl::StatusOr<FileReport> report = InspectFile(file, registry);
  if (report.ok()) return *std::move(report);
  return {.path = file, .kind = FileReport::Kind::kBroken, .error = report.status()};
}

absl::Status Inspect(const InspectFlags& flags, CommandContext& context) {
  const bool one = flags.files.size() == 1;
  absl::string_view before = flags.json && !one ? "[" : "";
  absl::Status worst;
  size_t bad = 0;
  for (const std::string& file : flags.files) {
    const FileReport report = ReportOf(file, *context.registry);
    absl::StrAppend(&context.output, before, flags.json ? ReportJson(report) : ReportText(report));
    before = flags.json ? "," : "\n";
    const absl::Status status = VerdictStatus(report);
    if (status.ok()) continue;
    ++bad;
    if (worst.ok() || (absl::IsPermissionDenied(status) && !absl::IsPermissionDenied(worst))) worst = status;
  }
  if (flags.json && !one) context.output += "]\n";
  if (one) return worst;
  return Annotate(worst, absl::StrCat(bad, " of ", flags.files.size(), " files are dangerous or unreadable, as"));
}

}  // namespace

void AddInspectCommand(CLI::App& app, Command& chosen) {
  auto flags = std::make_shared<InspectFlags>();
  CLI::App* command =
      app.add_subcommand("inspect", "say what files hold and whether they are safe; nothing of them is built or run");
  command->add_option("FILE", flags->files, "any files");
  command->add_flag("--json", flags->json, "for programs: an object, or an array of one for each of several files");
  command->footer("Exit code 1 when a file is dangerous or unreadable.");
  command->callback([flags, &chosen] {
    if (flags->files.empty()) throw CLI::RequiredError("FILE");
    chosen = [flags](CommandContext& context) { return Inspect(*flags, context); };
  });
}

}  // namespace loadstone
