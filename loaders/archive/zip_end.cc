// The end records: which bytes are the central directory.
#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "loaders/archive/zip_structures.h"

namespace loadstone::zip {
namespace {

constexpr absl::string_view kEndSignature("PK\5\6", 4);
constexpr absl::string_view kEnd64Signature("PK\6\6", 4);
constexpr absl::string_view kLocatorSignature("PK\6\7", 4);
constexpr size_t kEndSize = 22;
constexpr size_t kEnd64Size = 56;
constexpr size_t kLocatorSize = 20;
constexpr size_t kMaxComment = 0xFFFF;

// The one place where an end record and its comment fill the rest of the file.
absl::StatusOr<size_t> FindEnd(absl::string_view bytes) {
  const size_t first = bytes.size() - std::min(bytes.size(), kEndSize + kMaxComment);
  size_t found = absl::string_view::npos;
  size_t other = absl::string_view::npos;
  for (size_t at = bytes.find(kEndSignature, first); at != absl::string_view::npos;
       at = bytes.find(kEndSignature, at + 1)) {
    const size_t after = bytes.size() - at;
    if (after < kEndSize || ReadNumber<uint16_t>(bytes, at + 20) != after - kEndSize) {
      other = at;
      continue;
    }
    if (found != absl::string_view::npos) {
      return absl::DataLossError(absl::StrCat("zip has two end records, at bytes ", found, " and ", at));
    }
    found = at;
  }
  if (found != absl::string_view::npos) return found;
  if (other != absl::string_view::npos && bytes.size() - other >= kEndSize) {
    return absl::DataLossError(absl::StrCat("zip ends ", bytes.size() - other - kEndSize,
                                            " bytes after the end record at byte ", other, ", whose comment has ",
                                            ReadNumber<uint16_t>(bytes, other + 20), ": bytes were cut off or added"));
  }
  return absl::DataLossError(absl::StrCat("zip has no end record: the file is cut short (", bytes.size(), " bytes)"));
}

absl::Status CheckOneDisk(uint64_t disk, uint64_t directory_disk) {
  if (disk == 0 && directory_disk == 0) return absl::OkStatus();
  return absl::UnimplementedError(
      absl::StrCat("zip is part ", disk, " of several, its directory is in part ", directory_disk));
}

// A classic field is either the zip64 one or all ones.
absl::Status CheckSame(absl::string_view what, uint64_t classic, uint64_t all_ones, uint64_t zip64) {
  if (classic == all_ones || classic == zip64) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("zip end record says ", what, " ", classic, ", the zip64 end record ", zip64));
}

struct End {
  uint64_t at = 0;  // where the first end record begins
  uint64_t entries_here = 0;
  DirectoryRange range;
};

absl::StatusOr<End> ReadClassicEnd(absl::string_view bytes, size_t at) {
  const auto disk = ReadNumber<uint16_t>(bytes, at + 4);
  const auto directory_disk = ReadNumber<uint16_t>(bytes, at + 6);
  // All ones: see the zip64 end record.
  RETURN_IF_ERROR(CheckOneDisk(disk == 0xFFFF ? 0 : disk, directory_disk == 0xFFFF ? 0 : directory_disk));
  End end;
  end.at = at;
  end.entries_here = ReadNumber<uint16_t>(bytes, at + 8);
  end.range.entries = ReadNumber<uint16_t>(bytes, at + 10);
  end.range.size = ReadNumber<uint32_t>(bytes, at + 12);
  end.range.offset = ReadNumber<uint32_t>(bytes, at + 16);
  return end;
}

absl::StatusOr<End> ReadZip64End(absl::string_view bytes, size_t locator, const End& classic) {
  const auto at = ReadNumber<uint64_t>(bytes, locator + 8);
  RETURN_IF_ERROR(CheckOneDisk(ReadNumber<uint32_t>(bytes, locator + 4), 0));
  if (at > locator || locator - at < kEnd64Size || bytes.substr(at, 4) != kEnd64Signature) {
    return absl::DataLossError(
        absl::StrCat("zip64 locator at byte ", locator, " points to byte ", at, ", where no zip64 end record is"));
  }
  // The size field does not count itself and the signature.
  const auto size = ReadNumber<uint64_t>(bytes, at + 4);
  if (size != locator - at - 12) {
    return absl::DataLossError(absl::StrCat("zip64 end record at byte ", at, " has ", size,
                                            " bytes, the locator follows after ", locator - at - 12));
  }
  RETURN_IF_ERROR(CheckOneDisk(ReadNumber<uint32_t>(bytes, at + 16), ReadNumber<uint32_t>(bytes, at + 20)));
  End end;
  end.at = at;
  end.entries_here = ReadNumber<uint64_t>(bytes, at + 24);
  end.range.entries = ReadNumber<uint64_t>(bytes, at + 32);
  end.range.size = ReadNumber<uint64_t>(bytes, at + 40);
  end.range.offset = ReadNumber<uint64_t>(bytes, at + 48);
  RETURN_IF_ERROR(CheckSame("entries", classic.range.entries, 0xFFFF, end.range.entries));
  RETURN_IF_ERROR(CheckSame("directory bytes", classic.range.size, 0xFFFFFFFF, end.range.size));
  RETURN_IF_ERROR(CheckSame("directory offset", classic.range.offset, 0xFFFFFFFF, end.range.offset));
  return end;
}

}  // namespace

std::string Shown(absl::string_view name) {
  constexpr size_t kMaxShown = 200;
  return absl::StrCat(absl::CHexEscape(name.substr(0, kMaxShown)), name.size() > kMaxShown ? "..." : "");
}

absl::StatusOr<DirectoryRange> FindDirectory(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const size_t at, FindEnd(bytes));
  ASSIGN_OR_RETURN(End end, ReadClassicEnd(bytes, at));
  if (at >= kLocatorSize && bytes.substr(at - kLocatorSize, 4) == kLocatorSignature) {
    ASSIGN_OR_RETURN(end, ReadZip64End(bytes, at - kLocatorSize, end));
  }
  if (end.entries_here != end.range.entries) {
    return absl::DataLossError(absl::StrCat("zip end record at byte ", end.at, " says ", end.entries_here,
                                            " entries here and ", end.range.entries, " in all"));
  }
  // That the directory ends where the end records begin: in two archives put together it does not.
  if (end.range.size > end.at || end.range.offset != end.at - end.range.size) {
    return absl::DataLossError(absl::StrCat("zip directory is ", end.range.size, " bytes at byte ", end.range.offset,
                                            ", its end record at byte ", end.at));
  }
  return end.range;
}

}  // namespace loadstone::zip
