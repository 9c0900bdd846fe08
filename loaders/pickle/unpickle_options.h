// What a caller of Unpickle() may choose.
#ifndef LOADSTONE_LOADERS_PICKLE_UNPICKLE_OPTIONS_H_
#define LOADSTONE_LOADERS_PICKLE_UNPICKLE_OPTIONS_H_

#include <cstddef>
#include <cstdint>

namespace loadstone::pickle {

// Far above what genuine files need: a Transformer's full module takes 11,300 opcodes.
struct Limits {
  size_t pickle_bytes = size_t{256} << 20;     // and never 4 GiB or more
  uint64_t opcodes = 50'000'000;               // hashing a tuple key, or copying into a set, counts by the item
  // Of these, at first, and for each byte read: memory and time stay in proportion to the file.
  uint64_t opcodes_at_first = 1'000'000;
  uint64_t opcodes_per_byte = 4;               // an opcode takes a byte or more; the rest is hashing and copying
  size_t stack = 1'000'000;
  size_t mark_depth = 10'000;
  uint64_t memo_entries = 16'000'000;          // and every memo index is below it
  uint64_t container_items = 50'000'000;       // of all containers together
  size_t distinct_names = 4096;
  size_t big_int_bytes = 1024;
  size_t document_bytes = size_t{1} << 30;     // memory of the values, checked after each opcode
};

enum class DangerousNames {
  kRefuse,  // PermissionDenied at the first one
  kRecord,  // keep going and list them: for inspection only
};

struct UnpickleOptions {
  Limits limits;
  DangerousNames dangerous_names = DangerousNames::kRefuse;
};

}  // namespace loadstone::pickle

#endif  // LOADSTONE_LOADERS_PICKLE_UNPICKLE_OPTIONS_H_
