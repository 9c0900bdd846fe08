#include "custom_ops/torch_nn/wrapper.h"

#include <memory>

#include <ATen/core/ivalue.h>

#include "engine/base/status_macros.h"
#include "engine/module.h"
#include "engine/module_class.h"
#include "engine/module_def_builder.h"
#include "engine/module_state.h"

namespace loadstone {
namespace {

class Parallel : public Module {
 public:
  explicit Parallel(ModuleState& state) : Module(state), module_(state.Child("module")) {}
  c10::IValue Forward(const Inputs& inputs) const override { return module_(inputs); }

 private:
  const Module& module_;
};

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
  return registry.AddModuleClass(
      {.name = "torch.nn.parallel.distributed.DistributedDataParallel", .build = BuildModule<Parallel>});
}

}  // namespace loadstone
