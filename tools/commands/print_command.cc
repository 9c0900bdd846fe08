#include "tools/commands/print_command.h"

#include <memory>

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "tools/commands/model_flags.h"

namespace loadstone {
namespace {

absl::Status Print(const ModelFlags& flags, CommandContext& context) {
  ASSIGN_OR_RETURN(const ServableHandle model, AcquireModel(flags, context));
  absl::StrAppend(&context.output, model->module().ToString(), "\n");
  return absl::OkStatus();
}

}  // namespace

void AddPrintCommand(CLI::App& app, Command& chosen) {
  auto flags = std::make_shared<ModelFlags>();
  CLI::App* command = app.add_subcommand("print", "print the module tree, as Python's print(model) does");
  AddModelFlags(*command, *flags);
  command->callback([command, flags, &chosen] {
    CheckModelFlags(*command, *flags);
    chosen = [flags](CommandContext& context) { return Print(*flags, context); };
  });
}

}  // namespace loadstone
