// What is in a record: inflating, and the CRC.
#include <zlib.h>

#include <algorithm>
#include <exception>
#include <limits>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "loaders/archive/zip_archive.h"
#include "loaders/archive/zip_structures.h"

namespace loadstone {
namespace {

// zlib counts in 32 bits, records in 64.
constexpr size_t kMaxStep = std::numeric_limits<uInt>::max();

absl::Status CannotInflate(const ZipRecord& record, absl::string_view why) {
  return absl::DataLossError(absl::StrCat("zip record ", zip::Shown(record.name), ": ", why));
}

// Fills `out`, of the record's size, and wants the stream to end there and with the payload.
absl::Status Inflate(const ZipRecord& record, std::string& out) {
  z_stream stream = {};
  // Negative: a bare deflate stream, without zlib's header.
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return absl::ResourceExhaustedError("no memory to inflate");
  const absl::Cleanup end = [&stream] { inflateEnd(&stream); };
  absl::string_view in = record.payload;
  size_t filled = 0;
  char past_the_end;
  int result = Z_OK;
  while (result == Z_OK) {
    const size_t in_step = std::min(in.size(), kMaxStep);
    const size_t out_step = std::min(out.size() - filled, kMaxStep);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    stream.avail_in = static_cast<uInt>(in_step);
    // With nothing left to fill, one more byte shows whether the stream goes on.
    stream.next_out = reinterpret_cast<Bytef*>(out_step > 0 ? out.data() + filled : &past_the_end);
    stream.avail_out = static_cast<uInt>(std::max<size_t>(out_step, 1));
    const uInt out_given = stream.avail_out;
    result = inflate(&stream, Z_NO_FLUSH);
    in.remove_prefix(in_step - stream.avail_in);
    const size_t written = out_given - stream.avail_out;
    if (written > out_step) {
      return CannotInflate(record, absl::StrCat("inflates to more than the ", record.size, " bytes of the directory"));
    }
    filled += written;
  }
  if (result != Z_STREAM_END) {
    return CannotInflate(record, absl::StrCat("deflate stream breaks after ", filled, " of ", record.size, " bytes"));
  }
  if (filled != record.size) {
    return CannotInflate(record, absl::StrCat("inflates to ", filled, " bytes, the directory says ", record.size));
  }
  if (!in.empty()) return CannotInflate(record, absl::StrCat("has ", in.size(), " bytes after its deflate stream"));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RecordBytes> ReadRecord(const ZipRecord& record) {
  if (!record.deflated) return RecordBytes{record.payload, nullptr};
  auto inflated = std::make_shared<std::string>();
  try {
    inflated->resize(record.size);
  } catch (const std::exception&) {
    return absl::ResourceExhaustedError(
        absl::StrCat("zip record ", zip::Shown(record.name), ": no memory for ", record.size, " bytes"));
  }
  RETURN_IF_ERROR(Inflate(record, *inflated));
  return RecordBytes{*inflated, inflated};
}

absl::Status CheckCrc32(const ZipRecord& record, absl::string_view bytes) {
  if (record.crc32 == 0) return absl::OkStatus();
  uLong crc = crc32(0, nullptr, 0);
  for (absl::string_view rest = bytes; !rest.empty();) {
    const absl::string_view step = rest.substr(0, kMaxStep);
    crc = crc32(crc, reinterpret_cast<const Bytef*>(step.data()), static_cast<uInt>(step.size()));
    rest.remove_prefix(step.size());
  }
  if (crc == record.crc32) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("zip record ", zip::Shown(record.name), ": CRC is ", crc,
                                          ", the directory says ", record.crc32));
}

}  // namespace loadstone
