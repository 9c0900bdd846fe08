#include "engine/module_state.h"

#include <memory>
#include <utility>

#include <c10/util/Exception.h>

#include "absl/strings/str_cat.h"

namespace loadstone {
namespace {

// Stands where a child is missing until the caller sees the noted mistake; never runs.
class NoModule : public Module {
 public:
  using Module::Module;
  c10::IValue Forward(const Inputs&) const override { TORCH_CHECK(false, "module is missing"); }
};

}  // namespace

ModuleState::ModuleState(ModuleParts parts)
    : owned_parts_(std::make_unique<ModuleParts>(std::move(parts))),
      parts_(owned_parts_.get()),
      attributes_(parts_->class_name, parts_->attributes) {}

const at::Tensor& ModuleState::Slot(const NamedList<at::Tensor>& slots, absl::string_view name,
                                    absl::string_view what) {
  if (const at::Tensor* tensor = FindNamed(slots, name)) return *tensor;
  attributes_.Fail(absl::StrCat("has no ", what, " '", name, "'"));
  static const at::Tensor* const kUndefined = new at::Tensor();
  return *kUndefined;
}

const Module& ModuleState::Child(absl::string_view name) {
  if (const Module* child = OptionalChild(name)) return *child;
  attributes_.Fail(absl::StrCat("has no child '", name, "'"));
  static const Module* const kNoModule = [] {
    ModuleState state{ModuleParts{}};
    return new NoModule(state);
  }();
  return *kNoModule;
}

const Module* ModuleState::OptionalChild(absl::string_view name) const {
  const std::shared_ptr<Module>* child = FindNamed(parts_->children, name);
  return child == nullptr ? nullptr : child->get();
}

}  // namespace loadstone
