#include "tools/commands/run_command.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "tools/commands/model_flags.h"
#include "tools/tensor_io/format_value.h"
#include "tools/tensor_io/named_tensors.h"
#include "tools/tensor_io/value_file.h"

namespace loadstone {
namespace {

struct RunFlags {
  ModelFlags model;
  std::vector<std::string> inputs;
  std::string output;
};

absl::Status Run(const RunFlags& flags, CommandContext& context) {
  if (!flags.output.empty()) RETURN_IF_ERROR(CheckOutputPath(flags.output));
  ASSIGN_OR_RETURN(const Inputs inputs, ReadInputFiles(flags.inputs));
  ASSIGN_OR_RETURN(const ServableHandle model, AcquireModel(flags.model, context));
  ASSIGN_OR_RETURN(const c10::IValue output, model->Run(inputs));
  if (flags.output.empty()) {
    ASSIGN_OR_RETURN(context.output, FormatOutput(output));
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(WriteValueFile(flags.output, output));
  const absl::StatusOr<NamedList<at::Tensor>> tensors = NamedTensors("output", output);
  absl::StrAppend(&context.output, "wrote ", flags.output, "\n");
  if (!tensors.ok()) return absl::OkStatus();  // texts in it: written, and nothing to describe
  for (const Named<at::Tensor>& tensor : *tensors) {
    absl::StrAppend(&context.output, tensor.name, ": ", DescribeTensor(tensor.value), "\n");
  }
  return absl::OkStatus();
}

}  // namespace

void AddRunCommand(CLI::App& app, Command& chosen) {
  auto flags = std::make_shared<RunFlags>();
  CLI::App* command = app.add_subcommand("run", "run a model once and print or write its output");
  AddModelFlags(*command, flags->model);
  AddInputFlag(*command, flags->inputs);
  command
      ->add_option("--output", flags->output,
                   "write the output here (.npy, .pt or .safetensors) instead of printing it")
      ->type_name("F");
  command->callback([command, flags, &chosen] {
    CheckModelFlags(*command, flags->model);
    chosen = [flags](CommandContext& context) { return Run(*flags, context); };
  });
}

}  // namespace loadstone
