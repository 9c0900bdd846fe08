#include "engine/internal/servable_store.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/near_misses.h"
#include "engine/base/status_macros.h"

namespace loadstone {

absl::Status ServableStore::Add(ModelSpec spec) {
  if (spec.version <= 0) {
    return absl::InvalidArgumentError(absl::StrCat("model ", spec.name, ": version ", spec.version, " is not positive"));
  }
  absl::MutexLock lock(&mutex_);
  Versions& versions = models_[spec.name];
  const auto [entry, inserted] = versions.try_emplace(spec.version);
  if (!inserted) {
    return absl::AlreadyExistsError(absl::StrCat("model ", spec.name, " version ", spec.version,
                                                 " is already known, from ", entry->second->spec.path));
  }
  entry->second = std::make_shared<Version>(std::move(spec));
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<ServableStore::Version>> ServableStore::Find(absl::string_view name,
                                                                            std::optional<int64_t> version) const {
  absl::ReaderMutexLock lock(&mutex_);
  const auto model = models_.find(name);
  if (model == models_.end()) {
    std::vector<std::string> names;
    for (const auto& [known, versions] : models_) names.push_back(known);
    return absl::NotFoundError(absl::StrCat("no model '", name, "'", DidYouMean(name, names)));
  }
  if (!version.has_value()) return model->second.rbegin()->second;
  const auto found = model->second.find(*version);
  if (found != model->second.end()) return found->second;
  return absl::NotFoundError(absl::StrCat(
      "model '", name, "' has no version ", *version, ", only ",
      absl::StrJoin(model->second, ", ", [](std::string* out, const auto& entry) { absl::StrAppend(out, entry.first); })));
}

absl::StatusOr<std::shared_ptr<const Servable>> ServableStore::Acquire(absl::string_view name,
                                                                       std::optional<int64_t> version,
                                                                       const Load& load) {
  ASSIGN_OR_RETURN(const std::shared_ptr<Version> entry, Find(name, version));
  {
    absl::MutexLock lock(&entry->mutex);
    if (entry->state == State::kLoading) {
      const int64_t ended_before = entry->loads_ended;
      const auto ended = [&entry, ended_before]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
        return entry->loads_ended != ended_before;
      };
      entry->mutex.Await(absl::Condition(&ended));
      // Whoever waited shares the result of the load waited for, a failure too.
      if (entry->state != State::kReady) return entry->last_error;
    }
    if (entry->state == State::kReady) return entry->servable;
    entry->state = State::kLoading;
  }
  absl::StatusOr<std::shared_ptr<const Servable>> servable = load(entry->spec);
  absl::MutexLock lock(&entry->mutex);
  ++entry->loads_ended;
  entry->state = servable.ok() ? State::kReady : State::kKnown;
  entry->last_error = servable.status();
  if (servable.ok()) entry->servable = *servable;
  return servable;
}

std::vector<std::pair<ModelSpec, bool>> ServableStore::List() const {
  absl::ReaderMutexLock lock(&mutex_);
  std::vector<std::pair<ModelSpec, bool>> list;
  for (const auto& [name, versions] : models_) {
    for (const auto& [number, version] : versions) {
      absl::MutexLock version_lock(&version->mutex);
      list.emplace_back(version->spec, version->state == State::kReady);
    }
  }
  return list;
}

}  // namespace loadstone
