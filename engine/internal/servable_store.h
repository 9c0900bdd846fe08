// The known versions of all models, each loaded at most once at a time.
#ifndef LOADSTONE_ENGINE_INTERNAL_SERVABLE_STORE_H_
#define LOADSTONE_ENGINE_INTERNAL_SERVABLE_STORE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "engine/model_spec.h"
#include "engine/servable.h"

namespace loadstone {

// Thread-safe. No lock is held while a version loads.
class ServableStore {
 public:
  // Must not throw.
  using Load = std::function<absl::StatusOr<std::shared_ptr<const Servable>>(const ModelSpec&)>;

  // AlreadyExists: that name and version is known.
  absl::Status Add(ModelSpec spec);
  // The servable, loaded by `load` unless it is there; callers that arrive during a load wait for it and share its
  // result. No `version` means the highest. NotFound: no such model or version; otherwise what `load` returned.
  absl::StatusOr<std::shared_ptr<const Servable>> Acquire(absl::string_view name, std::optional<int64_t> version,
                                                          const Load& load);
  // Every version, by name and number, and whether it is loaded.
  std::vector<std::pair<ModelSpec, bool>> List() const;

 private:
  // kKnown -> kLoading -> kReady, or back to kKnown when the load failed.
  enum class State { kKnown, kLoading, kReady };
  struct Version {
    explicit Version(ModelSpec s) : spec(std::move(s)) {}
    const ModelSpec spec;
    mutable absl::Mutex mutex;
    State state ABSL_GUARDED_BY(mutex) = State::kKnown;
    int64_t loads_ended ABSL_GUARDED_BY(mutex) = 0;
    absl::Status last_error ABSL_GUARDED_BY(mutex);
    std::shared_ptr<const Servable> servable ABSL_GUARDED_BY(mutex);
  };
  using Versions = std::map<int64_t, std::shared_ptr<Version>>;

  absl::StatusOr<std::shared_ptr<Version>> Find(absl::string_view name, std::optional<int64_t> version) const;

  mutable absl::Mutex mutex_;
  std::map<std::string, Versions, std::less<>> models_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_INTERNAL_SERVABLE_STORE_H_
