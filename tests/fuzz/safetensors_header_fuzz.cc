// The header of a safetensors file: what it lists lies in the file.
#include "loaders/safetensors/header.h"
#include "tests/fuzz/fuzz_target.h"

namespace fuzz = loadstone::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view file = fuzz::Bytes(data, size);
  const auto header = loadstone::ParseSafetensorsHeader(file);
  if (!header.ok()) return 0;
  for (const loadstone::Named<loadstone::SafetensorsEntry>& entry : header->entries) {
    if (entry.value.begin > entry.value.end || entry.value.end > size - header->data_begin) __builtin_trap();
  }
  return 0;
}
