// Which storage a tensor lives in, as its persistent id says.
#ifndef LOADSTONE_LOADERS_TORCH_FORMAT_STORAGE_ID_H_
#define LOADSTONE_LOADERS_TORCH_FORMAT_STORAGE_ID_H_

#include <cstdint>
#include <optional>

#include <c10/core/ScalarType.h>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "loaders/pickle/value.h"

namespace loadstone {

struct StorageId {
  // Part of a storage, from files before PyTorch 0.4. Counted in elements.
  struct View {
    absl::string_view key;
    int64_t offset = 0;
    int64_t count = 0;
  };
  c10::ScalarType type = c10::ScalarType::Byte;  // an UntypedStorage counts bytes
  absl::string_view key;                         // decimal digits
  int64_t count = 0;                             // elements of the whole storage, not negative
  std::optional<View> view;
};

// Parses ('storage', class, key, location, count) and, of the legacy stream, (…, count, view). The location ("cuda:0")
// is a label only: where to run is the device's business. DataLoss: anything else (says where and what).
absl::StatusOr<StorageId> ParseStorageId(const pickle::PersistentId& id);

// A class's Python source, which files before PyTorch 1.6 hold for each class of a whole module. Text for people.
struct EmbeddedSource {
  const pickle::Name* class_name;
  absl::string_view file;  // where it lay on the writer's machine
  absl::string_view text;
};
// What the persistent id of such a class holds; nothing: it is another id, or the writer had no source.
std::optional<EmbeddedSource> EmbeddedSourceOf(const pickle::PersistentId& id);

// The class or function that `value` names: a Name, or the persistent id by which the oldest containers name a module's
// class, whose source text lies beside it as data. Null for anything else.
const pickle::Name* NameOf(const pickle::Value& value);

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_TORCH_FORMAT_STORAGE_ID_H_
