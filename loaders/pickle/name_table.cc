#include "loaders/pickle/name_table.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "loaders/pickle/dangerous_names.h"
#include "loaders/pickle/name_normalization.h"
#include "loaders/pickle/text_decoding.h"

namespace loadstone::pickle {
namespace {

constexpr size_t kMaxNameBytes = 4096;

// The file chose the text: no control characters, no megabytes.
std::string Shown(absl::string_view text) {
  constexpr size_t kMaxShown = 200;
  return absl::StrCat(absl::CHexEscape(text.substr(0, kMaxShown)), text.size() > kMaxShown ? "..." : "");
}

}  // namespace

absl::StatusOr<const Name*> NameTable::Intern(absl::string_view module, absl::string_view name, size_t offset) {
  if (module.size() > kMaxNameBytes || name.size() > kMaxNameBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("name of ", module.size(), " and ", name.size(), " bytes, limit ", kMaxNameBytes));
  }
  const auto it = by_spelling_.find(Key(module, name));
  if (it != by_spelling_.end()) return it->second;
  return Add(Key(module, name), offset);
}

absl::StatusOr<const Name*> NameTable::Add(Key as_written, size_t offset) {
  const auto& [module, name] = as_written;
  if (module.empty() || name.empty()) return absl::DataLossError("empty module or name");
  if (!IsPythonUtf8(module) || !IsPythonUtf8(name)) return absl::DataLossError("module or name is no UTF-8");
  if (by_spelling_.size() >= 2 * options_.limits.distinct_names || names_.size() >= options_.limits.distinct_names) {
    return absl::ResourceExhaustedError(
        absl::StrCat("pickle names more than ", options_.limits.distinct_names, " classes and functions"));
  }
  const QualifiedName normalized = NormalizeName(module, name);
  const auto known = by_spelling_.find(Key(normalized.module, normalized.name));
  if (known != by_spelling_.end()) {
    const Name* result = known->second;
    by_spelling_.emplace(as_written, result);
    return result;
  }
  Name* result = arena_.New<Name>();
  *result = {arena_.Copy(normalized.module), arena_.Copy(normalized.name), offset};
  const absl::string_view danger = DangerOf(result->module, result->name);
  if (!danger.empty() && options_.dangerous_names == DangerousNames::kRefuse) {
    return absl::PermissionDeniedError(absl::StrCat("names ", Shown(module), ".", Shown(name), ", which ", danger));
  }
  names_.push_back(result);
  if (!danger.empty()) dangerous_names_.push_back(result);
  by_spelling_.emplace(as_written, result);
  by_spelling_.emplace(Key(result->module, result->name), result);
  return result;
}

}  // namespace loadstone::pickle
