// loadstone convert: writes a file's weights to a .safetensors file.
#ifndef LOADSTONE_TOOLS_COMMANDS_CONVERT_COMMAND_H_
#define LOADSTONE_TOOLS_COMMANDS_CONVERT_COMMAND_H_

#include "tools/commands/command.h"

namespace CLI {
class App;
}

namespace loadstone {

void AddConvertCommand(CLI::App& app, Command& chosen);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_COMMANDS_CONVERT_COMMAND_H_
