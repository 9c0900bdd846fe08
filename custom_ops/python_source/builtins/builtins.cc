#include "custom_ops/python_source/builtins/builtins.h"

#include "custom_ops/python_source/builtins/tables.h"

namespace loadstone::python {

void InstallBuiltins(World& world) {
  InstallTypes(world);
  InstallFunctions(world);
  InstallIterators(world);
  InstallTextMethods(world);
  InstallListMethods(world);
  InstallDictMethods(world);
  InstallSetMethods(world);
  InstallFunctools(world);
  InstallMath(world);
  InstallCollections(world);
  InstallTyping(world);
  InstallNamedTuple(world);
  InstallItertools(world);
  InstallCopy(world);
  InstallDataclasses(world);
  InstallEnum(world);
  InstallOperator(world);
  InstallContextlib(world);
  InstallIdentities(world);
  InstallDeque(world);
  InstallInspect(world);
  InstallModuleViews(world);
  RefuseOtherNames(world);
}

}  // namespace loadstone::python
