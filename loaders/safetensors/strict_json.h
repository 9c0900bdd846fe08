// JSON from a file, without room for two readings.
#ifndef LOADSTONE_LOADERS_SAFETENSORS_STRICT_JSON_H_
#define LOADSTONE_LOADERS_SAFETENSORS_STRICT_JSON_H_

#include <cstdint>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace loadstone {

// A null, true or false, whole number, other number (1.0, -1, 1e3) or text.
struct JsonOther {};
using JsonScalar = std::variant<JsonOther, uint64_t, std::string>;

enum class JsonContainer { kObject, kArray };

// Takes a text piece by piece: what the reader does not keep is never built. An error ends the reading.
class JsonEvents {
 public:
  virtual ~JsonEvents() = default;
  virtual absl::Status OnBegin(JsonContainer container) = 0;
  // Its value is the next scalar or container.
  virtual absl::Status OnKey(std::string key) = 0;
  virtual absl::Status OnScalar(JsonScalar scalar) = 0;
  virtual absl::Status OnEnd() = 0;
};

// DataLoss: not JSON in UTF-8, a name twice in one object, or containers nested deeper than 64. Else what `events`
// returned first.
absl::Status ReadStrictJson(absl::string_view text, JsonEvents& events);

// A text of the file for a message: in quotes, escaped, and cut where it is long.
std::string Quoted(absl::string_view text);

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_SAFETENSORS_STRICT_JSON_H_
