// Module classes that no plugin registers by name, but that one model brings with it: as its own Python source, say.
#ifndef LOADSTONE_ENGINE_CLASS_PROVIDER_H_
#define LOADSTONE_ENGINE_CLASS_PROVIDER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/module_class.h"

namespace loadstone {

class PluginRegistry;

// Of one model. Any thread may call it.
class ClassProvider {
 public:
  virtual ~ClassProvider() = default;

  // The class of that Python name; null: it is not here. An error: it is here and cannot be used.
  // The pointer lives as long as the provider.
  virtual absl::StatusOr<const ModuleClass*> Find(absl::string_view name) const = 0;

  // Called once, when every module of the model is built and placed and before it is published: from then on nothing of
  // the provider changes. An error is the load's: what its modules could not run.
  virtual absl::Status Seal() const = 0;
};

// What a plugin registers to make providers of ModelSpec::source.
struct ClassSource {
  std::string name;  // "python_source"
  // Opens what `path` names, a file or folder. Classes that it does not have itself, it finds in `registry`.
  // NotFound: there is nothing. InvalidArgument: it is no source.
  std::function<absl::StatusOr<std::shared_ptr<const ClassProvider>>(const std::string& path,
                                                                     std::shared_ptr<const PluginRegistry> registry)>
      open;
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_CLASS_PROVIDER_H_
