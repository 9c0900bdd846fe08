#include "tools/commands/model_flags.h"

#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/Parallel.h>
#include <CLI/CLI.hpp>

#include "engine/base/status_macros.h"
#include "engine/engine.h"
#include "engine/json_attribute.h"
#include "engine/model_spec.h"

namespace loadstone {
namespace {

constexpr int kMaxThreads = 1024;
constexpr char kFile[] = "FILE";
constexpr char kInput[] = "--input";
constexpr char kModel[] = "--model";
constexpr char kRepository[] = "--repository";

// A CLI11 check: an empty text is fine, any other the reason.
std::string CheckArguments(const std::string& text) {
  const absl::StatusOr<Arguments> arguments = ArgumentsFromJsonText(text);
  return arguments.ok() ? "" : std::string(arguments.status().message());
}

absl::StatusOr<ModelSpec> FileSpec(const ModelFlags& flags) {
  ModelSpec spec;
  spec.name = flags.file;
  spec.path = flags.file;
  spec.loader = flags.loader;
  spec.weights_key = flags.weights_key;
  spec.strictness = flags.no_strict ? Strictness::kLenient : Strictness::kStrict;
  spec.unknown_hooks = flags.ignore_hooks ? UnknownHooks::kIgnore : UnknownHooks::kRefuse;
  spec.device = flags.device;
  spec.architecture_file = flags.architecture_file;
  spec.source = flags.source;
  if (!flags.architecture.empty()) {
    spec.architecture = Architecture{.class_name = flags.architecture};
    if (!flags.architecture_arguments.empty()) {
      ASSIGN_OR_RETURN(spec.architecture->arguments, ArgumentsFromJsonText(flags.architecture_arguments));
    }
  }
  return spec;
}

}  // namespace

void AddModelFlags(CLI::App& command, ModelFlags& flags) {
  command.add_option(kFile, flags.file, "the model: what torch.save wrote, another format that `plugins` lists, or a Hugging Face folder");
  command
      .add_option("--arch", flags.architecture,
                  "class of the model, when FILE holds weights only; default: what they are recognised as")
      ->type_name("CLASS");
  command
      .add_option("--arch_args", flags.architecture_arguments, "arguments of its constructor: an array or an object")
      ->type_name("JSON")
      ->check(CheckArguments, "");
  command
      .add_option("--arch_file", flags.architecture_file,
                  "instead of --arch: a file with a whole module, whose weights are replaced by those of FILE")
      ->type_name("TEMPLATE");
  command
      .add_option("--source", flags.source,
                  "folder, zip or file of Python source with the model's classes; nothing of it is run by Python")
      ->type_name("CODE");
  command.add_option("--loader", flags.loader, "reads FILE; default: the one that recognises it")->type_name("NAME");
  command
      .add_option("--weights_key", flags.weights_key,
                  "which entry of a checkpoint holds the weights, levels joined by '.'")
      ->type_name("KEY");
  command.add_flag("--no_strict", flags.no_strict, "load the weights that fit, report the rest");
  command.add_flag("--ignore_hooks", flags.ignore_hooks, "run without forward hooks that are Python code of the author");
  command.add_option("--device", flags.device, "cpu, cuda:0, ...; default: the first accelerator, else cpu")
      ->type_name("D");
  command.add_option(kModel, flags.model, "instead of FILE: a model of the repository")->type_name("NAME");
  command.add_option("--version", flags.version, "of that model; default: the highest")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  command.add_option(kRepository, flags.repository, "folder of models")->type_name("DIR");
  command.add_option("--threads", flags.threads, "threads of one forward; default: as many as cores")
      ->type_name("N")
      ->check(CLI::Range(1, kMaxThreads));
}

void AddInputFlag(CLI::App& command, std::vector<std::string>& paths) {
  command
      .add_option(
          kInput, paths,
          ".npy or .pt (torch.save of a tensor, or of a tuple, list or dict of them: a dict's names are keyword "
          "arguments); several are arguments in this order")
      ->type_name("F");
}

void CheckModelFlags(const CLI::App& command, const ModelFlags& flags) {
  const auto given = [&command](const std::string& name) { return command.get_option(name)->count() > 0; };
  const CLI::Option* input = command.get_option_no_throw(kInput);
  if (flags.file.empty() && flags.model.empty()) {
    throw CLI::RequiredError(input != nullptr && input->count() > 1
                                 ? "FILE (before --input, which takes every name after it) or --model"
                                 : "FILE or --model");
  }
  if (given(kModel)) {
    // model.json in the repository says these.
    for (const char* of_file :
         {kFile, "--arch", "--arch_args", "--arch_file", "--source", "--loader", "--weights_key", "--no_strict",
          "--ignore_hooks", "--device"}) {
      if (given(of_file)) throw CLI::ExcludesError(kModel, of_file);
    }
    if (flags.repository.empty()) throw CLI::RequiresError(kModel, kRepository);
  } else {
    for (const char* of_model : {"--version", kRepository}) {
      if (given(of_model)) throw CLI::RequiresError(of_model, kModel);
    }
    if (given("--arch_args") && !given("--arch")) throw CLI::RequiresError("--arch_args", "--arch");
    if (given("--arch_file") && given("--arch")) throw CLI::ExcludesError("--arch_file", "--arch");
  }
  if (input != nullptr && input->count() == 0) throw CLI::RequiredError(kInput);
}

absl::StatusOr<ServableHandle> AcquireModel(const ModelFlags& flags, const CommandContext& context) {
  if (flags.threads > 0) at::set_num_threads(flags.threads);
  ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine,
                   Engine::Create({.registry = context.registry,
                                   .model_repository = flags.repository,
                                   .install_plugin = context.install_plugin}));
  if (flags.file.empty()) {
    return flags.version > 0 ? engine->Acquire(flags.model, flags.version) : engine->Acquire(flags.model);
  }
  ASSIGN_OR_RETURN(ModelSpec spec, FileSpec(flags));
  RETURN_IF_ERROR(engine->AddModel(std::move(spec)));
  ASSIGN_OR_RETURN(ServableHandle model, engine->Acquire(flags.file));
  const LoadReport& report = model->report();
  if (!report.recognized.empty()) std::cerr << flags.file << ": recognised as " << report.recognized << "\n";
  if (!report.stripped_prefix.empty()) {
    std::cerr << flags.file << ": prefix '" << report.stripped_prefix << "' left out of every key\n";
  }
  for (const std::string& tensor : report.reparametrized) std::cerr << flags.file << ": " << tensor << "\n";
  return model;
}

}  // namespace loadstone
