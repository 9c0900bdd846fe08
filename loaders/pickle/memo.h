// The pickle machine's memo: index to value. Its size follows what was stored, never the index alone.
#ifndef LOADSTONE_LOADERS_PICKLE_MEMO_H_
#define LOADSTONE_LOADERS_PICKLE_MEMO_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "loaders/pickle/value.h"

namespace loadstone::pickle {

class Memo {
 public:
  // `expected` entries cost address space, not memory.
  explicit Memo(size_t expected) { dense_.reserve(expected); }

  // Entries that hold a value.
  size_t size() const { return dense_.size() + sparse_.size(); }

  void Put(uint64_t index, const Value& value) {
    // Picklers count up (from 0; Python 2's from 1), so nearly every index is the next one.
    if (dense_.empty()) first_ = index;
    const uint64_t place = index - first_;
    if (place < dense_.size()) {
      dense_[place] = value;
    } else if (place == dense_.size() && sparse_.empty()) {
      dense_.push_back(value);
    } else {
      sparse_.insert_or_assign(index, value);
    }
  }

  // Null when nothing was put there.
  const Value* Get(uint64_t index) const {
    const uint64_t place = index - first_;
    if (place < dense_.size()) return &dense_[place];
    const auto it = sparse_.find(index);
    return it == sparse_.end() ? nullptr : &it->second;
  }

 private:
  uint64_t first_ = 0;
  std::vector<Value> dense_;  // at first_, first_ + 1, ...: grows until an index is skipped
  absl::flat_hash_map<uint64_t, Value> sparse_;
};

}  // namespace loadstone::pickle

#endif  // LOADSTONE_LOADERS_PICKLE_MEMO_H_
