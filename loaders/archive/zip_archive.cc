#include "loaders/archive/zip_archive.h"

#include <algorithm>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/status_macros.h"
#include "loaders/archive/zip_structures.h"

namespace loadstone {
namespace {

using zip::DirectoryEntry;
using zip::Extent;

constexpr uint16_t kStored = 0;
constexpr uint16_t kDeflated = 8;
// Encrypted, strongly encrypted, or with a masked local header.
constexpr uint16_t kEncryptedFlags = (1 << 0) | (1 << 6) | (1 << 13);
constexpr uint64_t kSmallestEntry = 46;
// S_IFMT and S_IFLNK.
constexpr uint32_t kFileTypeBits = 0170000;
constexpr uint32_t kLinkType = 0120000;

bool IsSafeName(absl::string_view name) {
  if (name.empty() || name.front() == '/' || name.find('\\') != name.npos || name.find('\0') != name.npos) return false;
  // A Windows drive.
  if (name.size() > 1 && name[1] == ':') return false;
  if (name.find("..") == name.npos) return true;
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  return std::find(parts.begin(), parts.end(), "..") == parts.end();
}

bool IsOver(uint64_t expansion, uint64_t size, uint64_t compressed_size) {
  return expansion == 0 ? size > 0 : size / expansion > compressed_size;
}

absl::Status CheckEntry(const DirectoryEntry& entry, const LoadLimits& limits) {
  const auto where = [&] { return absl::StrCat("zip record ", zip::Shown(entry.name), ": "); };
  if (!IsSafeName(entry.name)) {
    return absl::DataLossError(absl::StrCat(where(), "its name is empty, absolute, or leads out of the archive"));
  }
  if ((entry.flags & kEncryptedFlags) != 0) return absl::UnimplementedError(absl::StrCat(where(), "is encrypted"));
  if (entry.method != kStored && entry.method != kDeflated) {
    return absl::UnimplementedError(absl::StrCat(where(), "compression method ", entry.method, ", known are 0 and 8"));
  }
  if (entry.method == kStored && entry.size != entry.compressed_size) {
    return absl::DataLossError(
        absl::StrCat(where(), "stored in ", entry.compressed_size, " bytes, its size is ", entry.size));
  }
  if (entry.method == kDeflated && IsOver(limits.zip_expansion, entry.size, entry.compressed_size)) {
    return absl::ResourceExhaustedError(absl::StrCat(where(), entry.compressed_size, " bytes become ", entry.size,
                                                     ", limit ", limits.zip_expansion, " times"));
  }
  return absl::OkStatus();
}

// Of the records' own bytes: the first is at the start of the file, and none reaches into the next.
absl::Status CheckLayout(std::vector<Extent>& extents) {
  const auto before = [](const Extent& a, const Extent& b) { return a.begin < b.begin; };
  if (!std::is_sorted(extents.begin(), extents.end(), before)) std::sort(extents.begin(), extents.end(), before);
  if (extents.front().begin != 0) {
    return absl::DataLossError(
        absl::StrCat("zip begins with ", extents.front().begin, " bytes that are in no record"));
  }
  for (size_t i = 1; i < extents.size(); ++i) {
    if (extents[i].begin >= extents[i - 1].end) continue;
    return absl::DataLossError(absl::StrCat("zip records overlap: one ends at byte ", extents[i - 1].end,
                                            ", the next begins at byte ", extents[i].begin));
  }
  return absl::OkStatus();
}

absl::Status CheckCount(const zip::DirectoryRange& range, const LoadLimits& limits) {
  if (range.entries > limits.zip_records) {
    return absl::ResourceExhaustedError(
        absl::StrCat("zip has ", range.entries, " records, limit ", limits.zip_records));
  }
  if (range.entries == 0 || range.entries > range.size / kSmallestEntry) {
    return absl::DataLossError(
        absl::StrCat("zip directory of ", range.size, " bytes is said to have ", range.entries, " entries"));
  }
  return absl::OkStatus();
}

// Of all deflated records of an archive of `size` bytes.
uint64_t InflatableBytes(uint64_t size, const LoadLimits& limits) {
  uint64_t bytes;
  if (__builtin_mul_overflow(limits.inflated_bytes_per_byte, size, &bytes) ||
      __builtin_add_overflow(bytes, limits.inflated_bytes_at_first, &bytes)) {
    return std::numeric_limits<uint64_t>::max();
  }
  return bytes;
}

}  // namespace

absl::StatusOr<ZipArchive> ZipArchive::Open(const ByteSource& source) {
  return Open(source.bytes(), source.limits(), &source);
}

absl::StatusOr<ZipArchive> ZipArchive::Open(absl::string_view bytes, const LoadLimits& limits) {
  return Open(bytes, limits, nullptr);
}

absl::StatusOr<ZipArchive> ZipArchive::Open(absl::string_view bytes, const LoadLimits& limits,
                                            const ByteSource* source) {
  if (!absl::StartsWith(bytes, absl::string_view("PK\3\4", 4))) {
    return absl::InvalidArgumentError(
        absl::StrCat("not a zip: ", bytes.size(), " bytes that do not begin with PK 3 4"));
  }
  ASSIGN_OR_RETURN(const zip::DirectoryRange range, zip::FindDirectory(bytes));
  RETURN_IF_ERROR(CheckCount(range, limits));
  zip::HeaderReader reader(bytes.substr(0, range.offset), source);
  absl::string_view directory = bytes.substr(range.offset, range.size);
  ZipArchive archive;
  archive.records_.reserve(range.entries);
  archive.by_name_.reserve(range.entries);
  std::vector<Extent> extents(range.entries);
  const uint64_t all_inflatable = InflatableBytes(bytes.size(), limits);
  uint64_t inflatable = all_inflatable;
  for (Extent& extent : extents) {
    DirectoryEntry entry;
    RETURN_IF_ERROR(zip::TakeEntry(&directory, &entry));
    RETURN_IF_ERROR(CheckEntry(entry, limits));
    RETURN_IF_ERROR(zip::LocateEntry(reader, entry, &extent));
    const bool deflated = entry.method == kDeflated;
    if (deflated && entry.size > inflatable) {
      return absl::ResourceExhaustedError(absl::StrCat("zip records inflate to more than ", all_inflatable,
                                                       " bytes, at ", zip::Shown(entry.name), "; the file has ",
                                                       bytes.size(), " (LoadLimits::inflated_bytes_per_byte)"));
    }
    if (deflated) inflatable -= entry.size;
    if (!archive.by_name_.emplace(entry.name, archive.records_.size()).second) {
      return absl::DataLossError(absl::StrCat("zip has two records named ", zip::Shown(entry.name)));
    }
    const bool link = ((entry.attributes >> 16) & kFileTypeBits) == kLinkType;
    archive.records_.push_back({entry.name, bytes.substr(extent.payload, entry.compressed_size), entry.size,
                                entry.crc32, deflated, link});
  }
  if (!directory.empty()) {
    return absl::DataLossError(
        absl::StrCat("zip directory has ", directory.size(), " bytes after its ", range.entries, " entries"));
  }
  RETURN_IF_ERROR(CheckLayout(extents));
  return archive;
}

const ZipRecord* ZipArchive::Find(absl::string_view name) const {
  const auto it = by_name_.find(name);
  return it == by_name_.end() ? nullptr : &records_[it->second];
}

}  // namespace loadstone
