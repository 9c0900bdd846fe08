// A tar archive: every member touched.
#include "loaders/archive/tar_archive.h"
#include "tests/fuzz/fuzz_target.h"

namespace fuzz = loadstone::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto members = loadstone::ReadTar(fuzz::Bytes(data, size));
  if (!members.ok()) return 0;
  for (const loadstone::TarMember& member : *members) {
    if (!member.bytes.empty() && member.bytes.data() + member.bytes.size() > fuzz::Bytes(data, size).end())
      __builtin_trap();
  }
  return 0;
}
