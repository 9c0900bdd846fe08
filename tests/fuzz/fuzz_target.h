// What every target here defines: libFuzzer calls it with what it makes up, replay.cc with the files of the corpus.
#ifndef LOADSTONE_TESTS_FUZZ_FUZZ_TARGET_H_
#define LOADSTONE_TESTS_FUZZ_FUZZ_TARGET_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

// Returns 0. Whatever the bytes are, it neither crashes nor hangs nor takes memory out of proportion.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace loadstone::fuzz {

inline absl::string_view Bytes(const uint8_t* data, size_t size) {
  return absl::string_view(reinterpret_cast<const char*>(data), size);
}

}  // namespace loadstone::fuzz

#endif  // LOADSTONE_TESTS_FUZZ_FUZZ_TARGET_H_
