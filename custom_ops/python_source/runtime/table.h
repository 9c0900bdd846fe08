// Python's dict: values by key, in the order of insertion.
#ifndef LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_TABLE_H_
#define LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "custom_ops/python_source/runtime/value.h"

namespace loadstone::python {

class Evaluator;
class StrObject;

// Keys are compared by the Evaluator, which may run Python code; a table of names alone is used by the *Name members,
// which run nothing.
class Table {
 public:
  struct Entry {
    uint64_t hash = 0;
    Value key;  // Empty: deleted
    Value value;
  };
  static constexpr int kAbsent = -1;
  static constexpr int kFailed = -2;

  size_t size() const { return live_; }
  // Also deleted ones, whose key is Empty.
  const std::vector<Entry>& entries() const { return entries_; }
  Entry& entry(int at) { return entries_[at]; }
  int64_t storage() const {
    return static_cast<int64_t>(entries_.capacity() * sizeof(Entry) + index_.capacity() * sizeof(int32_t));
  }
  // Rises with every insertion of a new key and every removal.
  uint64_t version() const { return version_; }

  // The index into entries(), kAbsent, or kFailed with the error in `evaluator`.
  int Find(Evaluator& evaluator, const Value& key, uint64_t hash) const;
  // False: failed.
  bool Set(Evaluator& evaluator, const Value& key, uint64_t hash, Value value);
  void RemoveAt(int at);
  void Clear();
  template <typename Change>
  void ForEachValue(Change change) {
    for (Entry& entry : entries_) {
      if (entry.key) change(entry.value);
    }
  }

  // Null: absent.
  const Value* FindName(const StrObject* name) const;
  void SetName(StrObject* name, Value value);
  bool RemoveName(const StrObject* name);

 private:
  int FindNameIndex(const StrObject* name, uint64_t hash) const;
  void Append(const Value& key, uint64_t hash, Value value);
  void Reindex();

  std::vector<Entry> entries_;
  std::vector<int32_t> index_;  // empty while there are few entries
  size_t live_ = 0;
  uint64_t version_ = 0;
};

}  // namespace loadstone::python

#endif  // LOADSTONE_CUSTOM_OPS_PYTHON_SOURCE_RUNTIME_TABLE_H_
