// A layer or model ready to run.
#ifndef LOADSTONE_ENGINE_MODULE_H_
#define LOADSTONE_ENGINE_MODULE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/attribute.h"
#include "engine/inputs.h"
#include "engine/named.h"

namespace loadstone {

class Module;
class ModuleState;

// What a Module holds, in Python's order. Its addresses stay the same for the module's life, so layers keep references
// to their tensors, and placement on a device changes the tensors under them.
struct ModuleParts {
  std::string class_name;
  NamedList<Attribute> attributes;
  NamedList<at::Tensor> parameters;  // undefined = None
  NamedList<at::Tensor> buffers;     // undefined = None
  NamedList<at::Tensor> tensors;     // plain tensor attributes: in no state dict, still needed
  NamedList<std::shared_ptr<Module>> children;  // null = None
};

// Always in eval mode. After it is published nothing in it changes, so any number of threads may call it at once;
// Forward must keep it so. Exceptions: as ATen does, Forward throws c10::Error on bad input (TORCH_CHECK in your own
// code); Servable::Run turns it into a Status.
class Module {
 public:
  explicit Module(ModuleState& state);
  virtual ~Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  // Python's forward. Inference mode is on and the module is in eval mode.
  virtual c10::IValue Forward(const Inputs& inputs) const = 0;
  // Python's extra_repr.
  virtual std::string ExtraRepr() const { return ""; }
  // The module as print shows it (Python's __repr__), no newline at the end; most classes need only ExtraRepr.
  // Past 8 MiB it goes on as "...".
  virtual std::string ToString() const;

  // module(...): Forward, adding this module's class to the context of an error.
  c10::IValue operator()(const Inputs& inputs) const;
  at::Tensor operator()(const at::Tensor& input) const;

  // "torch.nn.modules.conv.Conv2d", and its last part.
  const std::string& class_name() const { return parts_->class_name; }
  absl::string_view type_name() const;
  const NamedList<Attribute>& attributes() const { return parts_->attributes; }
  // For a parent that reads its child's weights itself, as Python's self.out_proj.weight.
  const NamedList<at::Tensor>& parameters() const { return parts_->parameters; }
  const NamedList<std::shared_ptr<Module>>& children() const { return parts_->children; }

  // Python's get_submodule, get_parameter, get_buffer. "" is this module. NotFound says how far the path leads and
  // what is there. Valid while this module lives.
  absl::StatusOr<const Module*> Find(absl::string_view path) const;
  absl::StatusOr<at::Tensor> FindParameter(absl::string_view path) const;
  absl::StatusOr<at::Tensor> FindBuffer(absl::string_view path) const;

  // As in Python: in order, without None, and each module or tensor once, under its first name.
  std::vector<std::pair<std::string, const Module*>> named_modules() const;
  std::vector<std::pair<std::string, at::Tensor>> named_parameters() const;
  std::vector<std::pair<std::string, at::Tensor>> named_buffers() const;

  // Calls `visit` for every defined parameter, buffer and tensor attribute of this module and those below, each slot
  // once. For devices: before publication only.
  void ForEachTensor(absl::FunctionRef<void(at::Tensor&)> visit);

 protected:
  // operator() for one tensor. TensorModule overrides it to skip the packing into IValues.
  virtual at::Tensor CallWithTensor(const at::Tensor& input) const;

 private:
  std::unique_ptr<ModuleParts> parts_;
};

// A module of one tensor in, one tensor out: most layers need write only ForwardTensor.
class TensorModule : public Module {
 public:
  using Module::Module;
  virtual at::Tensor ForwardTensor(const at::Tensor& input) const = 0;
  c10::IValue Forward(const Inputs& inputs) const final;

 protected:
  at::Tensor CallWithTensor(const at::Tensor& input) const final { return ForwardTensor(input); }
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_MODULE_H_
