#include "loaders/archive/zip_builder.h"

#include <zlib.h>

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace loadstone::testing {
namespace {

uint16_t FlagsOf(const ZipEntry& entry) {
  return entry.flags.value_or(entry.descriptor == Descriptor::kNone ? 0x0800 : 0x0808);
}
uint16_t MethodOf(const ZipEntry& entry) { return entry.method.value_or(entry.deflate ? 8 : 0); }
uint32_t CrcOf(const ZipEntry& entry) { return entry.crc32.value_or(Crc32(entry.content)); }

std::string DescriptorOf(const ZipEntry& entry, uint64_t payload_size) {
  if (entry.descriptor == Descriptor::kNone) return "";
  const bool is_signed = entry.descriptor == Descriptor::kSigned || entry.descriptor == Descriptor::kSigned64;
  const bool is_wide = entry.descriptor == Descriptor::kPlain64 || entry.descriptor == Descriptor::kSigned64;
  const size_t width = is_wide ? 8 : 4;
  return absl::StrCat(is_signed ? "PK\7\10" : "", LittleEndian(CrcOf(entry), 4), LittleEndian(payload_size, width),
                      LittleEndian(entry.content.size(), width));
}

std::string LocalPart(const ZipEntry& entry, absl::string_view payload) {
  const bool later = entry.descriptor != Descriptor::kNone;
  const std::string name = entry.local_name.value_or(entry.name);
  return absl::StrCat(
      "PK\3\4", LittleEndian(20, 2), LittleEndian(entry.local_flags.value_or(FlagsOf(entry)), 2),
      LittleEndian(entry.local_method.value_or(MethodOf(entry)), 2), LittleEndian(0, 4),
      LittleEndian(later ? 0 : CrcOf(entry), 4), LittleEndian(later ? 0 : payload.size(), 4),
      LittleEndian(entry.local_size.value_or(later ? 0 : entry.content.size()), 4), LittleEndian(name.size(), 2),
      LittleEndian(entry.local_extra.size(), 2), name, entry.local_extra, payload, DescriptorOf(entry, payload.size()));
}

std::string CentralPart(const ZipEntry& entry, uint64_t payload_size, uint64_t offset) {
  const uint64_t size = entry.central_size.value_or(entry.content.size());
  const uint64_t compressed_size = entry.central_compressed_size.value_or(payload_size);
  offset = entry.central_offset.value_or(offset);
  std::string extra = entry.central_extra;
  if (entry.zip64) {
    absl::StrAppend(&extra, LittleEndian(1, 2), LittleEndian(24, 2), LittleEndian(size, 8),
                    LittleEndian(compressed_size, 8), LittleEndian(offset, 8));
  }
  const auto narrow = [&](uint64_t value) { return LittleEndian(entry.zip64 ? 0xFFFFFFFF : value, 4); };
  return absl::StrCat("PK\1\2", LittleEndian(0, 2), LittleEndian(20, 2), LittleEndian(FlagsOf(entry), 2),
                      LittleEndian(MethodOf(entry), 2), LittleEndian(0, 4), LittleEndian(CrcOf(entry), 4),
                      narrow(compressed_size), narrow(size), LittleEndian(entry.name.size(), 2),
                      LittleEndian(extra.size(), 2), LittleEndian(0, 2), LittleEndian(entry.disk, 2),
                      LittleEndian(0, 2), LittleEndian(entry.attributes, 4), narrow(offset), entry.name, extra);
}

std::string EndPart(const ZipFile& file, uint64_t at, uint64_t directory_at) {
  const uint64_t count = file.count.value_or(file.entries.size());
  const uint64_t size = file.directory_size.value_or(at - file.before_end.size() - directory_at);
  const uint64_t offset = file.directory_offset.value_or(directory_at);
  std::string end;
  if (file.zip64_end) {
    absl::StrAppend(&end, "PK\6\6", LittleEndian(44, 8), LittleEndian(0, 4), LittleEndian(0, 8),
                    LittleEndian(count, 8), LittleEndian(count, 8), LittleEndian(size, 8), LittleEndian(offset, 8));
    absl::StrAppend(&end, "PK\6\7", LittleEndian(0, 4), LittleEndian(file.zip64_end_offset.value_or(at), 8),
                    LittleEndian(1, 4));
  }
  const auto narrow = [&](uint64_t value, uint64_t all_ones) { return file.zip64_end ? all_ones : value; };
  absl::StrAppend(&end, "PK\5\6", LittleEndian(file.disk, 2), LittleEndian(file.disk, 2),
                  LittleEndian(narrow(count, 0xFFFF), 2), LittleEndian(narrow(count, 0xFFFF), 2),
                  LittleEndian(narrow(size, 0xFFFFFFFF), 4), LittleEndian(narrow(offset, 0xFFFFFFFF), 4),
                  LittleEndian(file.comment.size(), 2), file.comment);
  return end;
}

}  // namespace

std::string LittleEndian(uint64_t value, size_t bytes) {
  std::string result;
  for (size_t i = 0; i < bytes; ++i) result.push_back(static_cast<char>((value >> (8 * i)) & 0xFF));
  return result;
}

uint32_t Crc32(absl::string_view bytes) {
  return static_cast<uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

std::string Deflate(absl::string_view bytes) {
  z_stream stream = {};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string Build(const ZipFile& file) {
  std::string bytes = file.prefix;
  std::string directory;
  for (const ZipEntry& entry : file.entries) {
    const std::string payload = entry.deflate ? Deflate(entry.content) : entry.content;
    directory += CentralPart(entry, payload.size(), bytes.size());
    bytes += LocalPart(entry, payload);
  }
  bytes += file.before_directory;
  const uint64_t directory_at = bytes.size();
  bytes += directory + file.before_end;
  bytes += EndPart(file, bytes.size(), directory_at);
  return bytes;
}

}  // namespace loadstone::testing
