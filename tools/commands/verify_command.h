// loadstone verify: compares a model's output with a recorded one.
#ifndef LOADSTONE_TOOLS_COMMANDS_VERIFY_COMMAND_H_
#define LOADSTONE_TOOLS_COMMANDS_VERIFY_COMMAND_H_

#include "tools/commands/command.h"

namespace CLI {
class App;
}

namespace loadstone {

void AddVerifyCommand(CLI::App& app, Command& chosen);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_COMMANDS_VERIFY_COMMAND_H_
