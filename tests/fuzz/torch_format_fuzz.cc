// A torch.save file of any container: opened, interpreted and every tensor touched.
#include <string>

#include "engine/byte_source.h"
#include "tests/attacks/walk.h"
#include "tests/fuzz/fuzz_target.h"

namespace fuzz = loadstone::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto source = loadstone::ByteSource::FromBytes(std::string(fuzz::Bytes(data, size)), "fuzz");
  loadstone::testing::InterpretAndTouch(*source).IgnoreError();
  return 0;
}
