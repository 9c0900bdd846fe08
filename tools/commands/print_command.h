// loadstone print: the module tree, as Python's print(model).
#ifndef LOADSTONE_TOOLS_COMMANDS_PRINT_COMMAND_H_
#define LOADSTONE_TOOLS_COMMANDS_PRINT_COMMAND_H_

#include "tools/commands/command.h"

namespace CLI {
class App;
}

namespace loadstone {

void AddPrintCommand(CLI::App& app, Command& chosen);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_COMMANDS_PRINT_COMMAND_H_
