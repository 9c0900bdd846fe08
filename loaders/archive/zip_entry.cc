// Entries of the central directory, and the local headers that repeat them.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "loaders/archive/zip_structures.h"

namespace loadstone::zip {
namespace {

constexpr absl::string_view kEntrySignature("PK\1\2", 4);
constexpr absl::string_view kLocalSignature("PK\3\4", 4);
constexpr absl::string_view kDescriptorSignature("PK\7\10", 4);
constexpr size_t kEntrySize = 46;
constexpr size_t kLocalSize = 30;
constexpr size_t kLongestDescriptor = 24;
constexpr uint16_t kZip64Extra = 0x0001;
constexpr uint16_t kHasDescriptor = 1 << 3;
constexpr uint32_t kInZip64 = 0xFFFFFFFF;

absl::Status Malformed(const DirectoryEntry& entry, absl::string_view what) {
  return absl::DataLossError(absl::StrCat("zip record ", Shown(entry.name), ": ", what));
}

absl::Status CutShort(size_t needed, size_t left) {
  return absl::DataLossError(absl::StrCat("zip directory entry needs ", needed, " bytes, ", left, " are left"));
}

// The body of the zip64 extra field, or empty. False when the fields do not fill `extra` exactly.
bool FindZip64Extra(absl::string_view extra, absl::string_view* body) {
  while (!extra.empty()) {
    if (extra.size() < 4) return false;
    const auto id = ReadNumber<uint16_t>(extra, 0);
    const auto size = ReadNumber<uint16_t>(extra, 2);
    if (size > extra.size() - 4) return false;
    if (id == kZip64Extra && !body->empty()) return false;
    if (id == kZip64Extra) *body = extra.substr(4, size);
    extra.remove_prefix(size_t{4} + size);
  }
  return true;
}

// Replaces a field that is all ones by the next number of the zip64 extra.
bool Widen(absl::string_view* zip64, uint64_t* field) {
  if (*field != kInZip64) return true;
  if (zip64->size() < 8) return false;
  *field = ReadNumber<uint64_t>(*zip64, 0);
  zip64->remove_prefix(8);
  return true;
}

// APPNOTE 4.3.9: with or without a signature, with 32 or 64 bits for each size. None gives the length 0.
size_t DescriptorLength(absl::string_view bytes, const DirectoryEntry& entry) {
  const bool has_signature = bytes.substr(0, 4) == kDescriptorSignature;
  for (const size_t start : {size_t{4}, size_t{0}}) {
    if (start == 4 && !has_signature) continue;
    const absl::string_view body = bytes.substr(start);
    if (body.size() >= 12 && ReadNumber<uint32_t>(body, 0) == entry.crc32 &&
        ReadNumber<uint32_t>(body, 4) == entry.compressed_size && ReadNumber<uint32_t>(body, 8) == entry.size) {
      return start + 12;
    }
    if (body.size() >= 20 && ReadNumber<uint32_t>(body, 0) == entry.crc32 &&
        ReadNumber<uint64_t>(body, 4) == entry.compressed_size && ReadNumber<uint64_t>(body, 12) == entry.size) {
      return start + 20;
    }
  }
  return 0;
}

// Whether the local header may say `local` where the directory says `central`.
bool Agrees(uint64_t local, uint64_t central, const DirectoryEntry& entry) {
  if (local == central) return true;
  // A writer that does not know a number yet leaves zero, and repeats it in the descriptor.
  return local == 0 && (entry.flags & kHasDescriptor) != 0;
}

absl::Status CheckLocalNumbers(absl::string_view local, absl::string_view extra, const DirectoryEntry& entry) {
  const auto flags = ReadNumber<uint16_t>(local, 6);
  const auto method = ReadNumber<uint16_t>(local, 8);
  if (flags != entry.flags || method != entry.method) {
    return Malformed(entry, absl::StrCat("local header says flags ", flags, " and method ", method, ", the directory ",
                                         entry.flags, " and ", entry.method));
  }
  absl::string_view zip64;
  if (!FindZip64Extra(extra, &zip64)) return Malformed(entry, "local extra fields do not fill their space");
  uint64_t compressed_size = ReadNumber<uint32_t>(local, 18);
  uint64_t size = ReadNumber<uint32_t>(local, 22);
  if (!Widen(&zip64, &size) || !Widen(&zip64, &compressed_size)) {
    return Malformed(entry, "local header wants a zip64 extra field and has none");
  }
  const auto crc32 = ReadNumber<uint32_t>(local, 14);
  if (!Agrees(crc32, entry.crc32, entry)) {
    return Malformed(entry, absl::StrCat("local header says CRC ", crc32, ", the directory ", entry.crc32));
  }
  if (!Agrees(size, entry.size, entry) || !Agrees(compressed_size, entry.compressed_size, entry)) {
    return Malformed(entry, absl::StrCat("local header says ", size, " bytes in ", compressed_size, ", the directory ",
                                         entry.size, " in ", entry.compressed_size));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status TakeEntry(absl::string_view* directory, DirectoryEntry* entry) {
  const absl::string_view bytes = *directory;
  if (bytes.size() < kEntrySize) return CutShort(kEntrySize, bytes.size());
  if (bytes.substr(0, 4) != kEntrySignature) {
    return absl::DataLossError(
        absl::StrCat("no zip directory entry ", bytes.size(), " bytes before the directory's end"));
  }
  const size_t name_size = ReadNumber<uint16_t>(bytes, 28);
  const size_t extra_size = ReadNumber<uint16_t>(bytes, 30);
  const size_t total = kEntrySize + name_size + extra_size + ReadNumber<uint16_t>(bytes, 32);
  if (total > bytes.size()) return CutShort(total, bytes.size());
  entry->flags = ReadNumber<uint16_t>(bytes, 8);
  entry->method = ReadNumber<uint16_t>(bytes, 10);
  entry->crc32 = ReadNumber<uint32_t>(bytes, 16);
  entry->compressed_size = ReadNumber<uint32_t>(bytes, 20);
  entry->size = ReadNumber<uint32_t>(bytes, 24);
  entry->attributes = ReadNumber<uint32_t>(bytes, 38);
  entry->local_offset = ReadNumber<uint32_t>(bytes, 42);
  entry->name = bytes.substr(kEntrySize, name_size);
  const auto disk = ReadNumber<uint16_t>(bytes, 34);
  absl::string_view zip64;
  if (!FindZip64Extra(bytes.substr(kEntrySize + name_size, extra_size), &zip64)) {
    return Malformed(*entry, "extra fields do not fill their space");
  }
  if (!Widen(&zip64, &entry->size) || !Widen(&zip64, &entry->compressed_size) ||
      !Widen(&zip64, &entry->local_offset)) {
    return Malformed(*entry, "wants a zip64 extra field that is missing or short");
  }
  if (disk != 0) return absl::UnimplementedError(absl::StrCat("zip record ", Shown(entry->name), ": on disk ", disk));
  directory->remove_prefix(total);
  return absl::OkStatus();
}

absl::string_view HeaderReader::At(uint64_t offset, size_t size) {
  const absl::string_view mapped = bytes_.substr(offset, size);
  if (source_ == nullptr || mapped.size() > kWindow) return mapped;
  if (offset < window_offset_ || offset + mapped.size() > window_offset_ + window_size_) {
    const bool close = offset >= window_offset_ && offset - window_offset_ < kWindow;
    window_size_ = std::min<uint64_t>(close ? kWindow : std::max(kHeaders, size), bytes_.size() - offset);
    window_offset_ = offset;
    // A file that shrank: its pages tell (MappedFile).
    if (!source_->Copy(offset, window_size_, window_)) {
      window_size_ = 0;
      return mapped;
    }
  }
  return absl::string_view(window_ + (offset - window_offset_), mapped.size());
}

absl::Status LocateEntry(HeaderReader& reader, const DirectoryEntry& entry, Extent* extent) {
  const absl::string_view fixed = reader.At(std::min(entry.local_offset, reader.end()), kLocalSize);
  if (fixed.size() < kLocalSize) {
    return Malformed(entry, absl::StrCat("local header at byte ", entry.local_offset, ", the records end at byte ",
                                         reader.end()));
  }
  if (fixed.substr(0, 4) != kLocalSignature) {
    return Malformed(entry, absl::StrCat("no local header at byte ", entry.local_offset));
  }
  const size_t name_size = ReadNumber<uint16_t>(fixed, 26);
  const size_t extra_size = ReadNumber<uint16_t>(fixed, 28);
  const size_t header_size = kLocalSize + name_size + extra_size;
  const uint64_t left = reader.end() - entry.local_offset;
  if (header_size > left || entry.compressed_size > left - header_size) {
    return Malformed(entry, absl::StrCat("needs ", header_size, " and ", entry.compressed_size, " bytes, ", left,
                                         " are left before the directory"));
  }
  const absl::string_view local = reader.At(entry.local_offset, header_size);
  const absl::string_view name = local.substr(kLocalSize, name_size);
  if (name != entry.name) return Malformed(entry, absl::StrCat("its local header says ", Shown(name)));
  RETURN_IF_ERROR(CheckLocalNumbers(local, local.substr(kLocalSize + name_size, extra_size), entry));
  extent->begin = entry.local_offset;
  extent->payload = entry.local_offset + header_size;
  extent->end = extent->payload + entry.compressed_size;
  if ((entry.flags & kHasDescriptor) == 0) return absl::OkStatus();
  const size_t descriptor = DescriptorLength(reader.At(extent->end, kLongestDescriptor), entry);
  if (descriptor == 0) {
    return Malformed(entry, absl::StrCat("data descriptor at byte ", extent->end,
                                         " is missing or disagrees with the directory"));
  }
  extent->end += descriptor;
  return absl::OkStatus();
}

}  // namespace loadstone::zip
