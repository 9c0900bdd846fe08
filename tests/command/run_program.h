// Runs a program as a shell would, and catches what it says.
#ifndef LOADSTONE_TESTS_COMMAND_RUN_PROGRAM_H_
#define LOADSTONE_TESTS_COMMAND_RUN_PROGRAM_H_

#include <string>
#include <vector>

namespace loadstone::testing {

struct ProgramResult {
  int exit_code = -1;
  int signal = 0;  // that ended it, or 0
  std::string out;
  std::string err;
};

struct ProgramSetup {
  // Variables to set, "NAME=value".
  std::vector<std::string> environment;
  // Where stdout goes instead of into the result; a path, or "" for the result.
  std::string out_path;
  // Stdout is a pipe that nobody reads from.
  bool closed_pipe = false;
};

// `program` with `arguments`, in this process's working directory. Returns when it ended.
ProgramResult RunProgram(const std::string& program, const std::vector<std::string>& arguments,
                         const ProgramSetup& setup = {});

}  // namespace loadstone::testing

#endif  // LOADSTONE_TESTS_COMMAND_RUN_PROGRAM_H_
