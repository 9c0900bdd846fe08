#include "custom_ops/python_source/register.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "custom_ops/python_source/modules/program.h"
#include "custom_ops/python_source/modules/python_module.h"
#include "custom_ops/python_source/source_tree/source_tree.h"
#include "engine/base/status_macros.h"
#include "engine/class_provider.h"
#include "engine/module_def_builder.h"

namespace loadstone {
namespace {

using python::Program;
using python::PythonModule;
using python::SourceTree;

class SourceClasses : public ClassProvider {
 public:
  explicit SourceClasses(std::shared_ptr<Program> program) : program_(std::move(program)) {}

  absl::StatusOr<const ModuleClass*> Find(absl::string_view name) const override {
    if (absl::StartsWith(name, "torch.") || !absl::StrContains(name, '.')) return nullptr;
    absl::MutexLock lock(&mutex_);
    const auto found = classes_.find(name);
    if (found != classes_.end()) return found->second.get();
    std::string why;
    const std::string qualified(name);
    ASSIGN_OR_RETURN(const Program::Kind kind, program_->Find(qualified, why));
    if (kind == Program::Kind::kNothing) {
      return absl::FailedPreconditionError(absl::StrCat(name, " is not registered, and not in the source: ", why));
    }
    auto made = std::make_unique<ModuleClass>();
    made->name = qualified;
    made->signature = "*args, **kwargs";
    made->construct = [program = program_, qualified](AttributeReader& arguments, ModuleDefBuilder& self) {
      Arguments given;
      given.positional = arguments.Get("args").sequence()->items;
      for (const auto& [key, value] : arguments.Get("kwargs").dict()->entries) {
        given.keyword.push_back({*key.text(), value});
      }
      absl::StatusOr<std::shared_ptr<ModuleDef>> def = program->Construct(qualified, given);
      if (!def.ok()) return self.Fail(def.status());
      self.Return(*std::move(def));
    };
    if (kind == Program::Kind::kModuleClass) {
      made->set_state = [program = program_](ModuleDef& def) { program->Expect(def); };
      made->build = [program = program_](ModuleParts parts) { return PythonModule::Build(program, std::move(parts)); };
    }
    return (classes_[qualified] = std::move(made)).get();
  }

  absl::Status Seal() const override { return program_->Seal(); }

 private:
  const std::shared_ptr<Program> program_;
  mutable absl::Mutex mutex_;
  mutable absl::flat_hash_map<std::string, std::unique_ptr<ModuleClass>> classes_ ABSL_GUARDED_BY(mutex_);
};

absl::StatusOr<std::shared_ptr<const ClassProvider>> Open(const std::string& path,
                                                          std::shared_ptr<const PluginRegistry> registry) {
  ASSIGN_OR_RETURN(std::shared_ptr<const SourceTree> tree, SourceTree::Open(path));
  ASSIGN_OR_RETURN(std::shared_ptr<Program> program, Program::Create(std::move(tree), std::move(registry)));
  return std::make_shared<const SourceClasses>(std::move(program));
}

}  // namespace

absl::Status RegisterPythonSource(PluginRegistry& registry) {
  return registry.AddClassSource({.name = "python_source", .open = Open});
}

}  // namespace loadstone
