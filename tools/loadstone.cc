// The `loadstone` command: see tools/commands.
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>

#include <c10/util/Exception.h>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/logging.h"
#include "engine/base/mapped_file.h"
#include "engine/base/status_macros.h"
#include "engine/plugin_registry.h"
#include "plugins/builtin/builtin_plugins.h"
#include "plugins/dynamic/load_plugin.h"
#include "tools/commands/command_line.h"

namespace loadstone {
namespace {

constexpr int kFailed = 1;
constexpr int kUsageError = 2;

// Messages quote files: what could steer a terminal is escaped.
std::string Printable(absl::string_view text) {
  std::string printable;
  for (const char c : text) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c)) && c != '\n' && c != '\t') {
      absl::StrAppendFormat(&printable, "\\x%02x", static_cast<unsigned char>(c));
    } else {
      printable.push_back(c);
    }
  }
  return printable;
}

void PrintError(const std::string& text) { std::fputs(text.c_str(), stderr); }

int Fail(const absl::Status& status) {
  PrintError(absl::StrCat("error: ", absl::StatusCodeToString(status.code()), ": ", Printable(status.message()), "\n"));
  return kFailed;
}

absl::Status WriteOutput(absl::string_view output) {
  while (!output.empty()) {
    const ssize_t written = write(STDOUT_FILENO, output.data(), output.size());
    if (written >= 0) {
      output.remove_prefix(static_cast<size_t>(written));
    } else if (errno == EPIPE) {
      return absl::OkStatus();  // `loadstone … | head` has seen enough
    } else if (errno != EINTR) {
      return absl::UnavailableError(absl::StrCat("cannot write the results: ", std::strerror(errno)));
    }
  }
  return absl::OkStatus();
}

// Bazel starts programs elsewhere; the user's paths mean from where they stand.
absl::Status EnterWorkingDirectory() {
  const char* directory = std::getenv("BUILD_WORKING_DIRECTORY");
  if (directory == nullptr || chdir(directory) == 0) return absl::OkStatus();
  return absl::NotFoundError(
      absl::StrCat("cannot enter BUILD_WORKING_DIRECTORY ", directory, ": ", std::strerror(errno)));
}

void StartLogging(const char* program, int verbosity) {
  FLAGS_logtostderr = true;
  FLAGS_minloglevel = verbosity > 0 ? google::GLOG_INFO : google::GLOG_WARNING;
  FLAGS_v = verbosity;
  google::InitGoogleLogging(program);
}

absl::Status Run(const CommandLine& line) {
  CommandContext context;
  absl::Status status = EnterWorkingDirectory();
  if (!status.ok()) return status;
  const auto registry = std::make_shared<PluginRegistry>();
  RETURN_IF_ERROR(RegisterBuiltinPlugins(*registry));
  for (const std::string& plugin : line.plugins) RETURN_IF_ERROR(LoadPlugin(plugin, *registry));
  context.registry = registry;
  if (!line.plugin_folders.empty()) context.install_plugin = PluginsFrom(line.plugin_folders);
  // The last net: each folder turns what it knows to be thrown into a Status itself.
  try {
    status = line.command(context);
  } catch (const std::bad_alloc&) {
    status = absl::ResourceExhaustedError("out of memory");
  } catch (const c10::Error& error) {
    status = absl::InternalError(error.what_without_backtrace());
  } catch (const std::exception& error) {
    status = absl::InternalError(error.what());
  }
  // A comparison that failed still has its numbers to show.
  status.Update(WriteOutput(context.output));
  return status;
}

int Main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  InstallSigbusHandler();
  const CommandLine line = ParseCommandLine(argc, argv);
  if (!line.error.empty()) {
    PrintError(Printable(line.error));
    return kUsageError;
  }
  const absl::Status status = line.command == nullptr ? WriteOutput(line.help) : [&] {
    StartLogging(argv[0], line.verbosity);
    return Run(line);
  }();
  return status.ok() ? EXIT_SUCCESS : Fail(status);
}

}  // namespace
}  // namespace loadstone

int main(int argc, char** argv) {
  try {
    return loadstone::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: INTERNAL: %s\n", error.what());
    return 1;
  }
}
