#include "loaders/pickle/unpickler.h"

#include <memory>
#include <utility>

#include "engine/base/status_macros.h"
#include "loaders/pickle/machine.h"

namespace loadstone::pickle {

absl::StatusOr<std::unique_ptr<const Document>> Unpickle(absl::string_view bytes, const UnpickleOptions& options) {
  auto document = std::make_unique<Document>();
  RETURN_IF_ERROR(Machine(bytes, options, *document).Run());
  return document;
}

NameScan ScanNames(absl::string_view bytes, const Limits& limits) {
  auto document = std::make_unique<Document>();
  const UnpickleOptions options = {.limits = limits, .dangerous_names = DangerousNames::kRecord};
  absl::Status status = Machine(bytes, options, *document).Run();
  return {std::move(document), std::move(status)};
}

}  // namespace loadstone::pickle
