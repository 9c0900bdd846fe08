#include "loaders/torch_format/storage_id.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "engine/base/status_macros.h"
#include "loaders/torch_format/scalar_types.h"

namespace loadstone {
namespace {

constexpr size_t kZipParts = 5;
constexpr size_t kLegacyParts = 6;
constexpr size_t kViewParts = 3;

absl::Status BadId(const pickle::PersistentId& id, absl::string_view what) {
  return absl::DataLossError(absl::StrCat("persistent id at byte ", id.offset, " of the pickle ", what));
}

bool IsStorageModule(absl::string_view module) {
  return module == "torch" || module == "torch.cuda" || module == "torch.storage";
}

bool AsKey(const pickle::Value& value, absl::string_view* key) {
  return value.AsText(key) && !key->empty() && std::all_of(key->begin(), key->end(), absl::ascii_isdigit);
}

bool AsCount(const pickle::Value& value, int64_t* count) {
  if (value.kind() != pickle::Kind::kInt || value.int_value() < 0) return false;
  *count = value.int_value();
  return true;
}

absl::Status ParseView(const pickle::PersistentId& id, const pickle::Value& value, StorageId& parsed) {
  if (value.is_none()) return absl::OkStatus();
  StorageId::View view;
  if (value.kind() != pickle::Kind::kTuple || value.items().size() != kViewParts ||
      !AsKey(value.items()[0], &view.key) || !AsCount(value.items()[1], &view.offset) ||
      !AsCount(value.items()[2], &view.count)) {
    return BadId(id, "has a view that is no (key, offset, count)");
  }
  if (view.offset > parsed.count || view.count > parsed.count - view.offset) {
    return BadId(id, absl::StrCat("has a view of ", view.count, " elements at ", view.offset, " of a storage of ",
                                  parsed.count));
  }
  parsed.view = view;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<StorageId> ParseStorageId(const pickle::PersistentId& id) {
  if (id.id.kind() != pickle::Kind::kTuple ||
      (id.id.items().size() != kZipParts && id.id.items().size() != kLegacyParts)) {
    return BadId(id, absl::StrCat("is no tuple of ", kZipParts, " or ", kLegacyParts, " items"));
  }
  const absl::Span<const pickle::Value> parts = id.id.items();
  absl::string_view tag;
  if (!parts[0].AsText(&tag) || tag != "storage") return BadId(id, "does not begin with 'storage'");
  StorageId parsed;
  if (parts[1].kind() != pickle::Kind::kName || !IsStorageModule(parts[1].name().module)) {
    return BadId(id, "names no storage class");
  }
  const std::optional<c10::ScalarType> type = ScalarTypeOfStorageClass(parts[1].name().name);
  if (!type.has_value()) return BadId(id, absl::StrCat("names the unknown storage class ", parts[1].name().name));
  parsed.type = *type;
  if (!AsKey(parts[2], &parsed.key)) return BadId(id, "has a key that is no number");
  if (parts[3].kind() != pickle::Kind::kText && parts[3].kind() != pickle::Kind::kBytes) {
    return BadId(id, "has a location that is no text");
  }
  if (!AsCount(parts[4], &parsed.count)) return BadId(id, "has no element count");
  if (parts.size() == kLegacyParts) RETURN_IF_ERROR(ParseView(id, parts[5], parsed));
  return parsed;
}

namespace {

// The parts (class, file, source) of an id that names a class: after 'module' in the legacy stream, alone in the tar.
// Empty: it is another id.
absl::Span<const pickle::Value> ClassParts(const pickle::Value& id) {
  if (id.kind() != pickle::Kind::kTuple) return {};
  absl::Span<const pickle::Value> parts = id.items();
  absl::string_view tag;
  if (parts.size() == 4 && parts[0].AsText(&tag) && tag == "module") parts.remove_prefix(1);
  if (parts.size() != 3 || parts[0].kind() != pickle::Kind::kName) return {};
  return parts;
}

}  // namespace

std::optional<EmbeddedSource> EmbeddedSourceOf(const pickle::PersistentId& id) {
  const absl::Span<const pickle::Value> parts = ClassParts(id.id);
  if (parts.empty()) return std::nullopt;
  EmbeddedSource source{&parts[0].name()};
  if (!parts[1].AsText(&source.file) || !parts[2].AsText(&source.text)) return std::nullopt;
  return source;
}

const pickle::Name* NameOf(const pickle::Value& value) {
  if (value.kind() == pickle::Kind::kName) return &value.name();
  if (value.kind() != pickle::Kind::kPersistentId) return nullptr;
  const absl::Span<const pickle::Value> parts = ClassParts(value.persistent_id().id);
  return parts.empty() ? nullptr : &parts[0].name();
}

}  // namespace loadstone
