#include "loaders/torchscript/script_module.h"

#include <exception>
#include <string>
#include <utility>

#include <c10/util/Exception.h>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

constexpr int kMaxDepth = 500;

class ScriptModule : public Module {
 public:
  ScriptModule(ModuleState& state, torch::jit::Module module)
      : Module(state), name_(state.attributes().Text("original_name")), module_(std::move(module)) {}

  std::string ExtraRepr() const override { return absl::StrCat("original_name=", name_); }

  c10::IValue Forward(const Inputs& inputs) const override {
    torch::jit::Kwargs kwargs;
    for (const Named<c10::IValue>& entry : inputs.kwargs) kwargs[entry.name] = entry.value;
    try {
      return module_.get_method("forward")(inputs.args, kwargs);
    } catch (const c10::Error&) {
      throw;
    } catch (const std::exception& error) {  // raise and assert in the script
      TORCH_CHECK(false, error.what());
    }
  }

 private:
  const std::string name_;
  const torch::jit::Module module_;
};

class Wrapper {
 public:
  absl::StatusOr<std::shared_ptr<Module>> Wrap(const torch::jit::Module& module, int depth = 0) {
    if (const auto known = done_.find(module._ivalue().get()); known != done_.end()) return known->second;
    if (depth == kMaxDepth) {
      return absl::ResourceExhaustedError(absl::StrCat("modules nest deeper than ", kMaxDepth, " levels"));
    }
    ModuleParts parts;
    parts.class_name = "torch.jit._script.RecursiveScriptModule";
    parts.attributes.push_back({"original_name", Attribute(module.type()->name()->name())});
    for (const auto& parameter : module.named_parameters(/*recurse=*/false)) {
      parts.parameters.push_back({parameter.name, parameter.value});
    }
    for (const auto& buffer : module.named_buffers(/*recurse=*/false)) {
      parts.buffers.push_back({buffer.name, buffer.value});
    }
    for (const auto& child : module.named_children()) {
      ASSIGN_OR_RETURN(std::shared_ptr<Module> wrapped, Wrap(child.value, depth + 1));
      parts.children.push_back({child.name, std::move(wrapped)});
    }
    ModuleState state(std::move(parts));
    auto wrapped = std::make_shared<ScriptModule>(state, module);
    RETURN_IF_ERROR(state.status());
    return done_[module._ivalue().get()] = std::move(wrapped);
  }

 private:
  absl::flat_hash_map<const void*, std::shared_ptr<Module>> done_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<Module>> WrapScriptModule(torch::jit::Module module) {
  module.eval();
  return Wrapper().Wrap(module);
}

}  // namespace loadstone
