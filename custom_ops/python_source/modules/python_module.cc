#include "custom_ops/python_source/modules/python_module.h"

#include <utility>

#include "engine/base/status_macros.h"

namespace loadstone::python {

absl::StatusOr<std::unique_ptr<Module>> PythonModule::Build(std::shared_ptr<Program> program, ModuleParts parts) {
  ModuleState state(std::move(parts));
  const ModuleParts& held = state.parts();  // the module's own from now on
  std::unique_ptr<PythonModule> module(new PythonModule(state, program));
  RETURN_IF_ERROR(state.status());
  RETURN_IF_ERROR(program->Join(*module, held));
  return module;
}

PythonModule::~PythonModule() { program_->Leave(*this); }

std::string PythonModule::ToString() const {
  std::string text = program_->Text(*this);
  return text.empty() ? Module::ToString() : text;
}

}  // namespace loadstone::python
