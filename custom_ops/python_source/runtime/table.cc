#include "custom_ops/python_source/runtime/table.h"

#include <utility>

#include "custom_ops/python_source/runtime/evaluator.h"
#include "custom_ops/python_source/runtime/object.h"

namespace loadstone::python {
namespace {

// Up to here a look at every hash is faster than an index.
constexpr size_t kFewEntries = 8;

size_t Spread(uint64_t hash) { return static_cast<size_t>(hash * 0x9E3779B97F4A7C15u >> 20); }

}  // namespace

int Table::Find(Evaluator& evaluator, const Value& key, uint64_t hash) const {
  if (const auto* name = key.As<StrObject>()) {
    // Strings equal nothing but strings, unless a key is an object with an __eq__ of its own.
    const int found = FindNameIndex(name, hash);
    if (found >= 0) return found;
  }
  const auto same = [&](const Entry& entry) {  // 1, 0, or -1 failed
    if (!entry.key || entry.hash != hash) return 0;
    if (entry.key.Is(key)) return 1;
    const uint64_t version = version_;
    const Value kept = entry.key;
    const int equal = evaluator.Equal(kept, key);
    if (equal >= 0 && version != version_) {
      evaluator.Refuse("a dict that changes while a key of it is compared");
      return -1;
    }
    return equal;
  };
  if (index_.empty()) {
    for (size_t i = 0; i < entries_.size(); ++i) {
      if (const int equal = same(entries_[i]); equal != 0) return equal < 0 ? kFailed : static_cast<int>(i);
    }
    return kAbsent;
  }
  const size_t mask = index_.size() - 1;
  for (size_t at = Spread(hash) & mask; index_[at] >= 0; at = (at + 1) & mask) {
    if (const int equal = same(entries_[index_[at]]); equal != 0) return equal < 0 ? kFailed : index_[at];
  }
  return kAbsent;
}

int Table::FindNameIndex(const StrObject* name, uint64_t hash) const {
  const auto same = [&](const Entry& entry) {
    if (entry.hash != hash || !entry.key.is(Kind::kStr)) return false;
    return entry.key.object() == name || static_cast<StrObject*>(entry.key.object())->text() == name->text();
  };
  if (index_.empty()) {
    for (size_t i = 0; i < entries_.size(); ++i) {
      if (same(entries_[i])) return static_cast<int>(i);
    }
    return kAbsent;
  }
  const size_t mask = index_.size() - 1;
  for (size_t at = Spread(hash) & mask; index_[at] >= 0; at = (at + 1) & mask) {
    if (same(entries_[index_[at]])) return index_[at];
  }
  return kAbsent;
}

bool Table::Set(Evaluator& evaluator, const Value& key, uint64_t hash, Value value) {
  const int found = Find(evaluator, key, hash);
  if (found == kFailed) return false;
  if (found >= 0) {
    entries_[found].value = std::move(value);
  } else {
    Append(key, hash, std::move(value));
  }
  return true;
}

void Table::Append(const Value& key, uint64_t hash, Value value) {
  ++version_;
  ++live_;
  entries_.push_back({hash, key, std::move(value)});
  if (entries_.size() <= kFewEntries) return;
  if (entries_.size() * 2 > index_.size()) return Reindex();
  const size_t mask = index_.size() - 1;
  size_t at = Spread(hash) & mask;
  while (index_[at] >= 0) at = (at + 1) & mask;
  index_[at] = static_cast<int32_t>(entries_.size() - 1);
}

void Table::Reindex() {
  size_t size = 32;
  while (size < live_ * 4) size *= 2;
  if (live_ < entries_.size()) {
    size_t kept = 0;
    for (Entry& entry : entries_) {
      if (entry.key) {
        if (&entries_[kept] != &entry) entries_[kept] = std::move(entry);
        ++kept;
      }
    }
    entries_.resize(kept);
  }
  index_.assign(size, -1);
  for (size_t i = 0; i < entries_.size(); ++i) {
    size_t at = Spread(entries_[i].hash) & (size - 1);
    while (index_[at] >= 0) at = (at + 1) & (size - 1);
    index_[at] = static_cast<int32_t>(i);
  }
}

void Table::RemoveAt(int at) {
  ++version_;
  --live_;
  // The index keeps pointing here: a probe must be able to pass.
  Value key = std::move(entries_[at].key);
  Value value = std::move(entries_[at].value);
  entries_[at].key = Value();
  entries_[at].value = Value();
  if (live_ == 0) {
    entries_.clear();
    index_.clear();
  }
}

void Table::Clear() {
  ++version_;
  live_ = 0;
  index_.clear();
  std::vector<Entry> entries = std::move(entries_);
  entries_.clear();
}

const Value* Table::FindName(const StrObject* name) const {
  const int found = FindNameIndex(name, name->hash());
  return found < 0 ? nullptr : &entries_[found].value;
}

void Table::SetName(StrObject* name, Value value) {
  const int found = FindNameIndex(name, name->hash());
  if (found >= 0) {
    entries_[found].value = std::move(value);
  } else {
    Append(Value(name), name->hash(), std::move(value));
  }
}

bool Table::RemoveName(const StrObject* name) {
  const int found = FindNameIndex(name, name->hash());
  if (found < 0) return false;
  RemoveAt(found);
  return true;
}

}  // namespace loadstone::python
