// The program's command line: which command was chosen, or why none was.
#ifndef LOADSTONE_TOOLS_COMMANDS_COMMAND_LINE_H_
#define LOADSTONE_TOOLS_COMMANDS_COMMAND_LINE_H_

#include <string>
#include <vector>

#include "tools/commands/command.h"

namespace loadstone {

struct CommandLine {
  Command command;  // null when there is nothing to run: then the texts below are all
  int verbosity = 0;
  std::vector<std::string> plugins;         // shared libraries to load first
  std::vector<std::string> plugin_folders;  // where models may name plugins from
  std::string help;   // for stdout, when the user asked for it
  std::string error;  // for stderr, when the command line makes no sense: what and where help is
};

CommandLine ParseCommandLine(int argc, const char* const* argv);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_COMMANDS_COMMAND_LINE_H_
