// The classes and functions that one pickle names, each once, normalised and judged when first seen.
#ifndef LOADSTONE_LOADERS_PICKLE_NAME_TABLE_H_
#define LOADSTONE_LOADERS_PICKLE_NAME_TABLE_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "loaders/pickle/arena.h"
#include "loaders/pickle/unpickle_options.h"
#include "loaders/pickle/value.h"

namespace loadstone::pickle {

class NameTable {
 public:
  // `arena` must outlive the table; the names live as long as it.
  NameTable(const UnpickleOptions& options, Arena& arena) : options_(options), arena_(arena) {}

  // The one Name for `module`.`name` as written, which must live as long as the arena. `offset` is where it stands.
  // DataLoss: either is empty or no UTF-8. ResourceExhausted: too many. PermissionDenied: a dangerous name, unless
  // the options say to record it.
  absl::StatusOr<const Name*> Intern(absl::string_view module, absl::string_view name, size_t offset);

  const std::vector<const Name*>& names() const { return names_; }
  const std::vector<const Name*>& dangerous_names() const { return dangerous_names_; }

 private:
  using Key = std::pair<absl::string_view, absl::string_view>;
  absl::StatusOr<const Name*> Add(Key as_written, size_t offset);

  const UnpickleOptions& options_;
  Arena& arena_;
  absl::flat_hash_map<Key, const Name*> by_spelling_;  // as written, and as normalised
  std::vector<const Name*> names_;
  std::vector<const Name*> dangerous_names_;
};

}  // namespace loadstone::pickle

#endif  // LOADSTONE_LOADERS_PICKLE_NAME_TABLE_H_
