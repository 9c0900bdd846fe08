#include "engine/internal/module_builder.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <c10/util/Exception.h>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"
#include "engine/module_class.h"

namespace loadstone {
namespace {

constexpr int kMaxDepth = 500;      // Python's own recursion limit stops a model of 1000 levels
constexpr size_t kMaxPathBytes = 4096;
constexpr size_t kPathsShown = 3;
constexpr size_t kHooksShown = 20;

std::string Join(const std::string& path, const std::string& name) {
  return path.empty() ? name : absl::StrCat(path, ".", name);
}

std::string Where(const std::string& path) { return path.empty() ? "the model itself" : path; }

// Looks at the whole tree before anything is built, so that all of what is missing is said at once.
class Survey {
 public:
  Survey(const PluginRegistry& registry, UnknownHooks unknown_hooks)
      : registry_(registry), unknown_hooks_(unknown_hooks) {}

  absl::Status Visit(const ModuleDef& def, const std::string& path, int depth) {
    if (path.size() > kMaxPathBytes) {
      return absl::ResourceExhaustedError(absl::StrCat("a module's path is longer than ", kMaxPathBytes, " bytes: ",
                                                       path.substr(0, kMaxPathBytes / 16), "..."));
    }
    const auto [entry, inserted] = heights_.try_emplace(&def, kInProgress);
    if (!inserted && entry->second == kInProgress) {
      return absl::InvalidArgumentError(absl::StrCat(Where(path), " is a module that contains itself"));
    }
    const int height = inserted ? 0 : entry->second;
    if (depth + height > kMaxDepth) {
      return absl::ResourceExhaustedError(absl::StrCat("modules nest deeper than ", kMaxDepth, " levels at ", path));
    }
    return inserted ? VisitNew(def, path, depth) : absl::OkStatus();
  }

  absl::Status VisitNew(const ModuleDef& def, const std::string& path, int depth) {
    if (!registry_.HasModuleClass(def.class_name)) missing_[def.class_name].push_back(Where(path));
    for (const Named<Attribute>& hook : def.hooks) {
      if (unknown_hooks_ == UnknownHooks::kIgnore || registry_.FindForwardHook(hook.value.TypeName()) != nullptr) continue;
      ++hook_count_;
      if (hooks_.size() == kHooksShown) continue;
      hooks_.push_back(absl::StrCat(Where(path), " (", def.class_name, ") has ", hook.name, " ", hook.value.TypeName()));
    }
    int height = 0;
    for (const Named<std::shared_ptr<ModuleDef>>& child : def.children) {
      if (child.value == nullptr) continue;
      RETURN_IF_ERROR(Visit(*child.value, Join(path, child.name), depth + 1));
      height = std::max(height, heights_[child.value.get()] + 1);
    }
    heights_[&def] = height;
    return absl::OkStatus();
  }

  absl::Status Verdict() const {
    if (!missing_.empty()) return absl::FailedPreconditionError(MissingClasses());
    if (hooks_.empty()) return absl::OkStatus();
    return absl::UnimplementedError(absl::StrCat(
        "forward hooks change what a module computes and are Python code: ", absl::StrJoin(hooks_, "; "),
        hook_count_ > hooks_.size() ? absl::StrCat("; and ", hook_count_ - hooks_.size(), " more") : "",
        "; remove them before saving, or ignore them (\"ignore_hooks\": true in model.json)"));
  }

 private:
  std::string MissingClasses() const {
    std::string text = missing_.size() == 1 ? "1 class is not registered:"
                                            : absl::StrCat(missing_.size(), " classes are not registered:");
    for (const auto& [name, paths] : missing_) {
      const std::vector<std::string> shown(paths.begin(), paths.begin() + std::min(paths.size(), kPathsShown));
      absl::StrAppend(&text, "\n  ", name, ", used by ", absl::StrJoin(shown, ", "));
      if (paths.size() > shown.size()) absl::StrAppend(&text, " and ", paths.size() - shown.size(), " more");
    }
    absl::StrAppend(&text, "\nwrite each as a ModuleClass under that exact name and register it with "
                           "PluginRegistry::AddModuleClass before the model is acquired (custom_ops/examples/digits "
                           "shows how)");
    return text;
  }

