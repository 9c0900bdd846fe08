#include "tests/command/run_program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace loadstone::testing {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// In the child: makes `path` the stream `descriptor`.
void Redirect(const std::string& path, int descriptor) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || dup2(file, descriptor) < 0) _exit(127);
}

void MakeClosedPipeStdout() {
  int ends[2];
  if (pipe(ends) != 0 || dup2(ends[1], STDOUT_FILENO) < 0) _exit(127);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace

ProgramResult RunProgram(const std::string& program, const std::vector<std::string>& arguments,
                         const ProgramSetup& setup) {
  const std::string out_path = ::testing::TempDir() + "/stdout.txt";
  const std::string err_path = ::testing::TempDir() + "/stderr.txt";
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);

  const pid_t child = fork();
  if (child == 0) {
    signal(SIGPIPE, SIG_DFL);
    unsetenv("BUILD_WORKING_DIRECTORY");  // of the bazel that runs this test
    for (const std::string& variable : setup.environment) putenv(const_cast<char*>(variable.c_str()));
    if (setup.closed_pipe) {
      MakeClosedPipeStdout();
    } else {
      Redirect(setup.out_path.empty() ? out_path : setup.out_path, STDOUT_FILENO);
    }
    Redirect(err_path, STDERR_FILENO);
    execv(program.c_str(), argv.data());
    _exit(127);
  }
  ProgramResult result;
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  if (setup.out_path.empty() && !setup.closed_pipe) result.out = ReadFile(out_path);
  result.err = ReadFile(err_path);
  return result;
}

}  // namespace loadstone::testing
