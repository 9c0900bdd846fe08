// What one load may take.
#ifndef LOADSTONE_ENGINE_LOAD_LIMITS_H_
#define LOADSTONE_ENGINE_LOAD_LIMITS_H_

#include <cstdint>

namespace loadstone {

// The defaults are far above what models need, and bound the memory and time that a hostile file can cost. Raise one
// for a file that you trust and that its ResourceExhausted names; lower them for a small machine. docs/security.md
// lists the limits that are constants.
struct LoadLimits {
  // Of each pickle in a torch.save file.
  uint64_t pickle_bytes = uint64_t{256} << 20;  // its length; 4 GiB or more is never read
  uint64_t pickle_opcodes = 50'000'000;         // and steps of hashing and copying
  uint64_t pickle_items = 50'000'000;           // of all its containers together
  uint64_t pickle_memo_entries = 16'000'000;    // and every memo index is below it
  uint64_t pickle_names = 4096;                 // classes and functions
  uint64_t pickle_memory = uint64_t{1} << 30;   // bytes of the values made of it
  // Of a zip archive.
  uint64_t zip_records = 4'000'000;
  uint64_t zip_expansion = 1032;  // times that one record may grow; this is deflate's own maximum
  // All deflated records together: so many bytes whatever the file's size, and so many more for each byte of the file.
  uint64_t inflated_bytes_at_first = uint64_t{32} << 20;
  uint64_t inflated_bytes_per_byte = 16;
};

}  // namespace loadstone

#endif  // LOADSTONE_ENGINE_LOAD_LIMITS_H_
