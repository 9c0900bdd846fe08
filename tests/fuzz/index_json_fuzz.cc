// The index of a sharded safetensors model: the files it names are beside it.
#include "loaders/safetensors/weight_map.h"
#include "tests/fuzz/fuzz_target.h"

namespace fuzz = loadstone::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto map = loadstone::ParseWeightMap(fuzz::Bytes(data, size));
  if (!map.ok()) return 0;
  for (const loadstone::Named<std::string>& file : map->files) {
    if (file.value.find('/') != std::string::npos) __builtin_trap();
  }
  return 0;
}
