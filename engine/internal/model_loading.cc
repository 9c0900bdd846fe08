#include "engine/internal/model_loading.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <c10/core/GradMode.h>
#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "engine/base/logging.h"
#include "engine/base/status_macros.h"
#include "engine/class_provider.h"
#include "engine/internal/architecture_recognition.h"
#include "engine/internal/device_choice.h"
#include "engine/internal/model_folders.h"
#include "engine/internal/module_builder.h"
#include "engine/internal/state_dict_binding.h"
#include "engine/module_def_builder.h"
#include "engine/requires_grad.h"

namespace loadstone {
namespace {

absl::StatusOr<std::shared_ptr<ModuleDef>> ConstructAndBind(const StateDict& weights, const Architecture& architecture,
                                                            const ModelSpec& spec, const PluginRegistry& registry,
                                                            LoadReport& report) {
  ASSIGN_OR_RETURN(std::shared_ptr<ModuleDef> def,
                   Construct(architecture.class_name, architecture.arguments, registry));
  RETURN_IF_ERROR(BindStateDict(weights, spec, registry, *def, report));
  return def;
}

// The module of spec.architecture_file.
absl::StatusOr<std::shared_ptr<ModuleDef>> ReadTemplate(const ModelSpec& spec, const ByteSource& weights,
                                                        const PluginRegistry& registry) {
  ModelSpec file;
  file.name = spec.name;
  file.path = spec.architecture_file;
  ASSIGN_OR_RETURN(const std::shared_ptr<ByteSource> source, weights.MapPart(file.path));
  ASSIGN_OR_RETURN(const Loader* loader, ChooseLoader(file, *source, registry));
  absl::StatusOr<ModelContent> content = loader->Load(file, *source);
  if (!content.ok()) return Annotate(content.status(), file.path);
  std::shared_ptr<ModuleDef>* module = std::get_if<std::shared_ptr<ModuleDef>>(&*content);
  if (module != nullptr && *module != nullptr) return std::move(*module);
  return absl::InvalidArgumentError(
      absl::StrCat(file.path, " gives no architecture: that needs a whole module, saved by torch.save(model)"));
}

absl::Status CheckNoArchitecture(absl::string_view class_name, const ModelSpec& spec) {
  if (!spec.architecture.has_value() && spec.architecture_file.empty()) return absl::OkStatus();
  const std::string& given = spec.architecture.has_value() ? spec.architecture->class_name : spec.architecture_file;
  return absl::InvalidArgumentError(absl::StrCat("the file holds a whole module of class ", class_name,
                                                 ", so no architecture (", given, ") can be given"));
}

// A whole module as it is; weights are bound to the architecture that the spec names, or that they are recognised by.
absl::StatusOr<std::shared_ptr<ModuleDef>> Assemble(ModelContent content, const ModelSpec& spec,
                                                    const ByteSource& source, const PluginRegistry& registry,
                                                    LoadReport& report) {
  if (std::shared_ptr<ModuleDef>* module = std::get_if<std::shared_ptr<ModuleDef>>(&content)) {
    if (*module == nullptr) return absl::InternalError(absl::StrCat("loader ", report.loader, " read nothing"));
    RETURN_IF_ERROR(CheckNoArchitecture((*module)->class_name, spec));
    return std::move(*module);
  }
  const StateDict& weights = std::get<StateDict>(content);
  if (!spec.architecture_file.empty()) {
    if (spec.architecture.has_value()) {
      return absl::InvalidArgumentError(absl::StrCat("both an architecture (", spec.architecture->class_name,
                                                     ") and a file with one (", spec.architecture_file,
                                                     ") are given, needs one of them"));
    }
    ASSIGN_OR_RETURN(std::shared_ptr<ModuleDef> def, ReadTemplate(spec, source, registry));
    RETURN_IF_ERROR(BindStateDict(weights, spec, registry, *def, report));
    return def;
  }
  if (spec.architecture.has_value()) return ConstructAndBind(weights, *spec.architecture, spec, registry, report);
  ASSIGN_OR_RETURN(RecognizedArchitecture recognized, RecognizeArchitecture(weights, spec, registry));
  absl::StatusOr<std::shared_ptr<ModuleDef>> def =
      ConstructAndBind(weights, recognized.architecture, spec, registry, report);
  if (!def.ok()) return Annotate(def.status(), absl::StrCat("recognised as ", recognized.text));
  report.recognized = std::move(recognized.text);
  return def;
}

absl::StatusOr<std::shared_ptr<Module>> Build(ModelContent content, const ModelSpec& spec, const ByteSource& source,
                                              const PluginRegistry& registry, LoadReport& report) {
  if (std::shared_ptr<Module>* module = std::get_if<std::shared_ptr<Module>>(&content)) {
    if (*module == nullptr) return absl::InternalError(absl::StrCat("loader ", report.loader, " read nothing"));
    RETURN_IF_ERROR(CheckNoArchitecture((*module)->class_name(), spec));
    return std::move(*module);
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<ModuleDef> def, Assemble(std::move(content), spec, source, registry, report));
  return BuildModules(*def, registry, spec.unknown_hooks);
}

void LogReport(const ModelSpec& spec, const LoadReport& report) {
  const auto log_keys = [&spec](absl::string_view what, const std::vector<std::string>& keys) {
    if (!keys.empty()) LOG(WARNING) << spec.name << ": " << keys.size() << " " << what << ": " << absl::StrJoin(keys, ", ");
  };
  if (!report.recognized.empty()) LOG(INFO) << spec.name << ": recognised as " << report.recognized;
  if (!report.stripped_prefix.empty()) {
    LOG(INFO) << spec.name << ": prefix '" << report.stripped_prefix << "' left out of every key";
  }
  if (!report.reparametrized.empty()) {
    LOG(INFO) << spec.name << ": " << report.reparametrized.size()
              << " tensors put together from their parts: " << absl::StrJoin(report.reparametrized, ", ");
  }
  log_keys("keys missing from the file", report.missing_keys);
  log_keys("keys of the file not in the model", report.unexpected_keys);
  log_keys("keys of another shape", report.mismatched_keys);
}

// Moves the module; its tensors want gradients where they did before, as after Python's Module.to.
absl::Status Place(const Device& device, Module& module) {
  std::vector<bool> requires_grad;
  module.ForEachTensor([&](const at::Tensor& tensor) { requires_grad.push_back(tensor.requires_grad()); });
  RETURN_IF_ERROR(device.Place(module));
  size_t next = 0;
  module.ForEachTensor([&](const at::Tensor& tensor) { SetRequiresGrad(tensor, requires_grad[next++]); });
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const Servable>> LoadFile(const ModelSpec& spec, ModelSpec file,
                                                         const ByteSource& source,
                                                         std::shared_ptr<const PluginRegistry> registry) {
  ASSIGN_OR_RETURN(const Device* device, ChooseDevice(spec, *registry));
  // What "auto" or a list came to: a loader of ready modules may know some devices only.
  file.device = std::string(device->name());
  ASSIGN_OR_RETURN(const Loader* loader, ChooseLoader(file, source, *registry));
  absl::StatusOr<ModelContent> content = loader->Load(file, source);
  if (!content.ok()) return Annotate(content.status(), file.path);

  LoadReport report;
  report.loader = std::string(loader->name());
  absl::StatusOr<std::shared_ptr<Module>> module = Build(*std::move(content), file, source, *registry, report);
  if (!module.ok()) return Annotate(module.status(), file.path);
  RETURN_IF_ERROR(Annotate(Place(*device, **module), file.path));
  LogReport(spec, report);
  return std::make_shared<const Servable>(spec, *std::move(module),
                                          std::shared_ptr<const Device>(std::move(registry), device), std::move(report),
                                          source.files());
}

absl::StatusOr<std::shared_ptr<const ClassProvider>> OpenClassSource(const ModelSpec& spec,
                                                                     std::shared_ptr<const PluginRegistry> registry) {
  const ClassSource* source = registry->class_source();
  if (source == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat("classes are to come from ", spec.source, ", but no class source is registered"));
  }
  return source->open(spec.source, std::move(registry));
}

absl::StatusOr<std::shared_ptr<const Servable>> LoadSteps(const ModelSpec& spec,
                                                          std::shared_ptr<const PluginRegistry> registry) {
  std::shared_ptr<const ClassProvider> provider;
  if (!spec.source.empty()) {
    ASSIGN_OR_RETURN(provider, OpenClassSource(spec, registry));
    std::unique_ptr<PluginRegistry> scope = registry->NewScope();
    scope->SetClassProvider(provider);
    registry = std::move(scope);
  }
  ASSIGN_OR_RETURN(ModelSpec file, OpenModelFolder(spec, *registry));
  ASSIGN_OR_RETURN(const std::shared_ptr<ByteSource> source, ByteSource::Map(file.path, file.limits));
  absl::StatusOr<std::shared_ptr<const Servable>> servable =
      LoadFile(spec, std::move(file), *source, std::move(registry));
  RETURN_IF_ERROR(source->CheckIntact());  // first: what zeros came to, model or error, means nothing
  if (servable.ok() && provider != nullptr) RETURN_IF_ERROR(Annotate(provider->Seal(), source->path()));
  return servable;
}

}  // namespace

absl::StatusOr<const Loader*> ChooseLoader(const ModelSpec& spec, const ByteSource& source,
                                           const PluginRegistry& registry) {
  if (!spec.loader.empty()) return registry.FindLoader(spec.loader);
  std::vector<const Loader*> able;
  std::vector<std::string> able_names;
  std::vector<std::string> reasons;
  absl::Status broken;
  for (const PluginRegistry::Entry<Loader>& entry : registry.loaders()) {
    const absl::Status verdict = entry.value->CanLoad(source);
    if (verdict.ok()) {
      able.push_back(entry.value.get());
      able_names.emplace_back(entry.value->name());
    } else if (!absl::IsInvalidArgument(verdict)) {
      broken.Update(verdict);
    } else if (std::find(reasons.begin(), reasons.end(), verdict.message()) == reasons.end()) {
      reasons.emplace_back(verdict.message());
    }
  }
  if (!broken.ok()) return Annotate(broken, source.path());
  if (able.size() == 1) return able.front();
  if (able.size() > 1) {
    return absl::InvalidArgumentError(absl::StrCat(source.path(), ": loaders ", absl::StrJoin(able_names, " and "),
                                                   " both understand it; name the one to use"));
  }
  if (reasons.empty()) return absl::FailedPreconditionError("no loader is registered");
  return absl::InvalidArgumentError(absl::StrCat(source.path(), ": ", absl::StrJoin(reasons, "; ")));
}

absl::StatusOr<std::shared_ptr<const Servable>> LoadModel(const ModelSpec& spec,
                                                          std::shared_ptr<const PluginRegistry> registry) {
  const absl::Time begin = absl::Now();
  const c10::NoGradGuard no_grad;  // what is computed of parameters is no function to differentiate
  // Extensions convert what they throw, this is the last net: a load must end, or its waiters wait for ever.
  absl::StatusOr<std::shared_ptr<const Servable>> servable;
  try {
    servable = LoadSteps(spec, std::move(registry));
  } catch (const std::bad_alloc&) {
    servable = absl::ResourceExhaustedError(absl::StrCat(spec.path, ": out of memory"));
  } catch (const c10::Error& error) {
    servable = absl::InternalError(absl::StrCat(spec.path, ": ", error.what_without_backtrace()));
  } catch (const std::exception& error) {
    servable = absl::InternalError(absl::StrCat(spec.path, ": ", error.what()));
  }
  if (servable.ok()) {
    VLOG(1) << "loaded " << spec.name << " version " << spec.version << " from " << spec.path << " by "
            << (*servable)->report().loader << " on " << (*servable)->device().name() << " in " << absl::Now() - begin;
  }
  return servable;
}

}  // namespace loadstone
