#include "custom_ops/torch_nn/wrapper.h"

#include <ATen/core/ivalue.h>

#include <memory>

#include "engine/base/status_macros.h"
#include "engine/module.h"
#include "engine/module_class.h"
#include "engine/module_def_builder.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

// Runs the one child that it wraps.
template <const char* kChild>
class Wrapper : public Module {
 public:
  explicit Wrapper(ModuleState& state) : Module(state), module_(state.Child(kChild)) {}
  c10::IValue Forward(const Inputs& inputs) const override { return module_(inputs); }

 private:
  const Module& module_;
};

constexpr char kModule[] = "module";
constexpr char kOriginal[] = "_orig_mod";
using Parallel = Wrapper<kModule>;
using Compiled = Wrapper<kOriginal>;

void ConstructDataParallel(AttributeReader& arguments, ModuleDefBuilder& self) {
  self.Attribute("dim", arguments.Get("dim"));
  self.Child("module", arguments.Get("module").module());
}

}  // namespace

absl::Status RegisterWrappers(PluginRegistry& registry) {
  RETURN_IF_ERROR(registry.AddModuleClass({.name = "torch.nn.parallel.data_parallel.DataParallel",
                                           .signature = "module, device_ids=None, output_device=None, dim=0",
                                           .construct = ConstructDataParallel,
                                           .build = BuildModule<Parallel>}));
  RETURN_IF_ERROR(registry.AddClassAlias("torch.nn.DataParallel", "torch.nn.parallel.data_parallel.DataParallel"));
  RETURN_IF_ERROR(registry.AddModuleClass(
      {.name = "torch.nn.parallel.distributed.DistributedDataParallel", .build = BuildModule<Parallel>}));
  // What torch.compile returns: another way to run the same module.
  return registry.AddModuleClass({.name = "torch._dynamo.eval_frame.OptimizedModule", .build = BuildModule<Compiled>});
}

}  // namespace loadstone
