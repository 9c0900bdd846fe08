// Between the source's module objects and the engine's modules.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_MODULE_PARTS_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_MODULE_PARTS_H_

#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "custom_ops/python_source/modules/nn_world.h"
#include "engine/module.h"
#include "engine/module_def.h"

namespace loadstone::python {

// The attribute of a ModuleDef that says which object of the world it was made of: its number in `instances`.
inline constexpr char kInstanceAttribute[] = "<instance>";

// Makes plain data of module objects, as a constructor leaves them. A module in two places is one there too.
class ModuleDefs {
 public:
  // `instances` is where objects that must be found again are put.
  ModuleDefs(Evaluator& evaluator, std::vector<Value>& instances) : evaluator_(evaluator), instances_(instances) {}
  // Null: failed.
  std::shared_ptr<ModuleDef> Make(const Value& module);

 private:
  Evaluator& evaluator_;
  std::vector<Value>& instances_;
  absl::flat_hash_map<const Object*, std::shared_ptr<ModuleDef>> made_;
  int depth_ = 0;
};

// Sets what a module holds on `instance`. False: failed.
bool FillFromDef(Evaluator& evaluator, ModuleInstance* instance, const ModuleDef& def);
// A module object of that data, whose class is found by name. Empty: failed.
Value InstanceOfDef(Evaluator& evaluator, const ModuleDef& def);

// kShapes: where parameters have shapes but no data yet, zeros stand for them.
enum class LayerData { kReal, kShapes };
// The layer of C++ of an instance, built of what it holds now. Null: failed.
std::shared_ptr<const Module> BuildLayer(Evaluator& evaluator, const ModuleInstance* instance,
                                         LayerData data = LayerData::kReal);

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_MODULES_MODULE_PARTS_H_
