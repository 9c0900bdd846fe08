#include "engine/plugin_registry.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/near_misses.h"
#include "engine/base/status_macros.h"
#include "engine/class_provider.h"

namespace loadstone {
namespace {

absl::string_view OriginName(absl::string_view origin) { return origin.empty() ? "code outside Install" : origin; }

absl::Status Duplicate(absl::string_view what, absl::string_view name, absl::string_view first,
                       absl::string_view second) {
  return absl::AlreadyExistsError(
      absl::StrCat(what, " '", name, "' is registered twice, by ", OriginName(first), " and by ", OriginName(second)));
}

absl::string_view NameOf(const Loader& loader) { return loader.name(); }
absl::string_view NameOf(const Device& device) { return device.name(); }
absl::string_view NameOf(const ArchitectureRecognizer& recognizer) { return recognizer.name; }
absl::string_view NameOf(const FolderFormat& format) { return format.name; }
absl::string_view NameOf(const ForwardHook& hook) { return hook.name; }

template <typename T>
const PluginRegistry::Entry<T>* FindEntry(const std::vector<PluginRegistry::Entry<T>>& entries,
                                          absl::string_view name) {
  for (const PluginRegistry::Entry<T>& entry : entries) {
    if (NameOf(*entry.value) == name) return &entry;
  }
  return nullptr;
}

template <typename T>
absl::StatusOr<const T*> FindByName(const std::vector<PluginRegistry::Entry<T>>& entries, absl::string_view what,
                                    absl::string_view name) {
  if (const PluginRegistry::Entry<T>* entry = FindEntry(entries, name)) return entry->value.get();
  std::vector<std::string> names;
  for (const PluginRegistry::Entry<T>& entry : entries) names.emplace_back(entry.value->name());
  return absl::NotFoundError(absl::StrCat("no ", what, " '", name, "'", DidYouMean(name, names)));
}

}  // namespace

std::unique_ptr<PluginRegistry> PluginRegistry::NewScope() const {
  auto scope = std::make_unique<PluginRegistry>();
  scope->loaders_ = loaders_;
  scope->devices_ = devices_;
  scope->module_classes_ = module_classes_;
  scope->recognizers_ = recognizers_;
  scope->folder_formats_ = folder_formats_;
  scope->forward_hooks_ = forward_hooks_;
  scope->reparametrizations_ = reparametrizations_;
  scope->class_source_ = class_source_;
  scope->class_provider_ = class_provider_;
  scope->class_index_ = class_index_;
  return scope;
}

absl::Status PluginRegistry::Install(absl::string_view origin,
                                     absl::FunctionRef<absl::Status(PluginRegistry&)> plugin) {
  std::string outer = std::exchange(origin_, std::string(origin));
  const auto restore = absl::MakeCleanup([&] { origin_ = std::move(outer); });
  return Annotate(plugin(*this), absl::StrCat("plugin ", origin));
}

absl::Status PluginRegistry::AddLoader(std::unique_ptr<Loader> loader) {
  if (const Entry<Loader>* taken = FindEntry(loaders_, loader->name())) {
    return Duplicate("loader", loader->name(), taken->origin, origin_);
  }
  loaders_.push_back({std::move(loader), origin_});
  return absl::OkStatus();
}

absl::Status PluginRegistry::AddDevice(std::unique_ptr<Device> device) {
  if (const Entry<Device>* taken = FindEntry(devices_, device->name())) {
    return Duplicate("device", device->name(), taken->origin, origin_);
  }
  devices_.push_back({std::move(device), origin_});
  return absl::OkStatus();
}

absl::Status PluginRegistry::AddModuleClass(ModuleClass module_class) {
  const auto [index, inserted] = class_index_.try_emplace(module_class.name, module_classes_.size());
  if (!inserted) return Duplicate("class", module_class.name, module_classes_[index->second].origin, origin_);
  module_classes_.push_back({std::make_shared<const ModuleClass>(std::move(module_class)), origin_});
  return absl::OkStatus();
}

absl::Status PluginRegistry::AddForwardHook(ForwardHook hook) {
  if (const Entry<ForwardHook>* taken = FindEntry(forward_hooks_, hook.name)) {
    return Duplicate("forward hook", hook.name, taken->origin, origin_);
  }
  forward_hooks_.push_back({std::make_shared<const ForwardHook>(std::move(hook)), origin_});
  return absl::OkStatus();
}

absl::Status PluginRegistry::AddReparametrization(Reparametrization form) {
  for (const Entry<Reparametrization>& taken : reparametrizations_) {
    if (taken.value->parts == form.parts) {
      return Duplicate("reparametrization", absl::StrJoin(form.parts, " and "), taken.origin, origin_);
    }
  }
  reparametrizations_.push_back({std::make_shared<const Reparametrization>(std::move(form)), origin_});
  return absl::OkStatus();
}

absl::Status PluginRegistry::AddArchitectureRecognizer(ArchitectureRecognizer recognizer) {
  if (const Entry<ArchitectureRecognizer>* taken = FindEntry(recognizers_, recognizer.name)) {
    return Duplicate("architecture recognizer", recognizer.name, taken->origin, origin_);
  }
  recognizers_.push_back({std::make_shared<const ArchitectureRecognizer>(std::move(recognizer)), origin_});
  return absl::OkStatus();
}

absl::Status PluginRegistry::AddFolderFormat(FolderFormat format) {
  if (const Entry<FolderFormat>* taken = FindEntry(folder_formats_, format.name)) {
    return Duplicate("folder format", format.name, taken->origin, origin_);
  }
  folder_formats_.push_back({std::make_shared<const FolderFormat>(std::move(format)), origin_});
  return absl::OkStatus();
}

absl::Status PluginRegistry::AddClassSource(ClassSource source) {
  if (class_source_.value != nullptr) {
    return Duplicate("class source", class_source_.value->name, class_source_.origin, origin_);
  }
  class_source_ = {std::make_shared<const ClassSource>(std::move(source)), origin_};
  return absl::OkStatus();
}

absl::Status PluginRegistry::AddClassAlias(absl::string_view alias, absl::string_view class_name) {
  const auto target = class_index_.find(class_name);
  if (target == class_index_.end()) {
    return absl::NotFoundError(absl::StrCat("alias ", alias, " is for ", class_name, ", which is not registered"));
  }
  const size_t class_at = target->second;
  const auto [index, inserted] = class_index_.try_emplace(std::string(alias), class_at);
  if (!inserted) return Duplicate("class", alias, module_classes_[index->second].origin, origin_);
  return absl::OkStatus();
}

absl::StatusOr<const Loader*> PluginRegistry::FindLoader(absl::string_view name) const {
  return FindByName(loaders_, "loader", name);
}

absl::StatusOr<const Device*> PluginRegistry::FindDevice(absl::string_view name) const {
  return FindByName(devices_, "device", name);
}

const ForwardHook* PluginRegistry::FindForwardHook(absl::string_view name) const {
  const Entry<ForwardHook>* entry = FindEntry(forward_hooks_, name);
  return entry == nullptr ? nullptr : entry->value.get();
}

bool PluginRegistry::HasModuleClass(absl::string_view name) const {
  if (class_index_.contains(name)) return true;
  if (class_provider_ == nullptr) return false;
  const absl::StatusOr<const ModuleClass*> provided = class_provider_->Find(name);
  return !provided.ok() || *provided != nullptr;
}

absl::StatusOr<const ModuleClass*> PluginRegistry::FindModuleClass(absl::string_view name) const {
  const auto found = class_index_.find(name);
  if (found != class_index_.end()) return module_classes_[found->second].value.get();
  if (class_provider_ != nullptr) {
    ASSIGN_OR_RETURN(const ModuleClass* provided, class_provider_->Find(name));
    if (provided != nullptr) return provided;
  }
  std::vector<std::string> names;
  for (const auto& [known, index] : class_index_) names.push_back(known);
  std::sort(names.begin(), names.end());
  return absl::FailedPreconditionError(absl::StrCat("class '", name, "' is not registered", DidYouMean(name, names),
                                                    "; a plugin registers it with PluginRegistry::AddModuleClass"));
}

}  // namespace loadstone
