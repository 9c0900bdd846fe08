// The fixed parts of a zip file (PKWARE APPNOTE 4.3), found and decoded but not yet compared with each other.
#ifndef LOADSTONE_LOADERS_ARCHIVE_ZIP_STRUCTURES_H_
#define LOADSTONE_LOADERS_ARCHIVE_ZIP_STRUCTURES_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/byte_source.h"

namespace loadstone::zip {

// A little-endian number. REQUIRES: `offset + sizeof(T)` bytes are there.
template <typename T>
T ReadNumber(absl::string_view bytes, size_t offset) {
  uint64_t result = 0;
  for (size_t i = sizeof(T); i > 0; --i) {
    result = (result << 8) | static_cast<uint8_t>(bytes[offset + i - 1]);
  }
  return static_cast<T>(result);
}

// A name for a message: the file chose it, so no control characters and not all of it.
std::string Shown(absl::string_view name);

// Where the central directory lies.
struct DirectoryRange {
  uint64_t offset = 0;
  uint64_t size = 0;
  uint64_t entries = 0;
};

// Reads the end record, and the zip64 end record where there is one. The range lies within `bytes` and meets the end
// records, which meet the end of `bytes`.
// DataLoss: there is none, two fit, or the numbers contradict. Unimplemented: more than one disk.
absl::StatusOr<DirectoryRange> FindDirectory(absl::string_view bytes);

// One entry of the central directory, with zip64 numbers put in.
struct DirectoryEntry {
  absl::string_view name;
  uint16_t flags = 0;
  uint16_t method = 0;
  uint32_t crc32 = 0;
  uint64_t compressed_size = 0;
  uint64_t size = 0;
  uint64_t local_offset = 0;
  uint32_t attributes = 0;  // the upper half is a Unix file mode, or zero
};

// Takes the entry that `*directory` begins with off its front. DataLoss: malformed or cut short.
// Unimplemented: on another disk.
absl::Status TakeEntry(absl::string_view* directory, DirectoryEntry* entry);

// The bytes that belong to an entry: local header, payload, data descriptor.
struct Extent {
  uint64_t begin = 0;
  uint64_t payload = 0;
  uint64_t end = 0;
};

// Gives the bytes between payloads. Where the bytes have a source they are copied from it, since touching a page of a
// large file costs more: enough at once for a descriptor and the next local header, or for many where they lie close.
class HeaderReader {
 public:
  // `bytes` end where the directory begins; they are the first of `source`, which may be null.
  HeaderReader(absl::string_view bytes, const ByteSource* source) : bytes_(bytes), source_(source) {}
  uint64_t end() const { return bytes_.size(); }
  // `size` bytes, fewer where they end. Valid until the next call. REQUIRES: offset <= end().
  absl::string_view At(uint64_t offset, size_t size);

 private:
  static constexpr size_t kWindow = 4096;
  static constexpr size_t kHeaders = 256;
  const absl::string_view bytes_;
  const ByteSource* const source_;
  char window_[kWindow];
  uint64_t window_offset_ = 0;
  size_t window_size_ = 0;
};

// Reads the entry's local header and descriptor, which must agree with it. DataLoss: they do not, or are not all there.
absl::Status LocateEntry(HeaderReader& reader, const DirectoryEntry& entry, Extent* extent);

}  // namespace loadstone::zip

#endif  // LOADSTONE_LOADERS_ARCHIVE_ZIP_STRUCTURES_H_
