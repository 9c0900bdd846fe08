// Writes zip files for tests, with every number open to change. Test only.
#ifndef LOADSTONE_LOADERS_ARCHIVE_ZIP_BUILDER_H_
#define LOADSTONE_LOADERS_ARCHIVE_ZIP_BUILDER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace loadstone::testing {

std::string LittleEndian(uint64_t value, size_t bytes);
uint32_t Crc32(absl::string_view bytes);
// A bare deflate stream.
std::string Deflate(absl::string_view bytes);

enum class Descriptor { kNone, kPlain, kSigned, kPlain64, kSigned64 };

// One record. The defaults make a good one; what is set is written although it is wrong.
struct ZipEntry {
  std::string name;
  std::string content;
  bool deflate = false;
  Descriptor descriptor = Descriptor::kNone;  // also leaves the local numbers zero
  bool zip64 = false;                         // both sizes and the offset in zip64 extras of the directory
  std::string local_extra;
  std::string central_extra;
  std::optional<std::string> local_name;
  std::optional<uint16_t> local_flags;
  std::optional<uint16_t> local_method;
  std::optional<uint32_t> local_size;
  std::optional<uint16_t> flags;   // both places
  std::optional<uint16_t> method;  // both places
  std::optional<uint32_t> crc32;   // both places
  std::optional<uint64_t> central_size;
  std::optional<uint64_t> central_compressed_size;
  std::optional<uint64_t> central_offset;
  uint16_t disk = 0;
  uint32_t attributes = 0;
};

struct ZipFile {
  std::vector<ZipEntry> entries;
  std::string prefix;           // before the first record, counted in the offsets
  std::string before_directory;
  std::string before_end;
  std::string comment;
  bool zip64_end = false;
  std::optional<uint64_t> directory_size;
  std::optional<uint64_t> directory_offset;
  std::optional<uint64_t> count;
  std::optional<uint64_t> zip64_end_offset;
  uint16_t disk = 0;
};

std::string Build(const ZipFile& file);

}  // namespace loadstone::testing

#endif  // LOADSTONE_LOADERS_ARCHIVE_ZIP_BUILDER_H_
