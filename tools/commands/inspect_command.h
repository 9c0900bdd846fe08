// loadstone inspect: says what a file holds.
#ifndef LOADSTONE_TOOLS_COMMANDS_INSPECT_COMMAND_H_
#define LOADSTONE_TOOLS_COMMANDS_INSPECT_COMMAND_H_

#include "tools/commands/command.h"

namespace CLI {
class App;
}

namespace loadstone {

void AddInspectCommand(CLI::App& app, Command& chosen);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_COMMANDS_INSPECT_COMMAND_H_
