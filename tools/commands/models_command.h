// loadstone models: lists a model repository.
#ifndef LOADSTONE_TOOLS_COMMANDS_MODELS_COMMAND_H_
#define LOADSTONE_TOOLS_COMMANDS_MODELS_COMMAND_H_

#include "tools/commands/command.h"

namespace CLI {
class App;
}

namespace loadstone {

void AddModelsCommand(CLI::App& app, Command& chosen);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_COMMANDS_MODELS_COMMAND_H_
