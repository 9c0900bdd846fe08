#include "tools/commands/models_command.h"

#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/engine.h"

namespace loadstone {
namespace {

absl::Status ListModels(const std::string& repository, CommandContext& context) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine,
                   Engine::Create({.registry = context.registry, .model_repository = repository}));
  const std::vector<Engine::ModelInfo> models = engine->Models();
  for (const Engine::ModelInfo& model : models) {
    const ModelSpec& spec = model.spec;
    absl::StrAppend(&context.output, spec.name, " version ", spec.version, "\n  file ", spec.path, "\n");
    if (!spec.loader.empty()) absl::StrAppend(&context.output, "  loader ", spec.loader, "\n");
    if (spec.architecture.has_value()) {
      absl::StrAppend(&context.output, "  architecture ", spec.architecture->class_name, "\n");
    }
  }
  if (models.empty()) absl::StrAppend(&context.output, "no models in ", repository, "\n");
  return absl::OkStatus();
}

}  // namespace

void AddModelsCommand(CLI::App& app, Command& chosen) {
  auto repository = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("models", "list the models and versions of a repository; none is loaded");
  CLI::Option* option = command->add_option("--repository", *repository, "folder of models")->type_name("DIR");
  command->callback([option, repository, &chosen] {
    if (option->count() == 0 || repository->empty()) throw CLI::RequiredError("--repository");
    chosen = [repository](CommandContext& context) { return ListModels(*repository, context); };
  });
}

}  // namespace loadstone
