// A sub-command of the program, chosen and ready to run.
#ifndef LOADSTONE_TOOLS_COMMANDS_COMMAND_H_
#define LOADSTONE_TOOLS_COMMANDS_COMMAND_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "engine/engine.h"
#include "engine/plugin_registry.h"

namespace loadstone {

struct CommandContext {
  std::shared_ptr<const PluginRegistry> registry;
  InstallPlugin install_plugin;  // null: no model may name plugins
  // What belongs on stdout, also when the command fails: a comparison's numbers, say.
  std::string output;
};

// OK is exit code 0, anything else 1. Each `Add…Command(app, chosen)` adds one sub-command to the command line; when
// the user chose it and its flags fit, CLI::App::parse sets `chosen`, which must live until then. Flags that do not fit
// end in a CLI::ParseError, as CLI11 has it.
using Command = std::function<absl::Status(CommandContext& context)>;

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_COMMANDS_COMMAND_H_
