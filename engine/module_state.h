// What a module's constructor is given: its parts, with typed, checked access.
#ifndef LOADSTONE_ENGINE_MODULE_STATE_H_
#define LOADSTONE_ENGINE_MODULE_STATE_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/attribute_reader.h"
#include "engine/module.h"

namespace loadstone {

// Lives while one module is constructed. Mistakes are kept, not thrown: the first is in status(), and a module whose
// state has one is never used.
//
//   class Linear : public TensorModule {
//    public:
//     explicit Linear(ModuleState& state)
//         : TensorModule(state), weight_(state.Parameter("weight")), bias_(state.Parameter("bias")) {}
class ModuleState {
 public:
  explicit ModuleState(ModuleParts parts);

  AttributeReader& attributes() { return attributes_; }
  // References into the module, valid for its life. A None parameter is an undefined tensor; an absent name is noted.
  const at::Tensor& Parameter(absl::string_view name) { return Slot(parts_->parameters, name, "parameter"); }
  const at::Tensor& Buffer(absl::string_view name) { return Slot(parts_->buffers, name, "buffer"); }
  const at::Tensor& TensorAttribute(absl::string_view name) { return Slot(parts_->tensors, name, "tensor attribute"); }
  // A None or absent child is noted.
  const Module& Child(absl::string_view name);
  // Null when the child is None or absent.
  const Module* OptionalChild(absl::string_view name) const;
  const ModuleParts& parts() const { return *parts_; }

  const absl::Status& status() const { return attributes_.status(); }

 private:
  friend class Module;
  const at::Tensor& Slot(const NamedList<at::Tensor>& slots, absl::string_view name, absl::string_view what);

  std::unique_ptr<ModuleParts> owned_parts_;  // until the module's base class takes them
  ModuleParts* const parts_;
  AttributeReader attributes_;
};

// The ModuleClass::build of a class whose constructor takes a ModuleState&.
template <typename T>
absl::StatusOr<std::unique_ptr<Module>> BuildModule(ModuleParts parts) {
  ModuleState state(std::move(parts));
  auto module = std::make_unique<T>(state);
  if (!state.status().ok()) return state.status();
  return module;
}

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_MODULE_STATE_H_
