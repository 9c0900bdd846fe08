#include "engine/testing/module_conformance.h"

#include <exception>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <ATen/ops/arange.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/internal/module_builder.h"
#include "engine/module_def_builder.h"
#include "engine/testing/fingerprint.h"

namespace loadstone::testing {
namespace {

constexpr int kThreads = 4;
constexpr int kCallsOfAThread = 4;

// What stands for trained weights: small, of both signs, no two alike, and other ones for another `factor`.
at::Tensor Weights(const at::Tensor& layout, double factor) {
  const at::Tensor numbers = at::arange(layout.numel(), at::kDouble);
  return numbers.mul(0.7).sin_().mul_(0.3 * factor).reshape(layout.sizes()).to(layout.scalar_type());
}

void FillWeights(ModuleDef& def, double factor, std::set<const ModuleDef*>& seen) {
  if (!seen.insert(&def).second) return;
  for (Named<at::Tensor>& parameter : def.parameters) {
    if (parameter.value.defined()) parameter.value = Weights(parameter.value, factor);
  }
  for (Named<at::Tensor>& buffer : def.buffers) {
    if (!buffer.value.defined()) continue;
    if (buffer.value.is_meta()) buffer.value = Weights(buffer.value, factor).abs();
    if (buffer.value.is_floating_point()) buffer.value = buffer.value.mul(factor);
  }
  for (Named<std::shared_ptr<ModuleDef>>& child : def.children) {
    if (child.value != nullptr) FillWeights(*child.value, factor, seen);
  }
}

std::vector<at::Tensor> TensorsOf(Module& module) {
  std::vector<at::Tensor> tensors;
  module.ForEachTensor([&tensors](at::Tensor& tensor) { tensors.push_back(tensor); });
  return tensors;
}

// A model may write to its inputs (ReLU(inplace=True)), so each call has its own.
Inputs CopyOf(const Inputs& inputs) {
  Inputs copy;
  for (const c10::IValue& value : inputs.args) copy.args.push_back(value.deepcopy());
  for (const Named<c10::IValue>& value : inputs.kwargs) copy.kwargs.push_back({value.name, value.value.deepcopy()});
  return copy;
}

class ModuleCheck {
 public:
  ModuleCheck(const PluginRegistry& registry, const ModuleExample& example) : registry_(registry), example_(example) {}

  absl::Status Run() {
    // All before the first Forward, as the engine builds a model and places it.
    ASSIGN_OR_RETURN(const std::shared_ptr<Module> module, Build(1));
    ASSIGN_OR_RETURN(const std::shared_ptr<Module> moved, Build(1));
    ASSIGN_OR_RETURN(const std::shared_ptr<Module> other, Build(0.5));
    RETURN_IF_ERROR(Move(TensorsOf(*other), *moved));
    ASSIGN_OR_RETURN(expected_, Call(*module, example_.inputs));
    const std::string state = Fingerprint(*module);
    RETURN_IF_ERROR(CheckCallsAgain(*module));
    RETURN_IF_ERROR(CheckThreads(*module));
    RETURN_IF_ERROR(CheckOtherInputs(*module));
    if (Fingerprint(*module) != state) return Broken("Forward changes a parameter or buffer");
    RETURN_IF_ERROR(CheckPrint(*module));
    return CheckMoved(*moved, *other);
  }

 private:
  absl::Status Broken(absl::string_view how) const {
    return absl::FailedPreconditionError(absl::StrCat("class ", example_.class_name, ": ", how));
  }

  absl::StatusOr<std::shared_ptr<Module>> Build(double factor) const {
    const absl::StatusOr<std::shared_ptr<ModuleDef>> def =
        Construct(example_.class_name, example_.arguments, registry_);
    if (!def.ok()) return Broken(absl::StrCat("its construct fails: ", def.status().ToString()));
    std::set<const ModuleDef*> seen;
    FillWeights(**def, factor, seen);
    absl::StatusOr<std::shared_ptr<Module>> module = BuildModules(**def, registry_, UnknownHooks::kRefuse);
    if (!module.ok()) return Broken(absl::StrCat("its build fails: ", module.status().ToString()));
    return module;
  }

  absl::StatusOr<std::string> Call(const Module& module, const Inputs& inputs) const {
    const c10::InferenceMode inference_mode;
    try {
      return Fingerprint(module(CopyOf(inputs)));
    } catch (const c10::Error& error) {
      return absl::InvalidArgumentError(error.what_without_backtrace());
    } catch (const std::exception& error) {
      return Broken(absl::StrCat("Forward throws what is no c10::Error: ", error.what()));
    }
  }

  absl::Status CheckCallsAgain(const Module& module) const {
    const absl::StatusOr<std::string> again = Call(module, example_.inputs);
    if (again.ok() && *again == expected_) return absl::OkStatus();
    return Broken("a second Forward gives something else than the first");
  }

  absl::Status CheckThreads(const Module& module) const {
    std::vector<absl::Status> results(kThreads);
    {
      std::vector<std::jthread> threads;
      for (absl::Status& result : results) {
        threads.emplace_back([this, &result, &module] {
          for (int i = 0; i < kCallsOfAThread; ++i) result.Update(CheckCallsAgain(module));
        });
      }
    }
    for (const absl::Status& result : results) RETURN_IF_ERROR(Annotate(result, "in several threads at once"));
    return absl::OkStatus();
  }

  absl::Status CheckOtherInputs(const Module& module) const {
    const absl::Status nothing = Call(module, Inputs()).status();
    const absl::Status text = Call(module, Inputs{c10::IValue("text")}).status();
    for (const absl::Status& status : {nothing, text}) {
      if (absl::IsFailedPrecondition(status)) return status;
    }
    return absl::OkStatus();
  }

  absl::Status CheckPrint(const Module& module) const {
    const std::string text = module.ToString();
    if (!absl::StartsWith(text, absl::StrCat(module.type_name(), "("))) {
      return Broken(absl::StrCat("prints as '", text, "', which does not begin with its class"));
    }
    if (absl::EndsWith(text, "\n")) return Broken("prints with a newline at the end");
    return absl::OkStatus();
  }

  // As a device does.
  absl::Status Move(const std::vector<at::Tensor>& tensors, Module& module) const {
    if (TensorsOf(module).size() != tensors.size()) {
      return Broken("two modules of the same arguments have different tensors");
    }
    size_t next = 0;
    module.ForEachTensor([&](at::Tensor& tensor) { tensor = tensors[next++]; });
    return absl::OkStatus();
  }

  // A device changes the tensors under a module's references; what a module kept aside of them is then stale.
  absl::Status CheckMoved(const Module& moved, const Module& other) const {
    ASSIGN_OR_RETURN(const std::string others_output, Call(other, example_.inputs));
    const absl::StatusOr<std::string> output = Call(moved, example_.inputs);
    if (output.ok() && *output == others_output) return absl::OkStatus();
    return Broken("placed on a device it computes with tensors it had before: keep references to its parts, no copies");
  }

  const PluginRegistry& registry_;
  const ModuleExample& example_;
  std::string expected_;
};

}  // namespace

absl::Status CheckModule(const PluginRegistry& registry, const ModuleExample& example) {
  return ModuleCheck(registry, example).Run();
}

}  // namespace loadstone::testing
