#include "tools/commands/convert_command.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "tools/convert/read_weights.h"
#include "tools/tensor_io/safetensors_file.h"

namespace loadstone {
namespace {

constexpr absl::string_view kEnding = ".safetensors";

struct ConvertFlags {
  std::string file;
  std::string output;
  std::string weights_key;
};

absl::Status Convert(const ConvertFlags& flags, CommandContext& context) {
  if (!absl::EndsWith(flags.output, kEnding)) {
    return absl::UnimplementedError(absl::StrCat("cannot write ", flags.output, ": only ", kEnding, " files"));
  }
  ASSIGN_OR_RETURN(const Weights weights, ReadWeights(flags.file, flags.weights_key, *context.registry));
  absl::Status written = WriteSafetensorsFile(flags.output, weights.tensors);
  if (const absl::Status intact = weights.source->CheckIntact(); !intact.ok()) {
    if (written.ok()) std::remove(flags.output.c_str());  // it may hold zeros
    return intact;
  }
  RETURN_IF_ERROR(Annotate(written, absl::StrCat("cannot convert ", flags.file)));
  absl::StrAppend(&context.output, "wrote ", flags.output, ": ", weights.tensors.size(), " tensors\n");
  for (const std::string& key : weights.left_out) absl::StrAppend(&context.output, "left out: ", key, "\n");
  return absl::OkStatus();
}

}  // namespace

void AddConvertCommand(CLI::App& app, Command& chosen) {
  auto flags = std::make_shared<ConvertFlags>();
  CLI::App* command = app.add_subcommand("convert", "write a file's weights to a .safetensors file");
  command->add_option("FILE", flags->file, "a model, state dict or checkpoint of any format")->required();
  command->add_option("OUT", flags->output, "the .safetensors file to write")->required();
  command->add_option("--weights_key", flags->weights_key, "only the weights at this key of a checkpoint");
  command->callback(
      [flags, &chosen] { chosen = [flags](CommandContext& context) { return Convert(*flags, context); }; });
}

}  // namespace loadstone
