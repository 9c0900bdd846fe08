// The flags by which the user names a model and its inputs, the same for every sub-command that runs one.
#ifndef LOADSTONE_TOOLS_COMMANDS_MODEL_FLAGS_H_
#define LOADSTONE_TOOLS_COMMANDS_MODEL_FLAGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/servable_handle.h"
#include "tools/commands/command.h"

namespace CLI {
class App;
}

namespace loadstone {

// Either `file` and what follows it, or `model` and `repository`.
struct ModelFlags {
  std::string file;
  std::string architecture;
  std::string architecture_arguments;  // JSON text, checked to be that when the command line was parsed
  std::string architecture_file;
  std::string source;
  std::string loader;
  std::string weights_key;
  bool no_strict = false;
  bool ignore_hooks = false;
  std::string device = "auto";

  std::string model;
  int64_t version = 0;  // 0: the highest
  std::string repository;

  int threads = 0;  // of ATen for one forward; 0: its default
};

// `flags` must outlive the parsing of `command`.
void AddModelFlags(CLI::App& command, ModelFlags& flags);
// --input, for a command with model flags.
void AddInputFlag(CLI::App& command, std::vector<std::string>& paths);

// To be called from the command's callback, when all flags are known: throws CLI::ParseError unless they name one model
// and, where there is an --input flag, at least one input.
void CheckModelFlags(const CLI::App& command, const ModelFlags& flags);

// The model, through an Engine of its own. Sets ATen's number of threads. Says on stderr how weights came to fit:
// what they were recognised as, a prefix left out, tensors put together from parts.
// InvalidArgument, ...: see Engine::Create and Engine::Acquire.
absl::StatusOr<ServableHandle> AcquireModel(const ModelFlags& flags, const CommandContext& context);

}  // namespace loadstone

#endif  // LOADSTONE_TOOLS_COMMANDS_MODEL_FLAGS_H_
