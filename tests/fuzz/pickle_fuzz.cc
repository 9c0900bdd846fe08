// A pickle, as for loading and as for inspection.
#include "loaders/pickle/unpickler.h"
#include "tests/fuzz/fuzz_target.h"

namespace fuzz = loadstone::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  loadstone::pickle::UnpickleOptions options;
  options.limits.opcodes = 1'000'000;
  options.limits.document_bytes = 32 << 20;
  loadstone::pickle::Unpickle(fuzz::Bytes(data, size), options).IgnoreError();
  options.dangerous_names = loadstone::pickle::DangerousNames::kRecord;
  loadstone::pickle::Unpickle(fuzz::Bytes(data, size), options).IgnoreError();
  return 0;
}
