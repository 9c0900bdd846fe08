#include "custom_ops/python_source/source_tree/zip_files.h"

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "custom_ops/python_source/source_tree/source_files.h"
#include "engine/base/status_macros.h"
#include "engine/byte_source.h"
#include "engine/load_limits.h"
#include "loaders/archive/zip_archive.h"

namespace loadstone::python {

absl::StatusOr<std::map<std::string, std::string>> ReadZip(const std::string& path) {
  LoadLimits limits;
  limits.zip_records = kMostSourceFiles;
  ASSIGN_OR_RETURN(const std::shared_ptr<ByteSource> source, ByteSource::Map(path, limits));
  if (!absl::StartsWith(source->bytes(), "PK")) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is no folder, .py file or zip"));
  }
  const auto in_zip = [&path](const absl::Status& status) {
    return absl::Status(status.code(), absl::StrCat(path, ": ", status.message()));
  };
  absl::StatusOr<ZipArchive> archive = ZipArchive::Open(*source);
  if (!archive.ok()) return in_zip(archive.status());
  std::map<std::string, std::string> files;
  uint64_t bytes = 0;
  for (const ZipRecord& record : archive->records()) {
    if (record.link) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": ", absl::CHexEscape(record.name), " is a link"));
    }
    if (!absl::EndsWith(record.name, ".py")) continue;
    if (record.size > kLargestSourceFile || record.size > kLargestSourceTree - bytes) {
      return absl::ResourceExhaustedError(absl::StrCat(path, ": ", absl::CHexEscape(record.name), " has ", record.size,
                                                       " bytes; limit ", kLargestSourceFile, ", and ",
                                                       kLargestSourceTree, " for all"));
    }
    bytes += record.size;
    const absl::StatusOr<RecordBytes> content = ReadRecord(record);
    if (!content.ok()) return in_zip(content.status());
    const absl::Status intact = CheckCrc32(record, content->bytes);
    if (!intact.ok()) return in_zip(intact);
    files.emplace(record.name, content->bytes);
  }
  RETURN_IF_ERROR(source->CheckIntact());
  return files;
}

}  // namespace loadstone::python