  const PluginRegistry& registry_;
  const UnknownHooks unknown_hooks_;
  static constexpr int kInProgress = -1;
  // Levels of modules below each one seen: a shared module brings all of its own to every place it stands in.
  absl::flat_hash_map<const ModuleDef*, int> heights_;
  std::map<std::string, std::vector<std::string>> missing_;
  std::vector<std::string> hooks_;  // the first of them
  size_t hook_count_ = 0;
};

absl::Status CheckHasData(const NamedList<at::Tensor>& tensors) {
  for (const Named<at::Tensor>& entry : tensors) {
    if (entry.value.defined() && entry.value.is_meta()) {
      return absl::InvalidArgumentError(absl::StrCat(entry.name, " has a shape but no data in the file (a meta tensor)"));
    }
  }
  return absl::OkStatus();
}

class Builder {
 public:
  explicit Builder(const PluginRegistry& registry) : registry_(registry) {}

  absl::StatusOr<std::shared_ptr<Module>> Build(ModuleDef& def, const std::string& path) {
    if (const auto built = built_.find(&def); built != built_.end()) return built->second;
    NamedList<std::shared_ptr<Module>> children;
    for (const Named<std::shared_ptr<ModuleDef>>& child : def.children) {
      std::shared_ptr<Module> module;
      if (child.value != nullptr) {
        ASSIGN_OR_RETURN(module, Build(*child.value, Join(path, child.name)));
      }
      children.push_back({child.name, std::move(module)});
    }
    absl::StatusOr<std::shared_ptr<Module>> module;
    try {  // a class's functions may prepare tensors
      module = BuildOne(def, std::move(children));
    } catch (const c10::Error& error) {
      module = absl::InvalidArgumentError(error.what_without_backtrace());
    }
    if (!module.ok()) return Annotate(module.status(), Where(path));
    built_[&def] = *module;
    return module;
  }

 private:
  absl::StatusOr<std::shared_ptr<Module>> BuildOne(ModuleDef& def, NamedList<std::shared_ptr<Module>> children) {
    ASSIGN_OR_RETURN(const ModuleClass* module_class, registry_.FindModuleClass(def.class_name));
    if (module_class->build == nullptr) {
      return absl::UnimplementedError(absl::StrCat(def.class_name, " is registered without a build function"));
    }
    if (module_class->set_state != nullptr) module_class->set_state(def);
    RETURN_IF_ERROR(CheckHasData(def.parameters));
    RETURN_IF_ERROR(CheckHasData(def.buffers));
    RETURN_IF_ERROR(ApplyHooks(def));
    ModuleParts parts;
    parts.class_name = def.class_name;
    parts.attributes = std::move(def.attributes);
    parts.parameters = std::move(def.parameters);
    parts.buffers = std::move(def.buffers);
    parts.children = std::move(children);
    for (const Named<Attribute>& attribute : parts.attributes) {
      if (const at::Tensor* tensor = attribute.value.tensor()) parts.tensors.push_back({attribute.name, *tensor});
    }
    RETURN_IF_ERROR(CheckHasData(parts.tensors));
    ASSIGN_OR_RETURN(std::shared_ptr<Module> module, module_class->build(std::move(parts)));
    if (module == nullptr) return absl::InternalError(absl::StrCat(def.class_name, ": build made nothing"));
    return module;
  }

  absl::Status ApplyHooks(ModuleDef& def) const {
    for (const Named<Attribute>& hook : def.hooks) {
      const ForwardHook* known = registry_.FindForwardHook(hook.value.TypeName());
      if (known == nullptr) continue;  // the survey let it pass, so it is to be ignored
      try {
        RETURN_IF_ERROR(Annotate(known->apply(hook.value, def), known->name));
      } catch (const c10::Error& error) {
        return absl::InvalidArgumentError(absl::StrCat(known->name, ": ", error.what_without_backtrace()));
      }
    }
    return absl::OkStatus();
  }

  const PluginRegistry& registry_;
  absl::flat_hash_map<const ModuleDef*, std::shared_ptr<Module>> built_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<Module>> BuildModules(ModuleDef& def, const PluginRegistry& registry,
                                                     UnknownHooks unknown_hooks) {
  Survey survey(registry, unknown_hooks);
  RETURN_IF_ERROR(survey.Visit(def, "", 0));
  RETURN_IF_ERROR(survey.Verdict());
  return Builder(registry).Build(def, "");
}

}  // namespace loadstone
