// Python's dict[key] = value, for keys that a hostile file chose.
#ifndef LOADSTONE_LOADERS_PICKLE_DICT_INSERTION_H_
#define LOADSTONE_LOADERS_PICKLE_DICT_INSERTION_H_

#include <cstdint>

#include "absl/status/status.h"
#include "loaders/pickle/arena.h"
#include "loaders/pickle/value.h"

namespace loadstone::pickle {

// What all hashing and comparing may cost together: a few bytes of a file can name a long text again, or a tuple
// whose shared parts make it exponential. A step is an item of a tuple, a collision, or so many bytes of text.
constexpr uint64_t kBytesPerStep = 64;
struct WorkBudget {
  uint64_t used = 0;
  uint64_t limit = 0;
};

struct InsertContext {
  WorkBudget& work;
  Arena& arena;  // where the dict grows
};

// As Python has it: the value replaces that of an equal key, or goes to the end. A frozenset, name, object or
// persistent id equals only itself; a NaN not even that; an int beyond 64 bits equals no float.
// DataLoss: the key is not hashable (a list, a dict, a set, or a tuple that holds one). ResourceExhausted: a tuple
// nested deeper than 100, or over `work`'s limit.
absl::Status InsertInDict(Dict& dict, const Value& key, const Value& value, InsertContext context);

// The errors of InsertInDict for the key alone: what a set asks of its items.
absl::Status CheckHashable(const Value& key, WorkBudget& work);

}  // namespace loadstone::pickle

#endif  // LOADSTONE_LOADERS_PICKLE_DICT_INSERTION_H_
