// Everything that plugins add: loaders, devices, module classes, and what finds out which of them a model needs.
#ifndef LOADSTONE_ENGINE_PLUGIN_REGISTRY_H_
#define LOADSTONE_ENGINE_PLUGIN_REGISTRY_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/architecture_recognizer.h"
#include "engine/device.h"
#include "engine/folder_format.h"
#include "engine/loader.h"
#include "engine/module_class.h"
#include "engine/reparametrization.h"

namespace loadstone {

class ClassProvider;
struct ClassSource;

// Filled first, by one thread; then given to Engine::Create, and from there on only read, by any thread.
//
//   absl::Status RegisterRanker(PluginRegistry& registry) {
//     return registry.AddModuleClass({.name = "shop.models.Ranker", ..., .build = BuildModule<Ranker>});
//   }
class PluginRegistry {
 public:
  PluginRegistry() = default;
  PluginRegistry(const PluginRegistry&) = delete;
  PluginRegistry& operator=(const PluginRegistry&) = delete;

  // A registry that begins with everything in this one, shared, and to which more is added without this one seeing it:
  // for what one model alone brings. May outlive this one.
  std::unique_ptr<PluginRegistry> NewScope() const;

  // Calls `plugin` on this registry; what it adds is known to come from `origin` (a folder or shared library).
  // After an error, what was added before it stays: use the registry no further.
  absl::Status Install(absl::string_view origin, absl::FunctionRef<absl::Status(PluginRegistry&)> plugin);

  // Each: AlreadyExists, naming both origins, when the name is taken.
  absl::Status AddLoader(std::unique_ptr<Loader> loader);
  absl::Status AddDevice(std::unique_ptr<Device> device);
  absl::Status AddModuleClass(ModuleClass module_class);
  absl::Status AddForwardHook(ForwardHook hook);
  absl::Status AddReparametrization(Reparametrization form);
  absl::Status AddArchitectureRecognizer(ArchitectureRecognizer recognizer);
  absl::Status AddFolderFormat(FolderFormat format);
  // One at most.
  absl::Status AddClassSource(ClassSource source);
  // A second name for a registered class: torch.nn.Linear for torch.nn.modules.linear.Linear.
  absl::Status AddClassAlias(absl::string_view alias, absl::string_view class_name);
  // Asked for the classes that are not registered; of a scope, since it is one model's.
  void SetClassProvider(std::shared_ptr<const ClassProvider> provider) { class_provider_ = std::move(provider); }

  // Each: NotFound, with the nearest names. Pointers live as long as this registry.
  absl::StatusOr<const Loader*> FindLoader(absl::string_view name) const;
  absl::StatusOr<const Device*> FindDevice(absl::string_view name) const;
  // By name or alias, then from the class provider. FailedPrecondition: neither has it. Others: the provider's.
  absl::StatusOr<const ModuleClass*> FindModuleClass(absl::string_view name) const;
  // Null: not known, so it is a user's code.
  const ForwardHook* FindForwardHook(absl::string_view name) const;

  // Without a message, for those who ask often. True also of a class that the provider has and cannot use.
  bool HasModuleClass(absl::string_view name) const;
  // Null: none is registered.
  const ClassSource* class_source() const { return class_source_.value.get(); }

  // In the order they were added, each with its origin.
  template <typename T>
  struct Entry {
    std::shared_ptr<const T> value;
    std::string origin;
  };
  const std::vector<Entry<Loader>>& loaders() const { return loaders_; }
  const std::vector<Entry<Device>>& devices() const { return devices_; }
  const std::vector<Entry<ModuleClass>>& module_classes() const { return module_classes_; }
  const std::vector<Entry<ArchitectureRecognizer>>& recognizers() const { return recognizers_; }
  const std::vector<Entry<FolderFormat>>& folder_formats() const { return folder_formats_; }
  const std::vector<Entry<Reparametrization>>& reparametrizations() const { return reparametrizations_; }

 private:
  std::string origin_;  // of what is being added
  std::vector<Entry<Loader>> loaders_;
  std::vector<Entry<Device>> devices_;
  std::vector<Entry<ModuleClass>> module_classes_;
  std::vector<Entry<ArchitectureRecognizer>> recognizers_;
  std::vector<Entry<FolderFormat>> folder_formats_;
  std::vector<Entry<ForwardHook>> forward_hooks_;
  std::vector<Entry<Reparametrization>> reparametrizations_;
  Entry<ClassSource> class_source_;
  std::shared_ptr<const ClassProvider> class_provider_;
  absl::flat_hash_map<std::string, size_t> class_index_;  // names and aliases to module_classes_
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_PLUGIN_REGISTRY_H_
