#include "custom_ops/python_source/runtime/set_table.h"

#include <utility>

#include "custom_ops/python_source/runtime/evaluator.h"

namespace loadstone::python {
namespace {

constexpr size_t kLinearProbes = 9;
constexpr int kPerturbShift = 5;

}  // namespace

// set_lookkey: the entry with the key, else -1; -2 failed.
int SetTable::FindIndex(Evaluator& evaluator, const Value& key, uint64_t hash) const {
  const size_t mask = entries_.size() - 1;
  uint64_t perturb = hash;
  size_t i = hash & mask;
  while (true) {
    size_t probes = i + kLinearProbes <= mask ? kLinearProbes : 0;
    size_t at = i;
    do {
      const Entry& entry = entries_[at];
      if (!entry.key && !entry.deleted) return -1;
      if (entry.key && entry.hash == hash) {
        if (entry.key.Is(key)) return static_cast<int>(at);
        const uint64_t version = version_;
        const Value kept = entry.key;
        const int equal = evaluator.Equal(kept, key);
        if (equal < 0) return -2;
        if (version != version_) {
          evaluator.Refuse("a set that changes while an item of it is compared");
          return -2;
        }
        if (equal > 0) return static_cast<int>(at);
      }
      ++at;
    } while (probes-- > 0);
    perturb >>= kPerturbShift;
    i = (i * 5 + 1 + perturb) & mask;
  }
}

int SetTable::Contains(Evaluator& evaluator, const Value& key, uint64_t hash) const {
  const int at = FindIndex(evaluator, key, hash);
  return at == -2 ? -1 : at >= 0;
}

// set_add_entry: the last deleted entry on the key's way is used again, else
// the first one never used.
bool SetTable::Add(Evaluator& evaluator, const Value& key, uint64_t hash) {
  const int found = FindIndex(evaluator, key, hash);
  if (found != -1) return found >= 0;
  ++version_;
  ++used_;
  if (Entry* free = LastDeleted(hash); free != nullptr) {
    *free = {hash, key, false};
    return true;
  }
  const size_t mask = entries_.size() - 1;
  InsertClean(entries_, hash, key);
  ++fill_;
  if (fill_ * 5 >= mask * 3) Resize(used_ > 50000 ? used_ * 2 : used_ * 4);
  return true;
}

SetTable::Entry* SetTable::LastDeleted(uint64_t hash) {
  if (fill_ + 1 == used_) return nullptr;  // `used_` counts the new one already: nothing was deleted
  Entry* last = nullptr;
  const size_t mask = entries_.size() - 1;
  uint64_t perturb = hash;
  for (size_t i = hash & mask;; i = (i * 5 + 1 + perturb) & mask) {
    const size_t probes = i + kLinearProbes <= mask ? kLinearProbes : 0;
    for (size_t at = i; at <= i + probes; ++at) {
      if (entries_[at].deleted) last = &entries_[at];
      if (!entries_[at].key && !entries_[at].deleted) return last;
    }
    perturb >>= kPerturbShift;
  }
}

// set_insert_clean, which takes the same way as set_lookkey.
void SetTable::InsertClean(std::vector<Entry>& entries, uint64_t hash, Value key) const {
  const size_t mask = entries.size() - 1;
  uint64_t perturb = hash;
  size_t i = hash & mask;
  while (true) {
    const size_t probes = i + kLinearProbes <= mask ? kLinearProbes : 0;
    for (size_t at = i; at <= i + probes; ++at) {
      if (!entries[at].key && !entries[at].deleted) {
        entries[at].hash = hash;
        entries[at].key = std::move(key);
        return;
      }
    }
    perturb >>= kPerturbShift;
    i = (i * 5 + 1 + perturb) & mask;
  }
}

void SetTable::Resize(size_t minimum) {
  size_t size = 8;
  while (size <= minimum) size *= 2;
  std::vector<Entry> entries(size);
  for (Entry& entry : entries_) {
    if (entry.key) InsertClean(entries, entry.hash, std::move(entry.key));
  }
  entries_ = std::move(entries);
  fill_ = used_;
}

int SetTable::Remove(Evaluator& evaluator, const Value& key, uint64_t hash) {
  const int at = FindIndex(evaluator, key, hash);
  if (at < 0) return at == -2 ? -1 : 0;
  ++version_;
  --used_;
  entries_[at].deleted = true;
  const Value removed = std::move(entries_[at].key);
  entries_[at].key = Value();
  return 1;
}

Value SetTable::Pop() {
  if (used_ == 0) return Value();
  const size_t mask = entries_.size() - 1;
  size_t at = finger_ & mask;
  while (!entries_[at].key) at = (at + 1) & mask;
  ++version_;
  --used_;
  finger_ = at + 1;
  entries_[at].deleted = true;
  Value key = std::move(entries_[at].key);
  entries_[at].key = Value();
  return key;
}

bool SetTable::Merge(Evaluator& evaluator, const SetTable& other) {
  if (&other == this || other.used_ == 0) return true;
  ++version_;
  if ((fill_ + other.used_) * 5 >= (entries_.size() - 1) * 3) Resize((used_ + other.used_) * 2);
  if (fill_ == 0 && entries_.size() == other.entries_.size() && other.fill_ == other.used_) {
    entries_ = other.entries_;
    fill_ = used_ = other.used_;
    return true;
  }
  if (fill_ == 0) {
    for (size_t at = 0; at < other.entries_.size(); ++at) {
      const Entry entry = other.entries_[at];  // held: comparisons run code of the source
      if (entry.key) InsertClean(entries_, entry.hash, entry.key);
    }
    fill_ = used_ = other.used_;
    return true;
  }
  for (size_t at = 0; at < other.entries_.size(); ++at) {
    const Entry entry = other.entries_[at];  // held: comparisons run code of the source
    if (entry.key && !Add(evaluator, entry.key, entry.hash)) return false;
  }
  return true;
}

bool SetTable::RemoveAll(Evaluator& evaluator, const SetTable& other) {
  if (&other == this) {
    Clear();
    return true;
  }
  for (size_t at = 0; at < other.entries_.size(); ++at) {
    const Entry entry = other.entries_[at];  // held: comparisons run code of the source
    if (entry.key && Remove(evaluator, entry.key, entry.hash) < 0) return false;
  }
  if (fill_ - used_ > (entries_.size() - 1) / 5) Resize(used_ > 50000 ? used_ * 2 : used_ * 4);
  return true;
}

void SetTable::Clear() {
  ++version_;
  std::vector<Entry> entries = std::move(entries_);
  entries_.assign(8, {});
  fill_ = used_ = 0;
}

void SetTable::SwapItems(SetTable& other) {
  ++version_;
  ++other.version_;
  entries_.swap(other.entries_);
  std::swap(fill_, other.fill_);
  std::swap(used_, other.used_);
}

}  // namespace loadstone::python
