// A zip archive: opened, and every record read and checked.
#include "loaders/archive/zip_archive.h"
#include "tests/fuzz/fuzz_target.h"

namespace fuzz = loadstone::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::StatusOr<loadstone::ZipArchive> archive = loadstone::ZipArchive::Open(fuzz::Bytes(data, size));
  if (!archive.ok()) return 0;
  for (const loadstone::ZipRecord& record : archive->records()) {
    const absl::StatusOr<loadstone::RecordBytes> read = loadstone::ReadRecord(record);
    if (read.ok()) loadstone::CheckCrc32(record, read->bytes).IgnoreError();
  }
  return 0;
}
