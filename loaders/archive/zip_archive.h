// A strict reader of zip files: every number is checked against the bytes before it is used, and a file that two
// readers could understand differently is refused.
#ifndef LOADSTONE_LOADERS_ARCHIVE_ZIP_ARCHIVE_H_
#define LOADSTONE_LOADERS_ARCHIVE_ZIP_ARCHIVE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/byte_source.h"
#include "engine/load_limits.h"

namespace loadstone {

// One entry of the archive.
struct ZipRecord {
  absl::string_view name;     // as in the central directory, points into the archive's bytes
  absl::string_view payload;  // as stored: compressed when `deflated`
  uint64_t size = 0;          // uncompressed, bytes
  uint32_t crc32 = 0;         // 0 = not computed by the writer
  bool deflated = false;
  bool link = false;  // the writer marked it as a symbolic link; its payload is then the target's name
};

// Immutable after Open; any thread may read it. Borrows the archive's bytes, which must outlive it.
class ZipArchive {
 public:
  // Reads the central directory, every local header and data descriptor; no payload byte is touched.
  // Refused besides what is malformed: overlapping or doubly named records, local headers that contradict the
  // directory, names that leave the archive's folder, bytes before the first record or between the directory and
  // the end record, a second end record.
  // DataLoss: not a well-formed zip (says what, where, both numbers). Unimplemented: encrypted, multi-disk, or a
  // compression method other than stored and deflate. ResourceExhausted: over a limit.
  // InvalidArgument: the bytes do not begin as a zip does.
  static absl::StatusOr<ZipArchive> Open(const ByteSource& source);
  static absl::StatusOr<ZipArchive> Open(absl::string_view bytes, const LoadLimits& limits = {});

  // In central-directory order.
  const std::vector<ZipRecord>& records() const { return records_; }
  // Exact name; null if there is none.
  const ZipRecord* Find(absl::string_view name) const;

 private:
  ZipArchive() = default;
  static absl::StatusOr<ZipArchive> Open(absl::string_view bytes, const LoadLimits& limits, const ByteSource* source);
  std::vector<ZipRecord> records_;
  absl::flat_hash_map<absl::string_view, uint32_t> by_name_;
};

// The record's uncompressed bytes. A stored record costs nothing and borrows from the archive; a deflated one is
// inflated into memory that the result owns. REQUIRES: the record came from an archive whose bytes live.
struct RecordBytes {
  absl::string_view bytes;
  std::shared_ptr<const std::string> owned;  // null when `bytes` points into the archive
};
// DataLoss: corrupt deflate stream or a size other than the directory's. ResourceExhausted: no memory for it.
// Does not check the CRC.
absl::StatusOr<RecordBytes> ReadRecord(const ZipRecord& record);

// DataLoss when the record's CRC-32 was computed by its writer and `bytes` (uncompressed) do not have it.
absl::Status CheckCrc32(const ZipRecord& record, absl::string_view bytes);

}  // namespace loadstone

#endif  // LOADSTONE_LOADERS_ARCHIVE_ZIP_ARCHIVE_H_
