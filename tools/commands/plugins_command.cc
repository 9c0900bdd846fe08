#include "tools/commands/plugins_command.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace loadstone {
namespace {

using NameAndOrigin = std::pair<std::string, std::string>;

void AppendSection(absl::string_view title, const std::vector<NameAndOrigin>& entries, std::string& text) {
  size_t width = 0;
  for (const auto& [name, origin] : entries) width = std::max(width, name.size());
  absl::StrAppend(&text, title, " (", entries.size(), ")\n");
  for (const auto& [name, origin] : entries) {
    absl::StrAppendFormat(&text, "  %-*s  %s\n", static_cast<int>(width), name, origin);
  }
}

absl::Status ListPlugins(CommandContext& context) {
  std::vector<NameAndOrigin> loaders;
  for (const auto& entry : context.registry->loaders()) loaders.emplace_back(entry.value->name(), entry.origin);
  std::vector<NameAndOrigin> folders;
  for (const auto& entry : context.registry->folder_formats()) folders.emplace_back(entry.value->name, entry.origin);
  std::vector<NameAndOrigin> recognizers;
  for (const auto& entry : context.registry->recognizers()) recognizers.emplace_back(entry.value->name, entry.origin);
  std::vector<NameAndOrigin> devices;
  for (const auto& entry : context.registry->devices()) devices.emplace_back(entry.value->name(), entry.origin);
  std::vector<NameAndOrigin> classes;
  for (const auto& entry : context.registry->module_classes()) classes.emplace_back(entry.value->name, entry.origin);
  std::sort(classes.begin(), classes.end());
  AppendSection("loaders", loaders, context.output);
  AppendSection("folder formats", folders, context.output);
  AppendSection("architecture recognizers", recognizers, context.output);
  AppendSection("devices", devices, context.output);
  AppendSection("classes", classes, context.output);
  return absl::OkStatus();
}

}  // namespace

void AddPluginsCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("plugins", "list every loader, device, class and other plugin, and where it comes from");
  command->callback([&chosen] { chosen = ListPlugins; });
}

}  // namespace loadstone
