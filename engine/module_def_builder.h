// Lays out a module as Python's __init__ does, without allocating its random weights.
#ifndef LOADSTONE_ENGINE_MODULE_DEF_BUILDER_H_
#define LOADSTONE_ENGINE_MODULE_DEF_BUILDER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/attribute.h"
#include "engine/module_def.h"
#include "engine/signature.h"

namespace loadstone {

class PluginRegistry;

// Used by ModuleClass::construct. Mistakes (a class not registered, wrong arguments) are noted; the first is what
// Construct returns. Not thread-safe.
class ModuleDefBuilder {
 public:
  ModuleDefBuilder(std::string class_name, const PluginRegistry& registry, int depth);

  // self.name = value
  void Attribute(absl::string_view name, loadstone::Attribute value);
  // self.name = nn.Parameter(torch.empty(shape)): no storage until a state dict fills it.
  void Parameter(absl::string_view name, const std::vector<int64_t>& shape);
  // The same with a value that Python's initialiser always gives, such as the ones of a norm's weight.
  void Parameter(absl::string_view name, at::Tensor value);
  // self.register_parameter(name, None)
  void NoParameter(absl::string_view name);
  // self.register_buffer(name, value, persistent); an undefined tensor is None.
  enum class Persistence { kPersistent, kNotPersistent };
  void Buffer(absl::string_view name, at::Tensor value, Persistence persistence = Persistence::kPersistent);
  // self.name = Class(*positional, **keyword), by the class's qualified name or its short torch.nn name.
  void Child(absl::string_view name, absl::string_view class_name, std::vector<loadstone::Attribute> positional = {},
             NamedList<loadstone::Attribute> keyword = {});
  // self.name = a module made by New, or None for null.
  void Child(absl::string_view name, std::shared_ptr<ModuleDef> module);
  // Class(*positional, **keyword), to be given to Child or as an argument of another New. Null when that failed, or something
  // of this object did before: a constructor does not go on after a mistake.
  std::shared_ptr<ModuleDef> New(absl::string_view class_name, std::vector<loadstone::Attribute> positional = {},
                                 NamedList<loadstone::Attribute> keyword = {});
  // Lays `class_name`'s own construct out on this object: super().__init__(*positional, **keyword).
  void Super(absl::string_view class_name, std::vector<loadstone::Attribute> positional = {},
             NamedList<loadstone::Attribute> keyword = {});

  // For a function that makes a module, registered as a class is (`def resnet50(**kwargs)`): what it returns, in place
  // of the object laid out here. A function's ModuleClass has no build, for no file holds objects of it.
  void Return(std::shared_ptr<ModuleDef> module);

  // A mistake of this object; the first is kept.
  void Fail(absl::string_view message);
  void Fail(const absl::Status& status);

  // REQUIRES: called once, last.
  absl::StatusOr<std::shared_ptr<ModuleDef>> Finish();

 private:
  std::shared_ptr<ModuleDef> def_;
  std::shared_ptr<ModuleDef> returned_;
  const PluginRegistry& registry_;
  const int depth_;
  int supers_ = 0;  // that are being laid out, one inside the other
  absl::flat_hash_set<std::string> child_names_;
  absl::Status status_;
};

// Class(*positional, **keyword) laid out as data.
// FailedPrecondition: the class is not registered. InvalidArgument: its arguments do not fit.
absl::StatusOr<std::shared_ptr<ModuleDef>> Construct(absl::string_view class_name, const Arguments& arguments,
                                                     const PluginRegistry& registry);

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_MODULE_DEF_BUILDER_H_
