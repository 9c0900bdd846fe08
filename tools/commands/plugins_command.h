// loadstone plugins: lists what is registered.
#ifndef LOADSTONE_TOOLS_COMMANDS_PLUGINS_COMMAND_H_
#define LOADSTONE_TOOLS_COMMANDS_PLUGINS_COMMAND_H_

#include "tools/commands/command.h"

namespace CLI {
class App;
}

namespace loadstone {

void AddPluginsCommand(CLI::App& app, Command& chosen);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_COMMANDS_PLUGINS_COMMAND_H_
