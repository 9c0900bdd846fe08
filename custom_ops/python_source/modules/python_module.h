// A module whose forward is the user's own Python source.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_PYTHON_MODULE_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_PYTHON_MODULE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "custom_ops/python_source/modules/program.h"
#include "engine/module.h"
#include "engine/module_state.h"

namespace loadstone::python {

class PythonModule : public Module {
 public:
  static absl::StatusOr<std::unique_ptr<Module>> Build(std::shared_ptr<Program> program, ModuleParts parts);
  ~PythonModule() override;

  c10::IValue Forward(const Inputs& inputs) const override { return program_->Forward(*this, inputs); }
  std::string ToString() const override;

 private:
  PythonModule(ModuleState& state, std::shared_ptr<Program> program) : Module(state), program_(std::move(program)) {}

  const std::shared_ptr<Program> program_;
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_PYTHON_MODULE_H_
