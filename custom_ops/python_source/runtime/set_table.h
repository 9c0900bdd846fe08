// Python's set, with CPython's own layout, because the order of a set of
// numbers shows in what programs compute.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_SET_TABLE_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_SET_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "custom_ops/python_source/runtime/value.h"

namespace loadstone::python {

class Evaluator;

// Follows Objects/setobject.c of CPython 3.11. (Hashes of text differ from run
// to run there, so no program depends on the order of those.)
class SetTable {
 public:
  struct Entry {
    uint64_t hash = 0;
    Value key;  // Empty: never used, or deleted
    bool deleted = false;
  };

  size_t size() const { return used_; }
  const std::vector<Entry>& entries() const { return entries_; }
  int64_t storage() const { return static_cast<int64_t>(entries_.capacity() * sizeof(Entry)); }
  uint64_t version() const { return version_; }

  // 1: in the set, 0: not, -1: failed with the error in `evaluator`.
  int Contains(Evaluator& evaluator, const Value& key, uint64_t hash) const;
  // False: failed.
  bool Add(Evaluator& evaluator, const Value& key, uint64_t hash);
  // 1: removed, 0: was not in the set, -1: failed.
  int Remove(Evaluator& evaluator, const Value& key, uint64_t hash);
  // set.pop: Empty when there is none.
  Value Pop();
  // set_merge: adds all of `other`, in CPython's way for that.
  bool Merge(Evaluator& evaluator, const SetTable& other);
  // set_difference_update_internal.
  bool RemoveAll(Evaluator& evaluator, const SetTable& other);
  void Clear();
  // set_swap_bodies: exchanges the items; each keeps the place where pop() goes
  // on.
  void SwapItems(SetTable& other);

 private:
  int FindIndex(Evaluator& evaluator, const Value& key, uint64_t hash) const;
  void InsertClean(std::vector<Entry>& entries, uint64_t hash, Value key) const;
  Entry* LastDeleted(uint64_t hash);
  void Resize(size_t minimum);

  std::vector<Entry> entries_ = std::vector<Entry>(8);
  size_t fill_ = 0;  // used and deleted
  size_t used_ = 0;
  size_t finger_ = 0;
  uint64_t version_ = 0;
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_SET_TABLE_H_
