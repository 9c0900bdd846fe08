// loadstone bench: measures a model.
#ifndef LOADSTONE_TOOLS_COMMANDS_BENCH_COMMAND_H_
#define LOADSTONE_TOOLS_COMMANDS_BENCH_COMMAND_H_

#include "tools/commands/command.h"

namespace CLI {
class App;
}

namespace loadstone {

void AddBenchCommand(CLI::App& app, Command& chosen);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_COMMANDS_BENCH_COMMAND_H_
