// A pickle, as for loading and as for the scanner.
#include "loaders/pickle/unpickler.h"
#include "tests/fuzz/fuzz_target.h"

namespace fuzz = loadstone::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  loadstone::pickle::UnpickleOptions options;
  options.limits.opcodes = 1'000'000;
  options.limits.opcodes_at_first = 100'000;  // instrumented, the default would take a good part of the second allowed
  options.limits.document_bytes = 32 << 20;
  loadstone::pickle::Unpickle(fuzz::Bytes(data, size), options).IgnoreError();
  const loadstone::pickle::NameScan scan = loadstone::pickle::ScanNames(fuzz::Bytes(data, size), options.limits);
  for (const loadstone::pickle::Name* name : scan.document->names()) {
    if (name->offset >= size) __builtin_trap();
  }
  return 0;
}
