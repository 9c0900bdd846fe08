#include "loaders/archive/tar_archive.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace loadstone {
namespace {

constexpr size_t kBlock = 512;
constexpr size_t kMaxMembers = 1000;
constexpr absl::string_view kMagic = "ustar";

// Fields of a header block: offset and length (POSIX.1-2001, pax, "ustar Interchange Format").
constexpr size_t kName = 0, kNameLength = 100;
constexpr size_t kSize = 124, kSizeLength = 12;
constexpr size_t kChecksum = 148, kChecksumLength = 8;
constexpr size_t kType = 156;
constexpr size_t kMagicAt = 257;

absl::string_view UntilNul(absl::string_view field) { return field.substr(0, field.find('\0')); }

absl::StatusOr<uint64_t> ParseOctal(absl::string_view field, absl::string_view what, size_t at) {
  const absl::string_view digits = absl::StripAsciiWhitespace(UntilNul(field));
  uint64_t value = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '7') {
      return absl::UnimplementedError(absl::StrCat("tar header at byte ", at, ": ", what, " is no octal number"));
    }
    value = value * 8 + static_cast<uint64_t>(digit - '0');  // at most 12 digits: no overflow
  }
  return value;
}

absl::Status CheckHeader(absl::string_view header, size_t at) {
  ASSIGN_OR_RETURN(const uint64_t stored, ParseOctal(header.substr(kChecksum, kChecksumLength), "checksum", at));
  uint64_t sum = 0;
  for (size_t i = 0; i < kBlock; ++i) {
    const bool in_checksum = i >= kChecksum && i < kChecksum + kChecksumLength;  // counts as blanks
    sum += in_checksum ? ' ' : static_cast<unsigned char>(header[i]);
  }
  if (sum == stored) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("tar header at byte ", at, " has checksum ", sum, ", says ", stored));
}

}  // namespace

bool BeginsAsTar(absl::string_view bytes) {
  return bytes.size() >= kBlock && bytes.substr(kMagicAt, kMagic.size()) == kMagic;
}

absl::StatusOr<std::vector<TarMember>> ReadTar(absl::string_view bytes) {
  std::vector<TarMember> members;
  for (size_t at = 0; at < bytes.size();) {
    if (bytes.size() - at < kBlock) {
      return absl::DataLossError(absl::StrCat("tar is cut short in the header at byte ", at));
    }
    const absl::string_view header = bytes.substr(at, kBlock);
    if (header.find_first_not_of('\0') == absl::string_view::npos) break;  // the end mark
    RETURN_IF_ERROR(CheckHeader(header, at));
    ASSIGN_OR_RETURN(const uint64_t size, ParseOctal(header.substr(kSize, kSizeLength), "size", at));
    const absl::string_view name = UntilNul(header.substr(kName, kNameLength));
    const size_t begin = at + kBlock;
    if (size > bytes.size() - begin) {
      return absl::DataLossError(absl::StrCat("tar member ", name, " has ", size, " bytes, ", bytes.size() - begin,
                                              " are left in the file"));
    }
    const char type = header[kType];
    if (type == '0' || type == '\0') {
      const auto same_name = [name](const TarMember& member) { return member.name == name; };
      if (std::any_of(members.begin(), members.end(), same_name)) {
        return absl::DataLossError(absl::StrCat("tar has two members ", name));
      }
      if (members.size() == kMaxMembers) {
        return absl::ResourceExhaustedError(absl::StrCat("tar has more than ", kMaxMembers, " members"));
      }
      members.push_back({name, bytes.substr(begin, size)});
    } else if (type != 'x' && type != 'g') {
      return absl::UnimplementedError(absl::StrCat("tar member ", name, " is of type '", absl::string_view(&type, 1),
                                                   "', no regular file"));
    }
    const uint64_t padded = (size + kBlock - 1) / kBlock * kBlock;
    at = padded > bytes.size() - begin ? bytes.size() : begin + padded;
  }
  return members;
}

}  // namespace loadstone
